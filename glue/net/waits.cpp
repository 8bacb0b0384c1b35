// SPDX-License-Identifier: MIT
// Waits for a time, for other tasks and for descriptors.
#include "glue/net/waits.hpp"

#include "glue/net/wait.hpp"

#include <cerrno>

namespace llnet {

namespace {

int push_true(lua_State* L, Scheduler&, Task&)
{
    lua_pushboolean(L, 1);
    return 1;
}

// true, or what a failure gives.
int push_success(lua_State* L, Scheduler& scheduler, Task& task)
{
    return task.operation()->outcome().done() ? push_true(L, scheduler, task)
                                              : push_failure(L, *task.operation(), task.what);
}

// The end of a sleep is its deadline, unless one that limits all waits of the task came first.
int push_slept(lua_State* L, Scheduler& scheduler, Task& task)
{
    const bool is_limited = task.limit && task.until == task.limit;
    return task.operation()->timed_out() && !is_limited ? push_true(L, scheduler, task)
                                                        : push_failure(L, *task.operation(), task.what);
}

int yield_ready(lua_State* L, const Wait& wait)
{
    wait.task.push = push_true;
    wait.task.status = Task::Status::ready;
    wait.scheduler.ready.push_back(wait.task);
    return yield_nothing<raise_if_asked>(L);
}

// later() -> true
int later(lua_State* L)
{
    lua_settop(L, 0);
    return yield_ready(L, check_wait(L, "later", 1));
}

// sleep(seconds) -> true | nil, nil, true
int sleep(lua_State* L)
{
    const double seconds = check_duration(L, 1);
    const Wait wait = check_wait(L, "sleep", 1);
    const bool is_over = wait.task.limit && *wait.task.limit <= wait.scheduler.step_began;
    if (seconds == 0 && !is_over) {
        return yield_ready(L, wait);
    }
    wait.task.emplace_operation<WaitOperation>(Direction::read);
    return start_wait_alone(L, wait, push_slept);
}

// suspend([seconds]) -> true, value... | nil, nil, true
int suspend(lua_State* L)
{
    const Wait wait = check_wait(L, Task::in_suspend, 1);
    wait.task.is_idle = true;
    wait.task.emplace_operation<WaitOperation>(Direction::read);
    return start_wait_alone(L, wait, push_success);
}

template <Direction direction>
int wait_ready(lua_State* L, const char* what)
{
    const Wait wait = check_wait(L, what, 2);
    const Outcome<Loop::Key> key = watch_argument(L, wait.scheduler, 1);
    if (!key.done()) {
        return push_failure(L, system_error(key.error.code, what), what);
    }
    wait.task.fd = check_descriptor(L, 1);
    wait.task.emplace_operation<WaitOperation>(direction);
    return start_wait(L, wait, key.value, push_success);
}

// readable(socket or number [, seconds]) -> true | nil, nil, true | nil, err
int readable(lua_State* L)
{
    return wait_ready<Direction::read>(L, "readable");
}

int writable(lua_State* L)
{
    return wait_ready<Direction::write>(L, "writable");
}

// Ends the waits in these directions; whether there were any. The descriptor is watched no longer when nobody waits.
int end_waits(lua_State* L, bool readers, bool writers)
{
    const int fd = check_descriptor(L, 1);
    Scheduler& scheduler = check_scheduler(L);
    const std::optional<Loop::Key> key = scheduler.loop().key_of(fd);
    bool is_any = false;
    if (key) {
        is_any = readers && scheduler.loop().wake(*key, Direction::read, ECANCELED);
        is_any = (writers && scheduler.loop().wake(*key, Direction::write, ECANCELED)) || is_any;
        if (readers && writers) {
            scheduler.loop().release(*key);
        }
    }
    lua_pushboolean(L, is_any);
    return 1;
}

int unwait(lua_State* L)
{
    return end_waits(L, true, true);
}

int unwait_readable(lua_State* L)
{
    return end_waits(L, true, false);
}

int unwait_writable(lua_State* L)
{
    return end_waits(L, false, true);
}

constexpr Method functions[] = {
    {"later", later},
    {"sleep", sleep},
    {"suspend", suspend},
    {"readable", readable},
    {"writable", writable},
    {"unwait", unwait},
    {"unwait_readable", unwait_readable},
    {"unwait_writable", unwait_writable},
};

} // namespace

void add_waits(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
