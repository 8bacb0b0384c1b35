// SPDX-License-Identifier: MIT
// Coroutines of a program inside of tasks: when one of them waits, that is told apart from what it yields.
#include "glue/net/coroutine.hpp"

#include "glue/net/scheduler.hpp"

namespace llnet {

namespace {

lua_State* check_coroutine(lua_State* L, int index)
{
    if (lua_type(L, index) != LUA_TTHREAD) {
        type_error(L, index, "coroutine");
    }
    return lua_tothread(L, index);
}

int refuse(lua_State* L, const char* why)
{
    lua_pushboolean(L, 0);
    lua_pushstring(L, why);
    return 2;
}

bool has_ended(lua_State* coroutine)
{
    lua_Debug frame;
    const int status = lua_status(coroutine);
    const bool has_frames = lua_getstack(coroutine, 0, &frame) != 0;
    return status != LUA_YIELD && (status != 0 || (!has_frames && lua_gettop(coroutine) == 0));
}

// It runs, or resumed another.
bool is_busy(lua_State* coroutine)
{
    lua_Debug frame;
    return lua_status(coroutine) == 0 && lua_getstack(coroutine, 0, &frame) != 0;
}

// Moves the `count` values on top of `from`'s stack, if there is room.
bool move(lua_State* from, lua_State* to, int count)
{
    if (lua_checkstack(to, count + 1) == 0) {
        return false;
    }
    lua_xmove(from, to, count);
    return true;
}

// coresume(coroutine, value...) -> true, value... | false, error, as coroutine.resume does it; but nil when the
// coroutine waits for the loop, so that whoever resumed it must yield as well, and resume it with what comes back.
int resume_or_wait(lua_State* L)
{
    lua_State* coroutine = check_coroutine(L, 1);
    if (is_busy(coroutine)) {
        return refuse(L, "cannot resume non-suspended coroutine");
    }
    if (has_ended(coroutine)) {
        return refuse(L, "cannot resume dead coroutine");
    }
    Scheduler& scheduler = scheduler_of(L);
    const int arguments = lua_gettop(L) - 1;
    if (!move(L, coroutine, arguments)) {
        return refuse(L, "too many arguments to resume");
    }
    const Task* task = scheduler.running == L ? scheduler.current : nullptr;
    if (task != nullptr) {
        scheduler.running = coroutine;
    }
    const int status = resume(L, coroutine, arguments);
    const bool is_still_inside = task != nullptr && scheduler.current == task; // not after a fork
    if (is_still_inside) {
        scheduler.running = L;
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
    add_functions(L, Class::task, functions);
}

} // namespace llnet
