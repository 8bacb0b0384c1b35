// SPDX-License-Identifier: MIT
#pragma once

#include "core/sock/socket.hpp"
#include "glue/kit/box.hpp"

namespace llnet {

template <>
struct ClassOf<Socket> {
    static constexpr Class id = Class::socket;
};

// A network interface's name, short enough for the kernel (IF_NAMESIZE).
const char* check_interface(lua_State* L, int index);

template <class Face>
void define_socket(lua_State* L);

// The methods by what they are for, each list in a file of its own; define_socket gathers them.
template <class Face>
void add_transfer_methods(lua_State* L);
template <class Face>
void add_message_methods(lua_State* L);
template <class Face>
void add_option_methods(lua_State* L);
template <class Face>
void add_multicast_methods(lua_State* L);

// Adds the functions of the module "socket" to the table below the table of all metatables.
template <class Face>
void add_socket(lua_State* L);

} // namespace llnet
