// SPDX-License-Identifier: MIT
// Waits for a time, for other tasks and for descriptors.
#include "glue/net/waits.hpp"

#include "glue/net/wait.hpp"

#include <algorithm>
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
    return task.operation()->outcome().done() ? push_true(L, scheduler, task) : push_failure(L, task);
}

// The end of a sleep is its deadline, unless one that limits all waits of the task came first.
int push_slept(lua_State* L, Scheduler& scheduler, Task& task)
{
    return task.operation()->timed_out() && !task.pause->is_limited ? push_true(L, scheduler, task)
                                                                    : push_failure(L, task);
}

constexpr Waiting in_later{"later", push_true, no_room};
constexpr Waiting in_sleep{"sleep", push_slept, room_for<WaitOperation>};
constexpr Waiting in_suspend{"suspend", push_success, room_for<WaitOperation>, true, true};
constexpr Waiting in_lock{"lock", push_success, room_for<WaitOperation>, true};
constexpr Waiting in_readable{"readable", push_success, room_for<WaitOperation>};
constexpr Waiting in_writable{"writable", push_success, room_for<WaitOperation>};
constexpr Waiting in_recvmsg{"recvmsg", push_success, room_for<WaitOperation>};
constexpr Waiting in_sendmsg{"sendmsg", push_success, room_for<WaitOperation>};
constexpr Waiting in_recvfd{"recvfd", push_success, room_for<WaitOperation>};
constexpr Waiting in_sendfd{"sendfd", push_success, room_for<WaitOperation>};

int yield_later(lua_State* L, const Wait& wait)
{
    wait.task.pause->waiting = &in_later;
    return yield_ready(L, wait);
}

// later() -> true
int later(lua_State* L)
{
    lua_settop(L, 0);
    return yield_later(L, check_wait(L, in_later, 1));
}

// sleep(seconds) -> true | nil, nil, true
int sleep(lua_State* L)
{
    const double seconds = check_duration(L, 1);
    const Wait wait = check_wait(L, in_sleep, 1);
    const bool is_over = wait.task.limit <= wait.scheduler.step_began;
    if (seconds == 0 && !is_over) {
        return yield_later(L, wait);
    }
    wait.task.emplace_operation<WaitOperation>(Direction::read);
    return start_wait_alone(L, wait);
}

// suspend([seconds]) -> true, value... | nil, nil, true
int suspend(lua_State* L)
{
    const Wait wait = check_wait(L, in_suspend, 1);
    wait.task.emplace_operation<WaitOperation>(Direction::read);
    return start_wait_alone(L, wait);
}

// wait_for_lock(socket or number [, seconds]) -> true, after grant() | nil, nil, true | nil, err: ECANCELED if the
// descriptor is closed
int wait_for_lock(lua_State* L)
{
    const Wait wait = check_wait(L, in_lock, 2);
    const Outcome<Loop::Key> key = watch_argument(L, wait.scheduler, 1);
    if (!key.done()) {
        return push_failure(L, system_error(key.error.code, "lock"), "lock");
    }
    wait.task.pause->fd = check_descriptor(L, 1);
    wait.task.emplace_operation<WaitOperation>(Direction::read);
    return start_wait_beside(L, wait, key.value);
}

// Whether the task waits for a lock. One that runs could not yield for it.
bool is_in_lock(const Scheduler& scheduler, const Task& task)
{
    const bool waits = task.status == Task::Status::waiting || task.status == Task::Status::ready;
    return waits && scheduler.has(task) && scheduler.current != &task && task.pause != nullptr &&
           task.pause->waiting == &in_lock;
}

// waits_for_lock(task)
int waits_for_lock(lua_State* L)
{
    const Task& task = check_self<Task>(L);
    lua_pushboolean(L, is_in_lock(scheduler_of(L), task));
    return 1;
}

// grant(task): ends its wait for a lock, if it is in one.
int grant(lua_State* L)
{
    Task& task = check_self<Task>(L);
    Scheduler& scheduler = scheduler_of(L);
    if (is_in_lock(scheduler, task) && task.status == Task::Status::waiting) {
        scheduler.wake(task);
    }
    return 0;
}

// key(socket or number) -> a number that no other descriptor had or will have | nil
int key_of(lua_State* L)
{
    const Outcome<Loop::Key> key = watch_argument(L, check_scheduler(L), 1);
    if (!key.done()) {
        return 0;
    }
    constexpr Loop::Key slots = Loop::Key{1} << 20U; // more than a process can have; so that it fits into a double
    lua_pushnumber(L, static_cast<lua_Number>((key.value >> 32U) * slots + (key.value & (slots - 1))));
    return 1;
}

// is_socket(value)
int tell_is_socket(lua_State* L)
{
    lua_settop(L, 1);
    lua_pushboolean(L, is_socket(L, 1));
    return 1;
}

