// SPDX-License-Identifier: MIT
#include "glue/net/socket_wait.hpp"

#include <algorithm>
#include <cerrno>

namespace llnet {

int start_on_socket(lua_State* L, const Wait& wait, Socket& socket)
{
    const Outcome<Loop::Key> key = work([&] { return wait.scheduler.loop().watch(socket); });
    if (!key.done()) {
        const char* what = wait.task.pause->waiting->what;
        return push_failure(L, system_error(key.error.code, what), what);
    }
    wait.task.pause->fd = socket.fd.get();
    return start_wait(L, wait, key.value);
}

int push_end(lua_State* L, const Task& task)
{
    if (task.operation()->outcome().status != Status::end) {
        return push_failure(L, task);
    }
    lua_pushnil(L);
    return 1;
}

int push_count(lua_State* L, Scheduler&, Task& task)
{
    const Operation& operation = *task.operation();
    const Outcome<std::size_t>& out = operation.outcome();
    const bool counts = out.done() || operation.timed_out() || out.value > 0;
    const int results = out.done() ? 0 : push_failure(L, task);
    if (!counts) {
        return results;
    }
    lua_pushinteger(L, static_cast<lua_Integer>(out.value));
    if (results > 0) {
        lua_replace(L, -1 - results);
    }
    return std::max(results, 1);
}

int push_sent(lua_State* L, Scheduler& scheduler, Task& task)
{
    const Operation& operation = *task.operation();
    const Outcome<std::size_t>& out = operation.outcome();
    const int code = out.error.code;
    if (!out.done() && !operation.timed_out() && (code == EPIPE || code == ECONNRESET)) {
        lua_pushnil(L);
        return 1;
    }
    return push_count(L, scheduler, task);
}

} // namespace llnet
