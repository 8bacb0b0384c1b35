// SPDX-License-Identifier: MIT
// What calls on sockets that take their time have in common.
#pragma once

#include "core/sock/socket.hpp"
#include "glue/net/wait.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace llnet {

inline constexpr std::size_t default_room = 4096; // for what is received

// Has the task wait for its operation on the socket.
int start_on_socket(lua_State* L, const Wait& wait, Socket& socket);

// Whether a call that moves bytes may be made without an operation: most messages go at once, whole, and need no more
// than the call itself.
inline bool may_act_at_once(const Wait& wait, Socket& socket, Direction direction) noexcept
{
    return !wait.task.pause->is_limited && wait.scheduler.loop().may_act(socket, direction);
}

// The results of such a call that sent all: their count.
inline int push_all_sent(lua_State* L, const Wait& wait, std::string_view bytes)
{
    wait.scheduler.is_beginning = false;
    lua_pushinteger(L, static_cast<lua_Integer>(bytes.size()));
    return 1;
}

// nil at the end of a stream, or what a failure gives.
int push_end(lua_State* L, const Task& task);

// A count of bytes that went, also when not all did.
int push_count(lua_State* L, Scheduler& scheduler, Task& task);

// The same, but nil when the peer is gone.
int push_sent(lua_State* L, Scheduler& scheduler, Task& task);

// Memory of an operation's own, for more than fits into that which all operations share; nullptr if it fits. It is no
// userdata, since LuaJIT drops what is on the stack of a C function that yields. Throws std::bad_alloc.
inline std::unique_ptr<char[]> own_room(std::size_t size)
{
    return size > Scheduler::scratch_size ? std::make_unique_for_overwrite<char[]>(size) : nullptr;
}

inline std::span<char> room_in(const std::unique_ptr<char[]>& own, Scheduler& scheduler, std::size_t size)
{
    return {own != nullptr ? own.get() : scheduler.scratch().data(), size};
}

} // namespace llnet
