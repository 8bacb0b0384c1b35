// SPDX-License-Identifier: MIT
// How tasks begin and end.
#include "glue/net/life.hpp"

#include "glue/net/spares.hpp"
#include "glue/net/wait.hpp"

#include <cstdio>

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

// Replaces a function and its arguments, which are all that is on the stack, by a coroutine that is to run it.
void make_coroutine(lua_State* L)
{
    const int values = lua_gettop(L);
    lua_State* coroutine = push_spare(L, scheduler_of(L));
    lua_insert(L, 1);
    if (lua_checkstack(coroutine, values + 1) == 0) {
        raise_error(L, "too many arguments for a task");
    }
    lua_xmove(L, coroutine, values);
}

// spawn(function, argument...): a task, which runs when its turn comes.
int spawn(lua_State* L)
{
    if (lua_type(L, 1) != LUA_TFUNCTION) {
        type_error(L, 1, "function");
    }
    Scheduler& scheduler = check_scheduler(L);
    if (lua_gettop(L) > 1 || globals_of(L) != scheduler.globals) {
        make_coroutine(L);
    }
    Task& task = push_new_task(L);
    // From here on nothing collects garbage: a finalizer could spawn as well.
    int id = 0;
    check_memory(L, work([&] {
                     id = scheduler.free_id();
                     return done();
                 }));
    anchor_task(L, id);
    scheduler.take_id();
    task.id = id;
    task.number = ++scheduler.spawned & Task::number_mask;
    task.generation = scheduler.generation;
    ++scheduler.tasks;
    scheduler.ready.push_back(task);
    return 1;
}

// Pushes the table for this many results of the task at `index`, to be filled without allocating.
void push_results(lua_State* L, int index, int results)
{
    lua_createtable(L, results, 1);
    lua_pushinteger(L, results);
    lua_setfield(L, -2, "n");
    lua_pushvalue(L, -1);
    set_associated_table(L, index);
}

void keep_returned(lua_State* L, int userdata, Task& task, lua_State* coroutine)
{
    const int results = lua_gettop(coroutine);
    if (results == 1 && lua_isboolean(coroutine, 1) && lua_toboolean(coroutine, 1) != 0) {
        lua_settop(coroutine, 0);
        task.results = Task::Results::success;
    } else if (results > 0) {
        push_results(L, userdata, results);
        for (int i = results; i > 0; --i) {
            lua_xmove(coroutine, L, 1);
            lua_rawseti(L, -2, i);
        }
        lua_pop(L, 1);
        task.results = Task::Results::list;
    }
    task.status = Task::Status::done;
}

// Whether the error on top of the coroutine is that of its cancellation; coroutine.wrap may have put a position before.
bool is_cancellation(lua_State* L, const Task& task, lua_State* coroutine)
{
    if (!task.was_cancelled || lua_type(coroutine, -1) != LUA_TSTRING) {
        return false;
    }
    push_cancellation(L);
    const bool is_it = check_bytes(coroutine, -1).ends_with(check_bytes(L, -1));
    lua_pop(L, 1);
    return is_it;
}

// Tells of the error, which is on top of the stack. When there is no memory for that, at least that much is told.
void report(lua_State* L, int userdata, const Task& task, int coroutine)
{
    lua_pushvalue(L, userdata);
    lua_pushvalue(L, coroutine);
    lua_pushvalue(L, -3);
    push_callback(L, "report");
    lua_insert(L, -4);
    if (lua_pcall(L, 3, 0, 0) != 0) {
        std::fprintf(stderr, "net.loop: task %llu failed, and its error cannot be reported: %s\n",
                     static_cast<unsigned long long>(task.number), lua_tostring(L, -1));
        lua_pop(L, 1);
    }
}

// The task failed with the error on top of the stack, which is popped.
void fail(lua_State* L, int userdata, Task& task, int coroutine)
{
    push_results(L, userdata, 1);
    lua_insert(L, -2);
    task.status = Task::Status::failed;
    task.results = Task::Results::list;
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, 1);
    report(L, userdata, task, coroutine);
    lua_pop(L, 2);
}

void push_error_of(lua_State* L, lua_State* coroutine)
{
    lua_pushvalue(coroutine, -1);
    lua_xmove(coroutine, L, 1);
}

void keep_failure(lua_State* L, int userdata, Task& task, int coroutine)
{
    lua_State* thread = lua_tothread(L, coroutine);
    if (task.end != End::failed) {
        lua_pushstring(L, task.end == End::yielded ? yielded_to_nobody : resumed_by_others);
    } else if (is_cancellation(L, task, thread)) {
        task.status = Task::Status::cancelled;
        return;
    } else {
        push_error_of(L, thread);
    }
    fail(L, userdata, task, coroutine);
}

