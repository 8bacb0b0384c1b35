// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/resolver.hpp"
#include "glue/kit/box.hpp"

namespace llnet {

// An addrinfo object: immutable, and trivial, so that it needs no __gc. The canonical name, if there is one, follows it
// in the same userdata.
struct AddressBox {
    AddressInfo info;
    bool has_name = false;
    std::size_t name_size = 0;

    [[nodiscard]] char* name() { return reinterpret_cast<char*>(this + 1); }
};

template <>
struct ClassOf<AddressBox> {
    static constexpr Class id = Class::addrinfo;
};

void push_addrinfo(lua_State* L, const AddressInfo& info);

template <class Face>
void define_addrinfo(lua_State* L);

// Adds the functions of the module "addrinfo" to the table below the table of all metatables.
template <class Face>
void add_addrinfo(lua_State* L);

} // namespace llnet