int wait_ready(lua_State* L, const Waiting& waiting, Direction direction, bool dozes = false)
{
    const int fd = check_descriptor(L, 1);
    const Wait wait = check_wait(L, waiting, 2);
    const Outcome<Loop::Key> key = watch_argument(L, wait.scheduler, 1);
    if (!key.done()) {
        return push_failure(L, system_error(key.error.code, waiting.what), waiting.what);
    }
    wait.task.pause->fd = fd;
    wait.task.emplace_operation<WaitOperation>(direction);
    return start_wait(L, wait, key.value, dozes);
}

// readable(socket or number [, seconds]) -> true | nil, nil, true | nil, err; the same under other names
template <const Waiting& waiting>
int readable(lua_State* L)
{
    return wait_ready(L, waiting, Direction::read);
}

template <const Waiting& waiting>
int writable(lua_State* L)
{
    return wait_ready(L, waiting, Direction::write);
}

// doze_<name>(socket or number [, seconds]) -> as writable(), but it looks some moments later: for whoever was told in
// vain that there is room.
template <const Waiting& waiting>
int doze(lua_State* L)
{
    return wait_ready(L, waiting, Direction::write, true);
}

// before_<name>() -> true | nil, nil, true: for whoever makes a call past the loop and waits only when that would
// block. After many of them others get their turn.
template <const Waiting& waiting>
int before(lua_State* L)
{
    lua_settop(L, 0);
    const Wait wait = check_wait(L, waiting, 1);
    const bool is_late = is_too_late(wait);
    if (!is_late && !wait.scheduler.loop().spend()) {
        return yield_later(L, wait);
    }
    wait.scheduler.is_beginning = false;
    return is_late ? push_timeout(L) : push_true(L, wait.scheduler, wait.task);
}

// Ends the waits in these directions; whether there were any.
int end_waits(lua_State* L, bool readers, bool writers)
{
    const int fd = check_descriptor(L, 1);
    Scheduler& scheduler = check_scheduler(L);
    const std::optional<Loop::Key> key = scheduler.loop().key_of(fd);
    bool is_any = false;
    if (key) {
        is_any = readers && scheduler.loop().wake(*key, Direction::read, ECANCELED);
        is_any = (writers && scheduler.loop().wake(*key, Direction::write, ECANCELED)) || is_any;
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

// nudge_writer(socket or number): whoever waits to write looks whether it can, or never will.
int nudge_writer(lua_State* L)
{
    const int fd = check_descriptor(L, 1);
    Loop& loop = check_scheduler(L).loop();
    if (const std::optional<Loop::Key> key = loop.key_of(fd)) {
        loop.nudge(*key, Direction::write);
    }
    return 0;
}

// running() -> the task that calls, or nil
int running(lua_State* L)
{
    const Task* task = scheduler_of(L).current;
    if (task == nullptr) {
        return 0;
    }
    push_task(L, *task);
    return 1;
}

// now() -> seconds of the clock of deadlines
int now(lua_State* L)
{
    push_seconds(L, Clock::now().time_since_epoch());
    return 1;
}

// forget(socket or number) -> as unwait(): the descriptor is watched no longer.
int forget(lua_State* L)
{
    const int results = unwait(L);
    Loop& loop = check_scheduler(L).loop();
    if (const std::optional<Loop::Key> key = loop.key_of(check_descriptor(L, 1))) {
        loop.release(*key);
    }
    return results;
}

constexpr Method functions[] = {
    {"forget", forget},
    {"running", running},
    {"now", now},
    {"later", later},
    {"sleep", sleep},
    {"suspend", suspend},
    {"wait_for_lock", wait_for_lock},
    {"grant", grant},
    {"waits_for_lock", waits_for_lock},
    {"key", key_of},
    {"is_socket", tell_is_socket},
    {"readable", readable<in_readable>},
    {"writable", writable<in_writable>},
    {"wait_recvmsg", readable<in_recvmsg>},
    {"wait_sendmsg", writable<in_sendmsg>},
    {"wait_recvfd", readable<in_recvfd>},
    {"wait_sendfd", writable<in_sendfd>},
    {"doze_writable", doze<in_writable>},
    {"doze_sendmsg", doze<in_sendmsg>},
    {"doze_sendfd", doze<in_sendfd>},
    {"before_readable", before<in_readable>},
    {"before_writable", before<in_writable>},
    {"before_recvmsg", before<in_recvmsg>},
    {"before_sendmsg", before<in_sendmsg>},
    {"before_recvfd", before<in_recvfd>},
    {"before_sendfd", before<in_sendfd>},
    {"unwait", unwait},
    {"unwait_readable", unwait_readable},
    {"unwait_writable", unwait_writable},
    {"nudge_writer", nudge_writer},
};

} // namespace

void add_waits(lua_State* L)
{
    add_functions(L, Class::task, functions);
}

} // namespace llnet
