// SPDX-License-Identifier: MIT
// Runs the tasks: those that are ready, and those whose waits are over.
#include "glue/net/driver.hpp"

#include "glue/net/life.hpp"
#include "glue/net/spares.hpp"
#include "glue/net/wait.hpp"

#include <algorithm>
#include <cerrno>

namespace llnet {

namespace {

// How many tasks run before the loop looks for events again.
constexpr int tasks_in_turn = 64;

// Where a task stands after its coroutine was resumed with this status.
End end_of(const Task& task, lua_State* coroutine, int status)
{
    if (status == 0) {
        return End::returned;
    }
    if (status != LUA_YIELD) {
        return End::failed;
    }
    if (!is_in_wait(coroutine)) {
        return End::yielded;
    }
    return task.has_ended() ? End::exited : End::none;
}

// Ends the task whose coroutine is on top of the stack, which is popped. When that raises an error, it is due again.
void end_due(lua_State* L, Scheduler& scheduler, Task& task)
{
    scheduler.due = &task;
    end_task(L, scheduler, task);
    scheduler.due = nullptr;
}

// Runs the task until it waits or ends, and gives what lua_resume does.
int run(lua_State* L, Scheduler& scheduler, Task& task, lua_State* coroutine, int arguments)
{
    check_process(L, scheduler, task);
    task.status = Task::Status::running;
    task.has_begun = true;
    ++scheduler.resumed;
    scheduler.current = &task;
    scheduler.running = coroutine;
    scheduler.around = {};
    count_nesting(L, coroutine);
    const int status = resume(L, coroutine, arguments);
    check_process(L, scheduler, task);
    scheduler.current = nullptr;
    scheduler.running = nullptr;
    return status;
}

// The task, whose coroutine is on top of the stack, waits now or has ended. Pops the coroutine.
void settle_run(lua_State* L, Scheduler& scheduler, Task& task, lua_State* coroutine, int status)
{
    task.end = end_of(task, coroutine, status);
    if (task.end != End::none) [[unlikely]] {
        if (task.end != End::exited) {
            settle(L, task);
        }
        end_due(L, scheduler, task);
    } else {
        scheduler.idle_tasks += task.is_idle ? 1 : 0;
        lua_pop(L, 1);
    }
}

// What turn() has on its stack.
constexpr int anchors_index = 1;
constexpr int spare_index = 2; // a coroutine on which tasks begin, or false; it is another's once a task waits on it

lua_State* spare_at_hand(lua_State* L, Scheduler& scheduler)
{
    lua_State* spare = lua_tothread(L, spare_index);
    if (spare != nullptr && lua_gethook(L) == nullptr) {
        inherit_globals(L, spare_index);
        return spare;
    }
    spare = push_spare(L, scheduler);
    lua_replace(L, spare_index);
    return spare;
}

// Pushes the coroutine that was at hand.
void push_used_spare(lua_State* L)
{
    lua_pushvalue(L, spare_index);
    lua_pushboolean(L, 0);
    lua_replace(L, spare_index);
}

void keep_spare_at_hand(lua_State* L, Scheduler& scheduler)
{
    if (lua_isthread(L, spare_index)) {
        push_used_spare(L);
        keep_spare(L, scheduler);
    }
}

// Begins the task whose function is on top of the stack, which is popped.
void begin_on_spare(lua_State* L, Scheduler& scheduler, Task& task)
{
    lua_State* spare = spare_at_hand(L, scheduler);
    if (task.has_ended()) { // cancelled by a finalizer meanwhile
        end_due(L, scheduler, task);
        return;
    }
    scheduler.due = nullptr;
    lua_xmove(L, spare, 1);
    const int status = run(L, scheduler, task, spare, 0);
    const bool is_spare_again = status == 0 && is_as_good_as_new(task, spare);
    if (is_spare_again && !task.is_observed && task.pause == nullptr && lua_gettop(spare) == 0) {
        task.status = Task::Status::done;
        clear_places(L, anchors_index, task.id);
        retire(scheduler, task);
        return;
    }
    push_used_spare(L);
    lua_pushvalue(L, -1);
    lua_rawseti(L, anchors_index, coroutine_place(task.id));
    settle_run(L, scheduler, task, spare, status);
}

// Begins the task that is due, or ends it.
void begin_due(lua_State* L, Scheduler& scheduler, Task& task)
{
    lua_rawgeti(L, anchors_index, coroutine_place(task.id));
    lua_State* coroutine = lua_tothread(L, -1);
    if (task.end != End::none) {
        end_due(L, scheduler, task);
    } else if (coroutine == nullptr) {
        begin_on_spare(L, scheduler, task);
    } else {
        scheduler.due = nullptr;
        settle_run(L, scheduler, task, coroutine, run(L, scheduler, task, coroutine, lua_gettop(coroutine) - 1));
    }
}

// Pushes what the task is resumed with, and gives how many values of the stack that is.
int push_outcome(lua_State* L, Scheduler& scheduler, Task& task, lua_State* coroutine)
{
    if (!task.is_cancelled) [[likely]] {
        return task.pause->values > 0 ? 0 : task.pause->waiting->push(L, scheduler, task);
    }
    lua_pop(coroutine, task.pause->values + 1);
    lua_pushlightuserdata(coroutine, const_cast<char*>(&wait_mark));
    task.pause->values = 0;
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
    if (!task.has_begun || task.end != End::none) [[unlikely]] {
        begin_due(L, scheduler, task);
        return;
    }
    lua_rawgeti(L, anchors_index, coroutine_place(task.id));
    lua_State* coroutine = lua_tothread(L, -1);
    const bool is_intact = is_in_wait(coroutine);
    const int pushed = is_intact ? push_outcome(L, scheduler, task, coroutine) : 0;
    scheduler.due = nullptr;
    scheduler.idle_tasks -= task.is_idle ? 1 : 0;
    task.is_idle = false;
    if (!is_intact) [[unlikely]] {
        task.end = End::stray;
        end_due(L, scheduler, task);
        return;
    }
    task.pause->reset();
    let_go(L, task);
    lua_pop(coroutine, 1); // the mark
    lua_xmove(L, coroutine, pushed);
    const int arguments = pushed + std::exchange(task.pause->values, 0);
    settle_run(L, scheduler, task, coroutine, run(L, scheduler, task, coroutine, arguments));
}

void run_ready(lua_State* L, Scheduler& scheduler)
{
    if (scheduler.ready.empty()) {
        return;
    }
    scheduler.begin_step();
    for (int i = 0; i < tasks_in_turn && !scheduler.ready.empty(); ++i) {
        scheduler.due = scheduler.ready.pop_front();
        resume_due(L, scheduler);
    }
    scheduler.end_step();
}

// Goes on with whom an error kept from going on, and with those whose waits are over.
void run_finished(lua_State* L, Scheduler& scheduler)
{
    if (scheduler.due == nullptr && !scheduler.loop().has_work()) {
        return;
    }
    scheduler.begin_step();
    if (scheduler.due != nullptr) {
        resume_due(L, scheduler);
    }
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

// drive(function, value...): calls the function, which alone drives the loop meanwhile.
int drive(lua_State* L)
{
    Scheduler& scheduler = check_scheduler(L);
    if (scheduler.is_driven) {
        return raise_error(L, "the loop is running already");
    }
    scheduler.is_driven = true;
    const int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    scheduler.is_driven = false;
    return status == 0 ? lua_gettop(L) : lua_error(L);
}

// turn([seconds]) -> how many tasks are left: runs what is ready, waits for events at most that long, and goes on with
// whom they concern.
int turn(lua_State* L)
{
    Scheduler& scheduler = check_scheduler(L);
    std::optional<Deadline> until = check_deadline(L, 1);
    lua_settop(L, 0);
    lua_rawgeti(L, all_metatables, anchors_slot);
    lua_pushboolean(L, 0);
    run_finished(L, scheduler); // of a turn that an error ended: step() would mix up what others received
    run_ready(L, scheduler);
    if (!until && is_deadlock(scheduler)) {
        scheduler.release_signals(); // nobody waits for any
        regain(L);
        return raise_error(L, "deadlock: all tasks (%d) wait for each other; see net.loop.dump()",
                           static_cast<int>(scheduler.tasks));
    }
    if (!scheduler.ready.empty() || scheduler.tasks == 0) {
        until = Deadline{};
    }
    const Outcome<> stepped = scheduler.loop().step(until);
    if (!stepped.done()) {
        push_error_text(L, stepped.error.kind, stepped.error.code, stepped.error.op);
        regain(L);
        return raise_error(L, "the loop cannot wait: %s", lua_tostring(L, -1));
    }
    run_finished(L, scheduler);
    keep_spare_at_hand(L, scheduler);
    if (scheduler.tasks == 0) {
        scheduler.release_signals();
    }
    lua_pushinteger(L, static_cast<lua_Integer>(scheduler.tasks));
    return 1;
}

// fd() -> the descriptor that is readable when there is something to do
int loop_fd(lua_State* L)
{
    const int fd = check_scheduler(L).loop().descriptor();
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

// callbacks(table): with the functions report(task, coroutine, error), ended(task) and renewed().
int set_callbacks(lua_State* L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_rawseti(L, all_metatables, callbacks_slot);
    return 0;
}

constexpr Method functions[] = {
    {"drive", drive},   {"turn", turn},       {"fd", loop_fd},
    {"due_in", due_in}, {"backend", backend}, {"callbacks", set_callbacks},
};

} // namespace

void add_driver(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
