// SPDX-License-Identifier: MIT
// What goes on in a scheduler, for whoever looks for a task that hangs.
#include "glue/net/inspect.hpp"

#include "core/sys/kernel_tls.hpp"

#include "glue/net/wait.hpp"

#include <unistd.h>

namespace llnet {

namespace {

void set_count(lua_State* L, const char* name, std::uint64_t count)
{
    lua_pushinteger(L, static_cast<lua_Integer>(count));
    lua_setfield(L, -2, name);
}

void set_seconds(lua_State* L, const char* name, Clock::duration duration)
{
    push_seconds(L, duration);
    lua_setfield(L, -2, name);
}

// Calls `use` with each task that waits.
template <class Use>
void each_waiting(lua_State* L, const Scheduler& scheduler, Use use)
{
    const int top = lua_gettop(L);
    for (int id = 1; id <= scheduler.last_id(); ++id) {
        const Task* task = push_task_of(L, id);
        const bool is_running = task == scheduler.current; // whatever a wait that came to nothing left behind
        if (task != nullptr && !is_running && task->status == Task::Status::waiting) {
            use(*task);
        }
        lua_settop(L, top);
    }
}

// Adds the field `waits`, how many tasks wait in which function, to the table on top of the stack.
void set_waits(lua_State* L, const Scheduler& scheduler)
{
    lua_newtable(L);
    const int waits = lua_gettop(L);
    each_waiting(L, scheduler, [L, waits](const Task& task) {
        lua_getfield(L, waits, task.pause->waiting->what);
        lua_pushinteger(L, lua_tointeger(L, -1) + 1);
        lua_setfield(L, waits, task.pause->waiting->what);
    });
    lua_setfield(L, -2, "waits");
}

// counts() -> table of what was counted since the loop was made
int counts(lua_State* L)
{
    Scheduler& scheduler = check_scheduler(L);
    const LoopStats& stats = scheduler.loop().stats();
    lua_createtable(L, 0, 14);
    set_count(L, "tasks", scheduler.tasks);
    set_count(L, "spawned", scheduler.spawned);
    set_count(L, "resumed", scheduler.resumed);
    set_count(L, "timers", scheduler.loop().timers());
    set_count(L, "started", stats.started);
    set_count(L, "at_once", stats.at_once);
    set_count(L, "wakeups", stats.waits);
    set_count(L, "events", stats.events);
    set_count(L, "timeouts", stats.timeouts);
    set_count(L, "cancelled", stats.cancelled);
    set_count(L, "kernel_tls", sys::kernel_tls_sockets);
    lua_pushboolean(L, sys::has_kernel_tls(sys::host()));
    lua_setfield(L, -2, "has_kernel_tls");
    set_seconds(L, "longest_step", scheduler.longest_step);
    set_waits(L, scheduler);
    return 1;
}

// Adds a row about a task to the list on top of the stack.
void add_row(lua_State* L, int index, const Task& task)
{
    const Deadline now = Clock::now();
    lua_createtable(L, 0, 7);
    push_task(L, task);
    lua_setfield(L, -2, "task");
    push_coroutine(L, task);
    lua_setfield(L, -2, "coroutine");
    lua_pushstring(L, task.pause->waiting->what);
    lua_setfield(L, -2, "what");
    set_count(L, "id", task.number);
    set_seconds(L, "since", now - task.pause->since);
    if (task.pause->fd >= 0) {
        set_count(L, "fd", static_cast<std::uint64_t>(task.pause->fd));
    }
    if (const std::optional<Deadline> until = task.operation()->deadline()) {
        set_seconds(L, "deadline", *until - now);
    }
    lua_rawseti(L, -2, index);
}

// waiting() -> list of a table for each task that waits
int waiting(lua_State* L)
{
    Scheduler& scheduler = check_scheduler(L);
    lua_settop(L, 0);
    lua_newtable(L);
    int rows = 0;
    each_waiting(L, scheduler, [L, &rows](const Task& task) {
        lua_pushvalue(L, 1);
        add_row(L, ++rows, task);
    });
    return 1;
}

// pid() -> the number of this process
int pid(lua_State* L)
{
    lua_pushinteger(L, getpid());
    return 1;
}

// hide(begin of the names of files, set of functions): those and the functions of these are not to be seen in errors
int hide(lua_State* L)
{
    check_text(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    hide_files(L, 1);
    hide_functions(L, 2);
    return 0;
}

constexpr Method functions[] = {
    {"hide", hide},
    {"pid", pid},
    {"counts", counts},
    {"waiting", waiting},
};

} // namespace

void add_inspect(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
