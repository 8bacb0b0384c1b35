// SPDX-License-Identifier: MIT
#include "glue/net/scheduler.hpp"

#include "core/loop/poll_backend.hpp"
#include "glue/kit/errors.hpp"
#include "glue/net/life.hpp"
#include <cstdlib>
#include <string_view>

#ifdef __linux__
#include "core/loop/epoll_backend_linux.hpp"
#endif

namespace llnet {

namespace {

Outcome<> make_backend(std::unique_ptr<Backend>& into)
{
    constexpr const char* backend_variable = "LLNET_BACKEND";
    const char* text = std::getenv(backend_variable);
    const std::string_view name = text != nullptr ? text : "";
#ifdef __linux__
    if (name.empty() || name == "epoll") {
        auto epoll = std::make_unique<EpollBackend>();
        const Outcome<> opened = epoll->open();
        into = std::move(epoll);
        return opened;
    }
#endif
    if (name.empty() || name == "poll") {
        into = std::make_unique<PollBackend>(sys::host());
        return done();
    }
    return failed(ENOTSUP, backend_variable);
}

} // namespace

Outcome<> make_loop(std::unique_ptr<Loop>& into)
{
    std::unique_ptr<Backend> backend;
    const Outcome<> made = make_backend(backend);
    if (made.done()) {
        into = std::make_unique<Loop>(sys::host(), std::move(backend));
    }
    return made;
}

Outcome<> Scheduler::open()
{
    std::unique_ptr<Loop> loop;
    if (const Outcome<> made = make_loop(loop); !made.done()) {
        return made;
    }
    scratch_.resize(scratch_size);
    if (loop_ != nullptr) {
        forget_tasks();
    }
    loop_ = std::move(loop);
    ++generation;
    return done();
}

// In a child, where they are the parent's.
void Scheduler::forget_tasks() noexcept
{
    while (ready.pop_front() != nullptr) {
    }
    due = current = nullptr;
    running = nullptr;
    is_driven = false;
    tasks = idle_tasks = 0;
    free_ids_.clear();
    last_id_ = 0;
    // A thread of the parent may have held their lock when it forked: they are left as they are.
    static_cast<void>(lookups_.release());
    signals_.reset();
}

Lookups& Scheduler::lookups()
{
    if (lookups_ == nullptr) {
        lookups_ = std::make_unique<Lookups>(sys::host(), *loop_);
    }
    return *lookups_;
}

Signals& Scheduler::signals()
{
    if (signals_ == nullptr) {
        signals_ = std::make_unique<Signals>(*loop_, make_signal_source(sys::host()));
    }
    return *signals_;
}

void Scheduler::make_pause(Task& task, std::size_t room)
{
    static_assert(alignof(Pause) <= alignof(void*));
    auto* made = new (pauses_.take(Pause::size(room))) Pause(room);
    made->has_places = task.pause != nullptr && task.pause->has_places;
    drop_pause(task);
    task.pause = made;
}

void Scheduler::drop_pause(Task& task) noexcept
{
    if (Pause* pause = std::exchange(task.pause, nullptr)) {
        const std::size_t size = pause->size();
        pause->~Pause();
        pauses_.give(pause, size);
    }
}

void Scheduler::release_signals() noexcept
{
    if (signals_ != nullptr) {
        signals_->release();
    }
}

int Scheduler::free_id()
{
    if (free_ids_.empty()) {
        const auto needed = static_cast<std::size_t>(last_id_) + 1; // so that giving back allocates nothing
        if (free_ids_.capacity() < needed) {
            free_ids_.reserve(2 * needed);
        }
        free_ids_.push_back(++last_id_);
    }
    return free_ids_.back();
}

void Scheduler::take_id() noexcept
{
    free_ids_.pop_back();
}

void Scheduler::give_id(int id) noexcept
{
    free_ids_.push_back(id);
}

bool Scheduler::wake(Task& task) noexcept
{
    const bool is_woken = loop_->withdraw(*task.operation(), done<std::size_t>(0));
    if (is_woken) {
        ready.push_back(task);
    }
    return is_woken;
}

Scheduler& scheduler_of(lua_State* L)
{
    return *static_cast<Scheduler*>(lua_touserdata(L, module_state));
}

namespace {

// Ends all waits of the tasks. In a child process this leaves alone what it shares with its parent.
void drop_pauses(lua_State* L, Scheduler& scheduler)
{
    const int top = lua_gettop(L);
    for (int id = 1; id <= scheduler.last_id(); ++id) {
        if (Task* task = push_task_of(L, id)) {
            scheduler.drop_pause(*task);
        }
        lua_settop(L, top);
    }
}

} // namespace

Scheduler& check_scheduler(lua_State* L)
{
    Scheduler& scheduler = scheduler_of(L);
    if (scheduler.is_usable()) {
        return scheduler;
    }
    if (scheduler.is_closed) {
        raise_error(L, "the Lua state is being closed");
    }
    drop_pauses(L, scheduler);
    if (scheduler.generation > 0) {
        push_callback(L, "renewed");
        lua_call(L, 0, 0);
    }
    lua_newtable(L);
    lua_newtable(L);
    const Outcome<> opened = work([&] { return scheduler.open(); });
    if (!opened.done()) {
        push_error_text(L, opened.error.kind, opened.error.code, opened.error.op);
        raise_error(L, "no event loop: %s", lua_tostring(L, -1));
    }
    lua_rawseti(L, all_metatables, anchors_slot);
    lua_rawseti(L, all_metatables, held_slot);
    return scheduler;
}

namespace {

void push_anchor(lua_State* L, int place)
{
    lua_rawgeti(L, all_metatables, anchors_slot);
    lua_rawgeti(L, -1, place);
    lua_remove(L, -2);
}

} // namespace

lua_State* push_coroutine(lua_State* L, const Task& task)
{
    push_anchor(L, coroutine_place(task.id));
    return lua_tothread(L, -1);
}

void push_task(lua_State* L, const Task& task)
{
    push_anchor(L, userdata_place(task.id));
}

Task* push_task_of(lua_State* L, int id)
{
    push_anchor(L, userdata_place(id));
    return static_cast<Task*>(lua_touserdata(L, -1));
}

void anchor_task(lua_State* L, int id)
{
    lua_rawgeti(L, all_metatables, anchors_slot);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, coroutine_place(id));
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, userdata_place(id));
    lua_pop(L, 1);
}

