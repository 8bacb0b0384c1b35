// SPDX-License-Identifier: MIT
#include "glue/net/scheduler.hpp"

#include "core/loop/poll_backend.hpp"
#include "glue/net/wait.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#ifdef __linux__
#include "core/loop/epoll_backend_linux.hpp"
#endif

namespace llnet {

namespace {

// How many tasks run before the loop looks for events again.
constexpr int tasks_in_turn = 64;

constexpr const char* backend_variable = "LLNET_BACKEND";

Outcome<> make_backend(std::unique_ptr<Backend>& into)
{
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

Outcome<> Scheduler::open()
{
    std::unique_ptr<Backend> backend;
    if (const Outcome<> made = make_backend(backend); !made.done()) {
        return made;
    }
    scratch_.resize(scratch_size);
    auto loop = std::make_unique<Loop>(sys::host(), std::move(backend));
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
    is_calling = false;
    tasks = idle_tasks = 0;
    free_ids_.clear();
    last_id_ = 0;
    // A thread of the parent may have held their lock when it forked: they are left as they are.
    static_cast<void>(lookups_.release());
}

Lookups& Scheduler::lookups()
{
    if (lookups_ == nullptr) {
        lookups_ = std::make_unique<Lookups>(sys::host(), *loop_);
    }
    return *lookups_;
}

int Scheduler::free_id()
{
    if (free_ids_.empty()) {
        free_ids_.reserve(static_cast<std::size_t>(last_id_) + 1);
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

Scheduler& scheduler_of(lua_State* L)
{
    lua_rawgeti(L, all_metatables, scheduler_slot);
    auto& scheduler = *static_cast<Scheduler*>(lua_touserdata(L, -1));
    lua_pop(L, 1);
    return scheduler;
}

Scheduler& check_scheduler(lua_State* L)
{
    Scheduler& scheduler = scheduler_of(L);
    if (scheduler.is_usable()) {
        return scheduler;
    }
    if (scheduler.is_closed) {
        luaL_error(L, "the Lua state is being closed");
    }
    lua_newtable(L);
    const Outcome<> opened = work([&] { return scheduler.open(); });
    if (!opened.done()) {
        luaL_error(L, "no event loop: %s failed with errno %d", opened.error.op, opened.error.code);
    }
    lua_rawseti(L, all_metatables, anchors_slot);
    return scheduler;
}

namespace {

// The anchors of a task: its coroutine and, behind it, its userdata.
constexpr int coroutine_place(int id)
{
    return 2 * id - 1;
}

constexpr int userdata_place(int id)
{
    return 2 * id;
}

void push_anchor(lua_State* L, int place)
{
    lua_rawgeti(L, all_metatables, anchors_slot);
    lua_rawgeti(L, -1, place);
    lua_remove(L, -2);
}

// Pops the value.
void set_anchor(lua_State* L, int place)
{
    lua_rawgeti(L, all_metatables, anchors_slot);
    lua_insert(L, -2);
    lua_rawseti(L, -2, place);
    lua_pop(L, 1);
}

Task& push_new_task(lua_State* L)
{
    auto* task = new (new_userdata_for_table(L, sizeof(Task))) Task();
    push_metatable(L, Class::task);
    lua_setmetatable(L, -2);
    return *task;
}

// spawn(function, argument...): a task, which runs when its turn comes.
int spawn(lua_State* L)
{
    if (lua_type(L, 1) != LUA_TFUNCTION) {
        type_error(L, 1, "function");
    }
    Scheduler& scheduler = check_scheduler(L);
    const int values = lua_gettop(L);
    int id = 0;
    check_memory(L, work([&] {
                     id = scheduler.free_id();
                     return done();
                 }));
    Task& task = push_new_task(L);
    lua_State* coroutine = lua_newthread(L);
    if (lua_checkstack(coroutine, values + 1) == 0) {
        return luaL_error(L, "too many arguments for a task");
    }
    set_anchor(L, coroutine_place(id));
    lua_pushvalue(L, -1);
    set_anchor(L, userdata_place(id));
    lua_insert(L, 1);
    lua_xmove(L, coroutine, values);
    scheduler.take_id();
    task.id = id;
    task.number = ++scheduler.spawned;
    task.generation = scheduler.generation;
    ++scheduler.tasks;
    scheduler.ready.push_back(task);
    return 1;
}

// Calls a function of lua/net/loop.lua, which catches what it can; its arguments are on top of the stack.
void call_back(lua_State* L, Scheduler& scheduler, const char* name, int arguments)
{
    lua_rawgeti(L, all_metatables, callbacks_slot);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
    lua_insert(L, -1 - arguments);
    scheduler.is_calling = true;
    const int status = lua_pcall(L, arguments, 0, 0);
    scheduler.is_calling = false;
    if (status != 0) {
        lua_pop(L, 1);
    }
}

bool is_cancellation(lua_State* L, int index, const Task& task)
{
    if (!task.was_cancelled) {
        return false;
    }
    push_cancellation(L);
    const bool is_it = lua_rawequal(L, index, -1) != 0;
    lua_pop(L, 1);
    return is_it;
}

// The task is no longer among those that live, and who waits for its end wakes. Its userdata and coroutine stay on the
// stack of whoever ends it.
void leave(lua_State* L, Scheduler& scheduler, Task& task)
{
    lua_pushnil(L);
    set_anchor(L, coroutine_place(task.id));
    lua_pushnil(L);
    set_anchor(L, userdata_place(task.id));
    scheduler.give_id(task.id);
    --scheduler.tasks;
    task.unlink();
    task.reset_operation();
    while (Joiner* joiner = task.joiners.pop_front()) { // none is left of a loop that is gone
        scheduler.loop().complete(*joiner->task->operation(), done<std::size_t>(0));
    }
}

// The results of the task at `index` are the values on top of the stack, which are popped.
void store_results(lua_State* L, int index, Task& task, int results)
{
    lua_createtable(L, results, 1);
    lua_pushinteger(L, results);
    lua_setfield(L, -2, "n");
    lua_insert(L, -1 - results);
    for (int i = results; i > 0; --i) {
        lua_rawseti(L, -1 - i, i);
    }
    set_associated_table(L, index);
    task.has_results = true;
}

// The coroutine on top of the stack is no longer used; it is popped.
void end_task(lua_State* L, Scheduler& scheduler, Task& task, int status)
{
    const int base = lua_gettop(L);
    lua_State* coroutine = lua_tothread(L, base);
    push_task(L, task);
    const int userdata = base + 1;
    const bool is_done = status == 0;
    task.status = is_done ? Task::Status::done : Task::Status::failed;
    leave(L, scheduler, task);
    if (is_done) {
        const int results = lua_gettop(coroutine);
        luaL_checkstack(L, results + 4, "too many results of a task");
        lua_xmove(coroutine, L, results);
        if (results > 0) {
            store_results(L, userdata, task, results);
        }
    } else {
        if (status == LUA_YIELD) {
            lua_pushliteral(
                L, "a task yielded, and nobody takes what a task yields; to wait, call a function of net.loop");
        } else {
            lua_xmove(coroutine, L, 1);
        }
        if (is_cancellation(L, -1, task)) {
            task.status = Task::Status::cancelled;
        }
        lua_pushvalue(L, -1);
        store_results(L, userdata, task, 1);
        if (task.status == Task::Status::failed) {
            lua_pushvalue(L, userdata);
            lua_pushvalue(L, base);
            lua_pushvalue(L, -3);
            call_back(L, scheduler, "report", 3);
        }
        close_coroutine(L, coroutine);
    }
    if (task.is_observed) {
        lua_pushvalue(L, userdata);
        call_back(L, scheduler, "ended", 1);
    }
    lua_settop(L, base - 1);
}

// Runs the task whose coroutine is on top of the stack, which is popped, until it waits or ends.
void run_task(lua_State* L, Scheduler& scheduler, Task& task, int arguments)
{
    lua_State* coroutine = lua_tothread(L, -1);
    task.status = Task::Status::running;
    task.has_begun = true;
    ++scheduler.resumed;
    scheduler.current = &task;
    scheduler.running = coroutine;
    const unsigned generation = scheduler.generation;
    const int status = resume(L, coroutine, arguments);
    if (generation != scheduler.generation) {
        luaL_error(L, "this loop is the parent's; a task of it has come to its end in a child");
    }
    scheduler.current = nullptr;
    scheduler.running = nullptr;
    if (status != LUA_YIELD || task.status == Task::Status::running) {
        end_task(L, scheduler, task, status);
    } else if (task.has_ended()) { // by exit()
        lua_settop(coroutine, 0);
        close_coroutine(L, coroutine);
        end_task(L, scheduler, task, 0);
    } else {
        scheduler.idle_tasks += task.is_idle ? 1 : 0;
        lua_pop(L, 1);
    }
}

// Pushes what the task is resumed with, and gives how many values of the stack that is.
int push_outcome(lua_State* L, Scheduler& scheduler, Task& task, lua_State* coroutine)
{
    if (!task.is_cancelled) {
        return task.values > 0 ? 0 : task.push(L, scheduler, task);
    }
    lua_pop(coroutine, task.values);
    task.values = 0;
    lua_pushlightuserdata(L, const_cast<char*>(&raise_tag));
    push_cancellation(L);
    task.is_cancelled = false;
    task.was_cancelled = true;
    return 2;
}

// Goes on with the task that is due. When that raises an error for want of memory, it is still due.
void resume_due(lua_State* L, Scheduler& scheduler)
{
    Task& task = *scheduler.due;
    lua_State* coroutine = push_coroutine(L, task);
    if (!task.has_begun) {
        scheduler.due = nullptr;
        run_task(L, scheduler, task, lua_gettop(coroutine) - 1);
        return;
    }
    const int pushed = push_outcome(L, scheduler, task, coroutine);
    if (lua_checkstack(coroutine, pushed) == 0) {
        luaL_error(L, "too many results for a task");
    }
    scheduler.due = nullptr;
    scheduler.idle_tasks -= task.is_idle ? 1 : 0;
    task.is_idle = false;
    task.reset_operation();
    lua_xmove(L, coroutine, pushed);
    run_task(L, scheduler, task, pushed + std::exchange(task.values, 0));
}

void run_ready(lua_State* L, Scheduler& scheduler)
{
    if (scheduler.due == nullptr && scheduler.ready.empty()) {
        return;
    }
    scheduler.begin_step();
    if (scheduler.due != nullptr) {
        resume_due(L, scheduler);
    }
    for (int i = 0; i < tasks_in_turn && !scheduler.ready.empty(); ++i) {
        scheduler.due = scheduler.ready.pop_front();
        resume_due(L, scheduler);
    }
    scheduler.end_step();
}

// Goes on with those whose waits are over.
void run_finished(lua_State* L, Scheduler& scheduler)
{
    scheduler.begin_step();
    while (const Operation* finished = scheduler.loop().take()) {
        scheduler.due = static_cast<Task*>(finished->owner);
        resume_due(L, scheduler);
    }
    scheduler.end_step();
}

// Only tasks could wake each other, and none will.
bool is_deadlock(Scheduler& scheduler)
{
    return scheduler.ready.empty() && scheduler.tasks > 0 && scheduler.idle_tasks == scheduler.tasks &&
           !scheduler.loop().next_deadline();
}

void check_driver(lua_State* L, const Scheduler& scheduler)
{
    if (scheduler.current != nullptr || scheduler.is_calling) {
        luaL_error(L, "the loop is running already");
    }
}

// turn([seconds]): runs what is ready, waits for events at most that long, and goes on with whom they concern. How many
// tasks are left.
int turn(lua_State* L)
{
    Scheduler& scheduler = check_scheduler(L);
    check_driver(L, scheduler);
    std::optional<Deadline> until;
    if (!is_absent(L, 1)) {
        until = Clock::now() + std::chrono::ceil<Clock::duration>(std::chrono::duration<double>(check_duration(L, 1)));
    }
    lua_settop(L, 0);
    run_ready(L, scheduler);
    if (!until && is_deadlock(scheduler)) {
        return luaL_error(L, "deadlock: all tasks (%d) wait for each other; see net.loop.dump()",
                          static_cast<int>(scheduler.tasks));
    }
    if (!scheduler.ready.empty() || scheduler.tasks == 0) {
        until = Deadline{};
    }
    const Outcome<> stepped = scheduler.loop().step(until);
    if (!stepped.done()) {
        return luaL_error(L, "the loop cannot wait: %s failed with errno %d", stepped.error.op, stepped.error.code);
    }
    run_finished(L, scheduler);
    lua_pushinteger(L, static_cast<lua_Integer>(scheduler.tasks));
    return 1;
}

// exit(value...): ends the task that calls.
int exit_task(lua_State* L)
{
    const int values = lua_gettop(L);
    const Wait wait = check_wait(L, "exit", values + 1);
    push_task(L, wait.task);
    lua_insert(L, 1);
    store_results(L, 1, wait.task, values);
    wait.task.status = Task::Status::done;
    return yield_nothing<raise_if_asked>(L);
}

// running() -> the task that calls, or nil
int running(lua_State* L)
{
    const Task* task = scheduler_of(L).current;
    if (task == nullptr) {
        return 0;
    }
    push_task(L, *task);
    return 1;
}

void push_seconds(lua_State* L, Clock::duration duration)
{
    lua_pushnumber(L, std::chrono::duration<lua_Number>(duration).count());
}

// now() -> seconds of the clock of deadlines
int now(lua_State* L)
{
    push_seconds(L, Clock::now().time_since_epoch());
    return 1;
}

Task& check_current(lua_State* L, const char* what)
{
    Task* task = scheduler_of(L).current;
    if (task == nullptr) {
        luaL_error(L, "cannot %s here: this is not inside a task", what);
    }
    return *task;
}

// limit(seconds) -> what unlimit() takes: all waits of the task end within this time.
int limit(lua_State* L)
{
    const std::chrono::duration<double> seconds(check_duration(L, 1));
    Task& task = check_current(L, "timeout");
    const Deadline until = Clock::now() + std::chrono::ceil<Clock::duration>(seconds);
    if (task.limit) {
        lua_pushnumber(L, static_cast<lua_Number>(task.limit->time_since_epoch().count()));
    } else {
        lua_pushnil(L);
    }
    task.limit = task.limit ? std::min(*task.limit, until) : until;
    return 1;
}

int unlimit(lua_State* L)
{
    Task& task = check_current(L, "timeout");
    task.limit = std::nullopt;
    if (!is_absent(L, 1)) {
        task.limit = Deadline(Clock::duration(static_cast<Clock::rep>(luaL_checknumber(L, 1))));
    }
    return 0;
}

// fd() -> the descriptor that is readable when there is something to do
int loop_fd(lua_State* L)
{
    const int fd = check_scheduler(L).loop().backend().descriptor();
    if (fd < 0) {
        return push_failure(L, system_error(ENOTSUP, "fd"), "fd");
    }
    lua_pushinteger(L, fd);
    return 1;
}

// due_in() -> seconds until there is something to do even if nothing happens, or nil
int due_in(lua_State* L)
{
    Scheduler& scheduler = check_scheduler(L);
    const bool is_ready = scheduler.due != nullptr || !scheduler.ready.empty();
    const std::optional<Deadline> next = is_ready ? Deadline{} : scheduler.loop().next_deadline();
    if (!next) {
        return 0;
    }
    push_seconds(L, std::max(*next - Clock::now(), Clock::duration::zero()));
    return 1;
}

int backend(lua_State* L)
{
    lua_pushstring(L, check_scheduler(L).loop().backend().name());
    return 1;
}

// callbacks(table): with the functions report(task, coroutine, error) and ended(task).
int set_callbacks(lua_State* L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_rawseti(L, all_metatables, callbacks_slot);
    return 0;
}

constexpr Method functions[] = {
    {"spawn", spawn},   {"turn", turn},       {"exit", exit_task},          {"running", running},
    {"now", now},       {"limit", limit},     {"unlimit", unlimit},         {"fd", loop_fd},
    {"due_in", due_in}, {"backend", backend}, {"callbacks", set_callbacks},
};

// __gc: finalizers that run later find it closed.
int close_scheduler(lua_State* L)
{
    collect<Scheduler>(L);
    check_self<Scheduler>(L).is_closed = true;
    return 0;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", close_scheduler},
    {nullptr, nullptr},
};

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

const Task* push_task_of(lua_State* L, int id)
{
    push_anchor(L, userdata_place(id));
    return static_cast<const Task*>(lua_touserdata(L, -1));
}

void cancel_unbegun(lua_State* L, Task& task)
{
    Scheduler& scheduler = scheduler_of(L);
    push_cancellation(L);
    store_results(L, 1, task, 1);
    task.status = Task::Status::cancelled;
    leave(L, scheduler, task);
    if (task.is_observed) {
        lua_pushvalue(L, 1);
        call_back(L, scheduler, "ended", 1);
    }
}

void add_scheduler(lua_State* L)
{
    const int metatables = lua_gettop(L);
    define_class(L, Class::scheduler, "scheduler", metamethods);
    new (new_userdata(L, sizeof(Scheduler))) Scheduler();
    lua_rawgeti(L, metatables, static_cast<int>(Class::scheduler));
    lua_setmetatable(L, -2);
    lua_rawseti(L, metatables, scheduler_slot);
    add_functions(L, Class::task, functions);
}

} // namespace llnet