// Whether the error on top of the coroutine is what the task, which has ended, is known to have failed with.
bool is_known(lua_State* L, int userdata, const Task& task, lua_State* coroutine)
{
    if (task.status != Task::Status::failed) {
        return is_cancellation(L, task, coroutine);
    }
    push_error_of(L, coroutine);
    push_associated_table(L, userdata);
    lua_rawgeti(L, -1, 1);
    const bool is_it = lua_rawequal(L, -1, -3) != 0;
    lua_pop(L, 3);
    return is_it;
}

// Closes the <close> variables of a task that ended in the middle, unless it runs: then it was resumed past the loop.
// An error in one of them is what it failed with, unless it has its results already.
void close_variables(lua_State* L, int userdata, Task& task, int coroutine)
{
    lua_State* thread = lua_tothread(L, coroutine);
    if (is_active(thread) || close_coroutine(L, thread) || is_known(L, userdata, task, thread)) {
        return;
    }
    push_error_of(L, thread);
    if (task.status != Task::Status::done) {
        fail(L, userdata, task, coroutine);
    } else {
        report(L, userdata, task, coroutine);
        lua_pop(L, 1);
    }
}

int push_nothing(lua_State*, Scheduler&, Task&)
{
    return 0;
}

constexpr Waiting in_exit{"exit", push_nothing, no_room};

// exit(value...): ends the task that calls.
int exit_task(lua_State* L)
{
    const int values = lua_gettop(L);
    const Wait wait = check_wait(L, in_exit, values + 1);
    luaL_checkstack(L, LUA_MINSTACK, "too many results of a task");
    push_task(L, wait.task);
    push_results(L, values + 1, values);
    for (int i = 1; i <= values; ++i) {
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i);
    }
    lua_settop(L, 0);
    wait.task.results = Task::Results::list;
    wait.task.status = Task::Status::done;
    return yield_mark<raise_if_asked>(L, &wait_mark);
}

// expose(): the program takes the coroutine of the task that calls.
int expose(lua_State* L)
{
    if (Task* task = scheduler_of(L).current) {
        task->is_exposed = true;
    }
    return 0;
}

constexpr Method functions[] = {
    {"spawn", spawn},
    {"exit", exit_task},
    {"expose", expose},
};

} // namespace

void push_callback(lua_State* L, const char* name)
{
    lua_rawgeti(L, all_metatables, callbacks_slot);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
}

void check_process(lua_State* L, Scheduler& scheduler, const Task& task)
{
    if (task.generation == scheduler.generation && scheduler.is_usable()) {
        return;
    }
    scheduler.current = nullptr;
    scheduler.running = nullptr;
    regain(L);
    raise_error(L, "this loop is that of the parent process; a child makes its own with run()");
}

void leave(lua_State* L, Scheduler& scheduler, Task& task)
{
    lua_rawgeti(L, all_metatables, anchors_slot);
    clear_places(L, -1, task.id);
    lua_pop(L, 1);
    if (task.pause != nullptr && task.pause->has_places) {
        lua_rawgeti(L, all_metatables, held_slot);
        clear_places(L, -1, task.id);
        lua_pop(L, 1);
    }
    retire(scheduler, task);
}

void retire(Scheduler& scheduler, Task& task)
{
    scheduler.give_id(task.id);
    --scheduler.tasks;
    task.unlink();
    scheduler.drop_pause(task);
    while (Joiner* joiner = task.joiners.pop_front()) {
        scheduler.wake(*joiner->task);
    }
}

void end_task(lua_State* L, Scheduler& scheduler, Task& task)
{
    const int coroutine = lua_gettop(L);
    lua_State* thread = lua_tothread(L, coroutine);
    push_task(L, task);
    const int userdata = coroutine + 1;
    if (!task.has_ended() && task.end == End::returned) {
        keep_returned(L, userdata, task, thread);
    } else if (!task.has_ended()) {
        keep_failure(L, userdata, task, coroutine);
    }
    if (task.end != End::returned && task.end != End::unbegun) {
        close_variables(L, userdata, task, coroutine);
    }
    if (task.is_observed) {
        push_callback(L, "ended");
        lua_pushvalue(L, userdata);
        lua_call(L, 1, 0);
    }
    check_process(L, scheduler, task); // a hook may have forked
    leave(L, scheduler, task);
    const bool is_spare = task.end == End::returned && is_as_good_as_new(task, thread);
    lua_settop(L, coroutine);
    if (is_spare) {
        keep_spare(L, scheduler);
    } else {
        lua_pop(L, 1);
    }
}

void cancel_unbegun(lua_State* L, Scheduler& scheduler, Task& task)
{
    task.status = Task::Status::cancelled;
    task.end = End::unbegun;
    if (!task.is_observed && scheduler.due != &task) {
        leave(L, scheduler, task);
    }
}

void add_life(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
