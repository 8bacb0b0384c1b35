// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// A msghdr object. Its name, iovec and control messages are Lua objects, kept in the associated table under the numbers
// of MessageSlot.
struct MessageHeader {
    int flags = 0; // what recvmsg said last
};

enum class MessageSlot : int { name = 1, iov, control };

template <>
struct ClassOf<MessageHeader> {
    static constexpr Class id = Class::msghdr;
};

// The object in a slot of the associated table on top of the stack; nullptr if there is none. The msghdr keeps it.
template <class T>
T* slot_object(lua_State* L, MessageSlot slot)
{
    lua_rawgeti(L, -1, static_cast<int>(slot));
    T* object = static_cast<T*>(lua_touserdata(L, -1));
    lua_pop(L, 1);
    return object;
}

void define_msghdr(lua_State* L);

// Adds the functions of the module "msghdr" to the table below the table of all metatables.
void add_msghdr(lua_State* L);

} // namespace llnet
