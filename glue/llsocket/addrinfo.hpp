// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/resolver.hpp"
#include "glue/kit/box.hpp"

#include <vector>

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

// The answers of one look-up, kept by the collector while they are turned into objects.
struct Answers {
    std::vector<Resolved> list;
};

template <>
struct ClassOf<Answers> {
    static constexpr Class id = Class::answers;
};

void push_addrinfo(lua_State* L, const AddressInfo& info);

using PortText = char[8];

// A port as the resolver wants it: a number from 0 to 65535, written to `text`, or a string, which may be a service's
// name.
const char* opt_service(lua_State* L, int index, PortText& text);

// The arguments (host [, port [, family [, socktype [, protocol [, flag...]]]]]) from `first` on.
Query check_query(lua_State* L, int first, PortText& port);

// The arguments (host [, port [, socktype [, protocol [, flag...]]]]); the query points into `port`.
Query check_inet_query(lua_State* L, int family, PortText& port);

// The address that the arguments (path [, socktype [, protocol [, flag...]]]) write.
Outcome<AddressInfo> check_unix_address(lua_State* L);

// Looks up into a userdata, which is left on the stack.
Outcome<> look_up(lua_State* L, const Query& query, Answers*& answers);

// Pushes the list of addrinfo objects.
void push_answers(lua_State* L, std::span<const Resolved> answers);

// Looks up and pushes the list of addrinfo objects.
template <class Face>
int push_list(lua_State* L, const char* method, const Query& query);

template <class Face>
void define_addrinfo(lua_State* L);

// Adds the functions of the module "addrinfo" of generation 4 to the table below the table of all metatables.
void add_addrinfo(lua_State* L);

} // namespace llnet
