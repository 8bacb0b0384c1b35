// SPDX-License-Identifier: MIT
// Coroutines of a program inside of tasks: when one of them waits, that is told apart from what it yields.
#include "glue/net/coroutine.hpp"

#include "glue/net/wait.hpp"

#include <algorithm>

namespace llnet {

namespace {

// Deadlines of timeout() are those of the coroutine that called it, wherever it yields meanwhile; its waits also end at
// the limit of whoever resumed it. A task's own coroutine has its limit in the task. The others have theirs, while they
// are inside of timeout(), in a table with weak keys, by coroutine.

// The limit of the coroutine on top of the stack, which is popped.
Deadline own_limit(lua_State* L)
{
    lua_rawgeti(L, all_metatables, limits_slot);
    lua_insert(L, -2);
    lua_rawget(L, -2);
    const Deadline own = limit_at(L, -1);
    lua_pop(L, 2);
    return own;
}

// Gives the coroutine that runs a limit of its own. Raises an error for want of memory, with nothing changed.
void set_own_limit(lua_State* L, const Scheduler& scheduler, Task& task, Deadline own)
{
    if (scheduler.around.is_generator) {
        lua_rawgeti(L, all_metatables, limits_slot);
        lua_pushthread(L);
        push_limit(L, own);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
    task.limit = std::min(scheduler.around.limit, own);
}

// limit(seconds) -> what unlimit() takes: all waits of the coroutine end within this time.
int limit(lua_State* L)
{
    const Deadline until = check_deadline(L, 1).value_or(Task::no_limit);
    Scheduler& scheduler = scheduler_of(L);
    Task& task = check_runs(L, scheduler, "timeout");
    Deadline own = task.limit;
    if (scheduler.around.is_generator) {
        lua_pushthread(L);
        own = own_limit(L);
    }
    set_own_limit(L, scheduler, task, std::min(own, until));
    push_limit(L, own);
    return 1;
}

int unlimit(lua_State* L)
{
    const Scheduler& scheduler = scheduler_of(L);
    if (scheduler.current != nullptr && scheduler.running == L) {
        set_own_limit(L, scheduler, *scheduler.current, limit_at(L, 1));
    }
    return 0;
}

// left() -> seconds until the limit of the coroutine's waits, or nil
int left(lua_State* L)
{
    const Scheduler& scheduler = scheduler_of(L);
    const Task* task = scheduler.running == L ? scheduler.current : nullptr;
    if (task == nullptr || task->limit == Task::no_limit) {
        return 0;
    }
    push_seconds(L, std::max(task->limit - Clock::now(), Clock::duration::zero()));
    return 1;
}

// refusal() -> nil if the function that calls may yield for the wait of the task that runs, as far as this Lua knows;
// else why it cannot
int refusal(lua_State* L)
{
    const Task* task = scheduler_of(L).current;
    if (may_yield(L) || task == nullptr || task->pause == nullptr) {
        return 0;
    }
    lua_pushfstring(L, cannot_wait, task->pause->waiting->what, not_through_c);
    return 1;
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
    const Deadline limit = task != nullptr ? task->limit : Task::no_limit;
    Deadline own = Task::no_limit;
    if (task != nullptr) {
        lua_pushvalue(L, 1);
        own = own_limit(L);
    }
    const int arguments = lua_gettop(L) - 1;
    count_nesting(L, coroutine);
    if (lua_checkstack(coroutine, arguments + 1) == 0) {
        return refuse(L, "too many arguments to resume");
    }
    lua_xmove(L, coroutine, arguments);
    const Surroundings around = scheduler.around;
    if (task != nullptr) {
        scheduler.running = coroutine;
        scheduler.around = {limit, true};
        task->limit = std::min(limit, own);
    }
    const int status = resume(L, coroutine, arguments);
    const bool is_still_inside = task != nullptr && scheduler.current == task; // not after a fork
    if (is_still_inside) {
        scheduler.running = L;
        scheduler.around = around;
        task->limit = limit;
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
    {"coresume", coresume}, {"cogoon", cogoon}, {"limit", limit},
    {"unlimit", unlimit},   {"left", left},     {"refusal", refusal},
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
