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
    const Deadline own = limit_at(L, -1);
    if (own != Task::no_limit) {
        task.limit = std::min(task.limit, own);
        lua_pushvalue(L, 1);
        lua_pushnil(L);
        lua_rawset(L, -4); // leave() will tell anew
    }
    lua_pop(L, 2);
}

// The coroutine has yielded: from now on the limit is that of whoever resumed it.
void leave(lua_State* L, Task& task, Deadline outer)
{
    if (task.limit == outer) {
        return;
    }
    push_limits(L);
    lua_pushvalue(L, 1);
    push_limit(L, task.limit);
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

// Resumes the coroutine that is the first argument, which is suspended: true, value... | false, error, as
// coroutine.resume does it; but nil when it waits for the loop, so that whoever resumed it must yield as well.
int resume_or_wait(lua_State* L, lua_State* coroutine)
{
    Scheduler& scheduler = scheduler_of(L);
    Task* task = scheduler.running == L ? scheduler.current : nullptr;
    Deadline outer = Task::no_limit;
    if (task != nullptr) {
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
    if (is_still_inside && is_in_wait(coroutine)) {
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

// coresume(coroutine, value...): for one that is suspended, but not in a wait.
int coresume(lua_State* L)
{
    lua_State* coroutine = lua_tothread(L, 1);
    if (coroutine == nullptr || coroutine == L) {
        return argument_error(L, 1, "suspended coroutine expected");
    }
    return is_in_wait(coroutine) ? refuse(L, "cannot resume non-suspended coroutine") : resume_or_wait(L, coroutine);
}

// cogoon(coroutine, value...): for one whose wait is over, with its results.
int cogoon(lua_State* L)
{
    lua_State* coroutine = lua_tothread(L, 1);
    if (coroutine == nullptr || !is_in_wait(coroutine)) {
        return refuse(L, "cannot resume dead coroutine");
    }
    lua_pop(coroutine, 1); // the mark
    return resume_or_wait(L, coroutine);
}

constexpr Method functions[] = {
    {"coresume", coresume},
    {"cogoon", cogoon},
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
