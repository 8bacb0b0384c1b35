// SPDX-License-Identifier: MIT
// What calls on sockets that take their time have in common.
#pragma once

#include "core/sock/socket.hpp"
#include "glue/net/wait.hpp"

#include <memory>
#include <span>

namespace llnet {

inline constexpr std::size_t default_room = 4096; // for what is received

// Has the task wait for its operation on the socket.
int start_on_socket(lua_State* L, const Wait& wait, Socket& socket);

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
