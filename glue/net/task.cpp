// SPDX-License-Identifier: MIT
#include "glue/net/task.hpp"

#include "glue/net/life.hpp"
#include "glue/net/wait.hpp"

#include <cerrno>

namespace llnet {

namespace {

constexpr const char* status_names[] = {"ready", "running", "waiting", "done", "failed", "cancelled"};

const char* status_name(lua_State* L, const Task& task)
{
    // While it runs, its own status may be that of a wait that came to nothing.
    const bool is_running = &task == scheduler_of(L).current;
    return status_names[static_cast<int>(is_running ? Task::Status::running : task.status)];
}

int task_id(lua_State* L)
{
    lua_pushinteger(L, static_cast<lua_Integer>(check_self<Task>(L).number));
    return 1;
}

int task_status(lua_State* L)
{
    lua_pushstring(L, status_name(L, check_self<Task>(L)));
    return 1;
}

int task_tostring(lua_State* L)
{
    const Task& self = check_self<Task>(L);
    lua_pushfstring(L, "net.loop.task: %d, %s", static_cast<int>(self.number), status_name(L, self));
    return 1;
}

int push_joined(lua_State* L, Scheduler&, Task& task)
{
    if (!task.operation()->outcome().done()) {
        return push_failure(L, task);
    }
    lua_pushboolean(L, 1);
    return 1;
}

constexpr Waiting in_join{"join", push_joined, room_for<JoinOperation>, true};

// wait_end(task [, seconds]) -> true when it has ended | nil, nil, true
int wait_end(lua_State* L)
{
    Task& self = check_self<Task>(L);
    if (self.has_ended()) {
        lua_pushboolean(L, 1);
        return 1;
    }
    if (!scheduler_of(L).has(self)) {
        return raise_error(L, "cannot join a task of the parent process");
    }
    const Wait wait = check_wait(L, in_join, 2);
    auto& join = wait.task.emplace_operation<JoinOperation>();
    join.joiner.task = &wait.task;
    self.joiners.push_back(join.joiner);
    return start_wait_alone(L, wait);
}

// results(task) -> true, value... | false, error of one that has ended
int task_results(lua_State* L)
{
    const Task& self = check_self<Task>(L);
    lua_settop(L, 1);
    lua_pushboolean(L, self.status == Task::Status::done);
    if (self.status == Task::Status::cancelled) {
        push_cancellation(L);
        return 2;
    }
    if (self.results == Task::Results::none) {
        return 1;
    }
    if (self.results == Task::Results::success) {
        lua_pushboolean(L, 1);
        return 2;
    }
    push_associated_table(L, 1);
    lua_getfield(L, 3, "n");
    const auto results = static_cast<int>(lua_tointeger(L, -1));
    luaL_checkstack(L, results, "too many results of a task");
    lua_pop(L, 1);
    for (int i = 1; i <= results; ++i) {
        lua_rawgeti(L, 3, i);
    }
    lua_remove(L, 3);
    return 1 + results;
}

// task:cancel() -> whether it had not ended
int task_cancel(lua_State* L)
{
    Task& self = check_self<Task>(L);
    Scheduler& scheduler = scheduler_of(L);
    const bool lives = scheduler.has(self);
    if (lives && !self.has_begun) {
        cancel_unbegun(L, scheduler, self);
    } else if (lives) {
        self.is_cancelled = true;
        if (self.is_idle) {
            scheduler.wake(self);
        } else if (self.operation() != nullptr) {
            scheduler.loop().cancel(*self.operation(), ECANCELED);
        }
    }
    lua_pushboolean(L, lives);
    return 1;
}

// task:resume(value...) -> whether it was suspended
int task_resume(lua_State* L)
{
    Task& self = check_self<Task>(L);
    Scheduler& scheduler = scheduler_of(L);
    const int values = lua_gettop(L) - 1;
    bool is_resumed = false;
    const bool is_running = &self == scheduler.current; // whatever a wait that came to nothing left behind
    if (scheduler.has(self) && !is_running && self.is_suspended() && self.pause->values == 0) {
        lua_State* coroutine = push_coroutine(L, self);
        lua_insert(L, 2);
        if (!is_in_wait(coroutine)) { // somebody else resumed it: in its turn that is told
            scheduler.wake(self);
            lua_pushboolean(L, 0);
            return 1;
        }
        if (lua_checkstack(coroutine, values + 2) == 0) {
            return raise_error(L, "too many values for a task");
        }
        is_resumed = scheduler.wake(self);
        if (is_resumed) { // the mark stays on top
            lua_pop(coroutine, 1);
            lua_pushboolean(coroutine, 1);
            lua_xmove(L, coroutine, values);
            lua_pushlightuserdata(coroutine, const_cast<char*>(&wait_mark));
            self.pause->values = values + 1;
        }
    }
    lua_pushboolean(L, is_resumed);
    return 1;
}

// observe(task): the callback "ended" will be told of its end.
int task_observe(lua_State* L)
{
    check_self<Task>(L).is_observed = true;
    return 0;
}

constexpr luaL_Reg metamethods[] = {
    {"__close", leave_scope<Task>},
    {"__tostring", task_tostring},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"id", task_id},
    {"status", task_status},
    {"cancel", task_cancel},
    {"resume", task_resume},
};

// For lua/net: functions that take a task.
constexpr Method functions[] = {
    {"wait_end", wait_end},
    {"results", task_results},
    {"observe", task_observe},
};

} // namespace

void define_task(lua_State* L)
{
    define_class(L, Class::task, "task", metamethods);
    add_methods(L, Class::task, methods);
}

void add_task(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
