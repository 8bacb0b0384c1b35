// SPDX-License-Identifier: MIT
// Coroutines of a program inside of tasks: when one of them waits, that is told apart from what it yields.
#include "glue/net/coroutine.hpp"

#include "glue/net/wait.hpp"

#include <algorithm>

namespace llnet {

namespace {

// The limits of tasks that coroutines yielded with, inside of timeout(): by coroutine, in a table with weak keys.
void push_limits(lua_State* L)
{
    lua_rawgeti(L, all_metatables, limits_slot);
}

// The coroutine, which is the first argument, goes on: its own limit is that of the task, unless that is nearer.
void enter(lua_State* L, Task& task)
{
    push_limits(L);
    lua_pushvalue(L, 1);
    lua_rawget(L, -2);
    if (lua_type(L, -1) == LUA_TNUMBER) {
        const Deadline own(Clock::duration(static_cast<Clock::rep>(lua_tonumber(L, -1))));
        task.limit = task.limit ? std::min(*task.limit, own) : own;
    }
    lua_pop(L, 2);
}

// The coroutine has yielded: from now on the limit is that of whoever resumed it.
void leave(lua_State* L, Task& task, const std::optional<Deadline>& outer)
{
    if (task.limit == outer) {
        return;
    }
    push_limits(L);
    lua_pushvalue(L, 1);
    if (task.limit) {
        lua_pushnumber(L, static_cast<lua_Number>(task.limit->time_since_epoch().count()));
    } else {
        lua_pushnil(L);
    }
    lua_rawset(L, -3);
    lua_pop(L, 1);
    task.limit = outer;
}

int refuse(lua_State* L, const char* why)
{
    lua_pushboolean(L, 0);
    lua_pushstring(L, why);
    return 2;
}

// coresume(coroutine, value...) -> true, value... | false, error, as coroutine.resume does it with a coroutine that is
// suspended; but nil when it waits for the loop, so that whoever resumed it must yield as well, and resume it with what
// comes back.
int resume_or_wait(lua_State* L)
{
    lua_State* coroutine = lua_tothread(L, 1);
    luaL_argcheck(L, coroutine != nullptr && coroutine != L, 1, "suspended coroutine expected");
    Scheduler& scheduler = scheduler_of(L);
    Task* task = scheduler.running == L ? scheduler.current : nullptr;
    std::optional<Deadline> outer;
    if (task != nullptr) {
        settle(*task);
        outer = task->limit;
        enter(L, *task);
    }
    const int arguments = lua_gettop(L) - 1;
    count_nesting(L, coroutine);
    if (lua_checkstack(coroutine, arguments + 1) == 0) {
        return refuse(L, "too many arguments to resume");
    }
    lua_xmove(L, coroutine, arguments);
    if (task != nullptr) {
        scheduler.running = coroutine;
    }
    const int status = resume(L, coroutine, arguments);
    const bool is_still_inside = task != nullptr && scheduler.current == task; // not after a fork
    if (is_still_inside) {
        scheduler.running = L;
        leave(L, *task, outer);
    }
    if (status == LUA_YIELD && is_still_inside && task->status != Task::Status::running) {
        lua_pushnil(L);
        return 1;
    }
    if (status != 0 && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_xmove(coroutine, L, 1);
        return 2;
    }
    const int results = lua_gettop(coroutine);
    if (lua_checkstack(L, results + 1) == 0) {
        lua_settop(coroutine, 0);
        return refuse(L, "too many results to resume");
    }
    lua_pushboolean(L, 1);
    lua_xmove(coroutine, L, results);
    return 1 + results;
}

constexpr Method functions[] = {
    {"coresume", resume_or_wait},
};

} // namespace

void add_coroutine(lua_State* L)
{
    const int metatables = lua_gettop(L);
    add_functions(L, Class::task, functions);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawseti(L, metatables, limits_slot);
}

} // namespace llnet
