// SPDX-License-Identifier: MIT
#include "glue/net/wait.hpp"

#include "core/sock/socket.hpp"
#include "glue/kit/errors.hpp"
#include "glue/llsocket/socket.hpp"

#include <algorithm>
#include <cerrno>

namespace llnet {

const char raise_tag = 0;
const char wait_mark = 0;

bool is_in_wait(lua_State* coroutine)
{
    return lua_status(coroutine) == LUA_YIELD && lua_gettop(coroutine) > 0 &&
           lua_touserdata(coroutine, -1) == &wait_mark;
}

int refuse_wait(lua_State* L, const char* what, const char* why)
{
    return raise_error(L, cannot_wait, what, why);
}

Task& check_runs(lua_State* L, const Scheduler& scheduler, const char* what)
{
    if (scheduler.current == nullptr) {
        refuse_wait(L, what, "this is not inside a task; tasks begin with run() or spawn()");
    }
    if (!scheduler.is_usable()) {
        refuse_wait(L, what, "the loop is the parent's of this process; a child makes its own with run()");
    }
    if (L != scheduler.running) {
        refuse_wait(L, what,
                    "the coroutine was resumed by a coroutine.resume or coroutine.wrap that was taken before the loop "
                    "ran; take net.loop.coresume or net.loop.cowrap");
    }
    return *scheduler.current;
}

std::optional<Deadline> check_deadline(lua_State* L, int index)
{
    if (is_absent(L, index)) {
        return std::nullopt;
    }
    const std::chrono::duration<double> seconds(check_duration(L, index));
    return Clock::now() + std::chrono::ceil<Clock::duration>(seconds);
}

void push_seconds(lua_State* L, Clock::duration duration)
{
    lua_pushnumber(L, std::chrono::duration<lua_Number>(duration).count());
}

void push_limit(lua_State* L, Deadline limit)
{
    if (limit == Task::no_limit) {
        lua_pushnil(L);
    } else {
        lua_pushnumber(L, static_cast<lua_Number>(limit.time_since_epoch().count()));
    }
}

Deadline limit_at(lua_State* L, int index)
{
    return lua_type(L, index) != LUA_TNUMBER
               ? Task::no_limit
               : Deadline(Clock::duration(static_cast<Clock::rep>(lua_tonumber(L, index))));
}

void settle(lua_State* L, Task& task)
{
    if (task.status == Task::Status::running) {
        return;
    }
    task.unlink(); // of later()
    task.status = Task::Status::running;
    task.results = Task::Results::none; // of an exit()
    task.is_idle = false;
    task.pause->reset();
    let_go(L, task);
}

namespace {

// Whether the function that runs was called by a finalizer, which another function of ours set off.
bool is_inside_another(lua_State* L)
{
    lua_Debug frame;
    for (int level = 1; lua_getstack(L, level, &frame) != 0; ++level) {
        lua_getinfo(L, "f", &frame);
        const int top = lua_gettop(L);
        const bool is_ours = lua_iscfunction(L, -1) != 0 && lua_getupvalue(L, -1, 2) != nullptr &&
                             lua_rawequal(L, -1, all_metatables) != 0;
        lua_settop(L, top - 1);
        if (is_ours) {
            return true;
        }
    }
    return false;
}

// The pause of the task that runs, with that much room.
Pause& room_to_wait(lua_State* L, Scheduler& scheduler, Task& task, std::size_t room)
{
    if (task.pause == nullptr || !task.pause->has_room(room)) [[unlikely]] {
        check_memory(L, work([&] {
                         scheduler.make_pause(task, room);
                         return done();
                     }));
    }
    return *task.pause;
}

} // namespace

Wait check_wait(lua_State* L, Scheduler& scheduler, const Waiting& waiting, int seconds)
{
    const char* what = waiting.what;
    const std::optional<Deadline> until = seconds == 0 ? std::nullopt : check_deadline(L, seconds);
    Task& task = check_runs(L, scheduler, what);
    if (!may_yield(L) || (!knows_where_to_yield && scheduler.is_beginning && is_inside_another(L))) [[unlikely]] {
        refuse_wait(L, what, not_through_c);
    }
    scheduler.is_beginning = true;
    if (task.status != Task::Status::running) [[unlikely]] { // asked here: a call less in each wait
        settle(L, task);
    }
    if (task.is_cancelled) [[unlikely]] {
        task.is_cancelled = false;
        task.was_cancelled = true;
        push_cancellation(L);
        lua_error(L);
    }
    Pause& pause = room_to_wait(L, scheduler, task, waiting.room);
    pause.waiting = &waiting;
    pause.fd = -1;
    pause.held = {};
    pause.values = 0;
    pause.is_limited = task.limit != Task::no_limit && (!until || task.limit <= *until);
    return {scheduler, task, pause.is_limited ? task.limit : until};
}

bool is_socket(lua_State* L, int index)
{
    if (lua_type(L, index) == LUA_TTABLE) { // of net, which has one of llsocket
        lua_pushliteral(L, "sock");
        lua_rawget(L, index);
        lua_replace(L, index);
    }
    return is_of_class(L, index, Class::socket);
}

Outcome<Loop::Key> watch_argument(lua_State* L, Scheduler& scheduler, int index)
{
    if (is_socket(L, index)) {
        Socket& socket = *static_cast<Socket*>(lua_touserdata(L, index));
        return work([&] { return scheduler.loop().watch(socket); });
    }
    const int fd = check_descriptor(L, index);
    return work([&] { return scheduler.loop().watch(fd); });
}

int check_descriptor(lua_State* L, int index)
{
    const bool is_table = lua_istable(L, index);
    if (is_socket(L, index)) {
        return static_cast<Socket*>(lua_touserdata(L, index))->fd.get();
    }
    if (is_table) {
        argument_error(L, index, "socket or integer expected, got table");
    }
    if (lua_type(L, index) != LUA_TNUMBER) {
        type_error(L, index, "socket or integer");
    }
    return check_int(L, index, 0);
}

namespace {

// Puts the values at these indexes, or false where an index is 0, among the values that tasks hold.
void set_held(lua_State* L, const Task& task, const std::array<std::uint8_t, 2>& indexes)
{
    lua_rawgeti(L, all_metatables, held_slot);
    int place = first_place(task.id);
    for (const int index : indexes) {
        if (index == 0) {
            lua_pushboolean(L, 0);
        } else {
            lua_pushvalue(L, index);
        }
        lua_rawseti(L, -2, place++);
    }
    lua_pop(L, 1);
}

} // namespace

void keep_alive(lua_State* L, const Wait& wait, std::uint8_t first, std::uint8_t second)
{
    Pause& pause = *wait.task.pause;
    if (!pause.has_places) { // now: when the operation has started, memory must not run out
        set_held(L, wait.task, {});
        pause.has_places = true;
    }
    pause.held = {first, second};
}

void let_go(lua_State* L, Task& task)
{
    if (task.pause->is_holding) {
        set_held(L, task, {});
        task.pause->is_holding = false;
    }
}

int finish_wait(lua_State* L, const Wait& wait)
{
    const int results = wait.task.pause->waiting->push(L, wait.scheduler, wait.task);
    wait.scheduler.is_beginning = false;
    return results;
}

int start_wait(lua_State* L, const Wait& wait, Loop::Key key, bool dozes)
{
    if (is_too_late(wait)) [[unlikely]] { // a peer that always has something to take would defeat the limit
        return miss_wait(L, wait);
    }
    Operation& operation = *wait.task.operation();
    Loop& loop = wait.scheduler.loop();
    const bool is_finished =
        dozes ? loop.start_dozing(operation, key, wait.until) : loop.start(operation, key, wait.until);
    return is_finished ? finish_wait(L, wait) : yield_wait(L, wait);
}

bool is_too_late(const Wait& wait)
{
    return wait.task.pause->is_limited && wait.task.limit <= Clock::now();
}

int miss_wait(lua_State* L, const Wait& wait)
{
    Loop::miss(*wait.task.operation());
    return wait.scheduler.loop().spend() ? finish_wait(L, wait) : yield_ready(L, wait);
}

int start_wait_alone(lua_State* L, const Wait& wait)
{
    if (is_too_late(wait)) {
        return miss_wait(L, wait);
    }
    wait.scheduler.loop().start_alone(*wait.task.operation(), wait.until);
    return yield_wait(L, wait);
}

int start_wait_beside(lua_State* L, const Wait& wait, Loop::Key key)
{
    if (is_too_late(wait)) {
        return miss_wait(L, wait);
    }
    wait.scheduler.loop().start_beside(*wait.task.operation(), key, wait.until);
    return yield_wait(L, wait);
}

int yield_ready(lua_State* L, const Wait& wait)
{
    wait.task.status = Task::Status::ready;
    wait.scheduler.ready.push_back(wait.task);
    wait.scheduler.is_beginning = false;
    return yield_mark<raise_if_asked>(L, &wait_mark);
}

int yield_wait(lua_State* L, const Wait& wait)
{
    Task& task = wait.task;
    wait.scheduler.is_beginning = false;
    task.is_idle = task.pause->waiting->is_idle;
    task.pause->since = wait.scheduler.step_began;
    if (task.pause->held[0] != 0) {
        set_held(L, task, task.pause->held);
        task.pause->is_holding = true;
    }
    task.status = Task::Status::waiting;
    return yield_mark<raise_if_asked>(L, &wait_mark);
}

int push_failure(lua_State* L, const Task& task)
{
    if (task.operation()->timed_out()) {
        return push_timeout(L);
    }
    return push_failure(L, task.operation()->outcome().error, task.pause->waiting->what);
}

int push_timeout(lua_State* L)
{
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushboolean(L, 1);
    return 3;
}

int push_failure(lua_State* L, const Error& error, const char* what)
{
    const bool is_by_loop = std::string_view(error.op) == "loop";
    lua_pushnil(L);
    push_error_text(L, error.kind, error.code, is_by_loop ? what : error.op);
    return 2;
}

void raise_if_asked(lua_State* L, int index)
{
    if (lua_touserdata(L, index) == &raise_tag) {
        lua_settop(L, index + 1);
        lua_error(L);
    }
}

void push_cancellation(lua_State* L)
{
    push_error_text(L, ErrorKind::system, ECANCELED, "cancel");
}

} // namespace llnet