namespace {

// __gc, with the Lua state: finalizers that run later find it closed. Tasks have no __gc, since what they wait for is
// the only thing that could need one.
int close_scheduler(lua_State* L)
{
    auto& scheduler = check_self<Scheduler>(L);
    drop_pauses(L, scheduler);
    scheduler.~Scheduler();
    new (&scheduler) Scheduler();
    scheduler.is_closed = true;
    return 0;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", close_scheduler},
    {nullptr, nullptr},
};

} // namespace

Scheduler& add_scheduler(lua_State* L)
{
    const int metatables = lua_gettop(L);
    define_class(L, Class::scheduler, "scheduler", metamethods);
    auto* scheduler = new (new_userdata(L, sizeof(Scheduler))) Scheduler();
    scheduler->globals = globals_of(L);
    lua_rawgeti(L, metatables, static_cast<int>(Class::socket));
    scheduler->socket_metatable = lua_topointer(L, -1);
    lua_pop(L, 1);
    lua_rawgeti(L, metatables, static_cast<int>(Class::scheduler));
    lua_setmetatable(L, -2);
    set_module_state(L);
    for (const int slot : {anchors_slot, held_slot}) { // so that to fill them later needs no memory
        lua_pushboolean(L, 0);
        lua_rawseti(L, metatables, slot);
    }
    return *scheduler;
}

} // namespace llnet
