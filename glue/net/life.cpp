// SPDX-License-Identifier: MIT
// How tasks begin and end.
#include "glue/net/life.hpp"

#include "glue/net/wait.hpp"

namespace llnet {

namespace {

constexpr const char* yielded_to_nobody =
    "a task yielded, and nobody takes what a task yields; to wait, call a function of net.loop";
constexpr const char* resumed_by_others = "somebody else resumed the coroutine of a task while it waited";

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
    Task& task = push_new_task(L);
    lua_State* coroutine = lua_newthread(L);
    if (lua_checkstack(coroutine, values + 1) == 0) {
        return luaL_error(L, "too many arguments for a task");
    }
    // From here on nothing collects garbage: a finalizer could spawn as well.
    int id = 0;
    check_memory(L, work([&] {
                     id = scheduler.free_id();
                     return done();
                 }));
    anchor_task(L, id);
    lua_pop(L, 1);
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

// The task is no longer among those that live, and who waits for its end wakes. Its userdata and coroutine stay on the
// stack of whoever ends it.
void leave(lua_State* L, Scheduler& scheduler, Task& task)
{
    release_task(L, task.id);
    scheduler.give_id(task.id);
    --scheduler.tasks;
    task.unlink();
    task.reset_operation();
    while (Joiner* joiner = task.joiners.pop_front()) {
        scheduler.wake(*joiner->task);
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

void keep_returned(lua_State* L, int userdata, Task& task, lua_State* coroutine)
{
    const int results = lua_gettop(coroutine);
    if (results > 0) {
        luaL_checkstack(L, results + 4, "too many results of a task");
        lua_xmove(coroutine, L, results);
        store_results(L, userdata, task, results);
    }
}

// Whether the error is that of its cancellation; coroutine.wrap may have put a position before it.
bool is_cancellation(lua_State* L, int index, const Task& task)
{
    if (!task.was_cancelled || lua_type(L, index) != LUA_TSTRING) {
        return false;
    }
    push_cancellation(L);
    const bool is_it = check_bytes(L, index).ends_with(check_bytes(L, -1));
    lua_pop(L, 1);
    return is_it;
}

// The error is on top of the stack, and is popped.
void keep_failure(lua_State* L, int userdata, Task& task, int coroutine)
{
    const int failure = lua_gettop(L);
    if (is_cancellation(L, failure, task)) {
        task.status = Task::Status::cancelled;
        push_cancellation(L);
        lua_replace(L, failure);
    }
    lua_pushvalue(L, failure);
    store_results(L, userdata, task, 1);
    if (task.status == Task::Status::failed) {
        lua_pushvalue(L, userdata);
        lua_pushvalue(L, coroutine);
        lua_pushvalue(L, failure);
        call_back(L, "report", 3);
    }
    lua_settop(L, failure - 1);
}

void tell_end(lua_State* L, int userdata, const Task& task)
{
    if (task.is_observed) {
        lua_pushvalue(L, userdata);
        call_back(L, "ended", 1);
    }
}

int push_nothing(lua_State*, Scheduler&, Task&)
{
    return 0;
}

constexpr Waiting in_exit{"exit", push_nothing};

// exit(value...): ends the task that calls.
int exit_task(lua_State* L)
{
    const int values = lua_gettop(L);
    const Wait wait = check_wait(L, in_exit, values + 1);
    push_task(L, wait.task);
    lua_insert(L, 1);
    store_results(L, 1, wait.task, values);
    wait.task.status = Task::Status::done;
    return yield_mark<raise_if_asked>(L, &wait_mark);
}

constexpr Method functions[] = {
    {"spawn", spawn},
    {"exit", exit_task},
};

} // namespace

void call_back(lua_State* L, const char* name, int arguments)
{
    lua_rawgeti(L, all_metatables, callbacks_slot);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
    lua_insert(L, -1 - arguments);
    if (lua_pcall(L, arguments, 0, 0) != 0) {
        lua_pop(L, 1);
    }
}

void end_task(lua_State* L, Scheduler& scheduler, Task& task, End how)
{
    const int coroutine = lua_gettop(L);
    lua_State* thread = lua_tothread(L, coroutine);
    push_task(L, task);
    const int userdata = coroutine + 1;
    const bool is_done = how == End::returned || how == End::exited;
    task.status = is_done ? Task::Status::done : Task::Status::failed;
    leave(L, scheduler, task);
    if (how == End::returned) {
        keep_returned(L, userdata, task, thread);
    } else if (how == End::failed) {
        lua_xmove(thread, L, 1);
        keep_failure(L, userdata, task, coroutine);
    } else if (how != End::exited) {
        lua_pushstring(L, how == End::yielded ? yielded_to_nobody : resumed_by_others);
        keep_failure(L, userdata, task, coroutine);
    }
    if (how != End::returned) {
        close_coroutine(L, thread);
    }
    tell_end(L, userdata, task);
    lua_settop(L, coroutine - 1);
}

void cancel_unbegun(lua_State* L, Task& task)
{
    task.status = Task::Status::cancelled;
    leave(L, scheduler_of(L), task); // before anything collects garbage: a finalizer could cancel it as well
    push_cancellation(L);
    store_results(L, 1, task, 1);
    tell_end(L, 1, task);
}

void add_life(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
