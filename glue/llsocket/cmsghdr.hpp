// SPDX-License-Identifier: MIT
#pragma once

#include "core/msg/control.hpp"
#include "glue/kit/box.hpp"

namespace llnet {

// A cmsghdr object shares its message with the queues that it was pushed to or shifted from.
template <>
struct ClassOf<ControlPtr> {
    static constexpr Class id = Class::cmsghdr;
};

template <>
struct ClassOf<ControlQueue> {
    static constexpr Class id = Class::cmsghdrs;
};

void define_cmsghdr(lua_State* L);
void define_cmsghdrs(lua_State* L);

// Add the functions of the modules "cmsghdr" and "cmsghdrs" to the table below the table of all metatables.
void add_cmsghdr(lua_State* L);
void add_cmsghdrs(lua_State* L);

} // namespace llnet
