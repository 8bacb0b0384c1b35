// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/resolver.hpp"
#include "core/sock/socket.hpp"
#include "glue/faces/numbers.hpp"
#include "glue/faces/objects.hpp"
#include "glue/faces/strings.hpp"
#include "glue/kit/box.hpp"

#include <cstdio>
#include <type_traits>

namespace llnet {

template <>
struct ClassOf<Socket> {
    static constexpr Class id = Class::socket;
};

// A socket of generations 2 and 3: it knows an address, which bind and connect use when they are given none. All
// methods but those three see the socket in it.
struct AddressedSocket {
    Socket socket;
    AddressInfo own; // empty if it was made without one
};

static_assert(std::is_standard_layout_v<AddressedSocket>, "a pointer to it must be one to the socket in it");

template <>
struct ClassOf<AddressedSocket> {
    static constexpr Class id = Class::socket;
};

// Pushes an empty socket of the generation, to be filled by the work that follows.
template <class Face>
Socket& reserve_socket(lua_State* L)
{
    return reserve<AddressedSocket>(L).socket;
}

template <>
inline Socket& reserve_socket<Objects>(lua_State* L)
{
    return reserve<Socket>(L);
}

// The results of a call that filled what is on top of the stack.
template <class Face>
int push_made(lua_State* L, const char* method, const Outcome<>& out)
{
    return Face::value(L, method, out, [](None) { return 1; });
}

// A number: of a descriptor, of a type.
template <class Face>
int push_number(lua_State* L, const char* method, const Outcome<int>& out)
{
    return Face::value(L, method, out, [L](int number) {
        lua_pushinteger(L, number);
        return 1;
    });
}

// A table of two sockets that are connected with each other.
template <class Face>
int push_pair(lua_State* L, int type, int protocol, bool nonblock)
{
    lua_createtable(L, 2, 0);
    Socket& first = reserve_socket<Face>(L);
    lua_rawseti(L, -2, 1);
    Socket& second = reserve_socket<Face>(L);
    lua_rawseti(L, -2, 2);
    return push_made<Face>(L, "pair", open_pair(sys::host(), first, second, type, protocol, nonblock));
}

// The socket that a method is called on: an object, or in generation 1 a descriptor's number.
template <class Face>
SocketRef check_socket(lua_State* L)
{
    return check_self<Socket>(L);
}

template <>
inline SocketRef check_socket<Numbers>(lua_State* L)
{
    return {check_int(L, 1, 0)};
}

// The optional SHUT_* argument of a close.
struct How {
    int value = 0;
    bool given = false;

    [[nodiscard]] const int* pointer() const { return given ? &value : nullptr; }
};

inline How opt_how(lua_State* L, int index)
{
    return is_absent(L, index) ? How{} : How{check_how(L, index), true};
}

// A file by its descriptor number or by a handle of Lua's io library, whose stream is given as well.
struct File {
    int fd;
    std::FILE* stream;
};

File check_file(lua_State* L, int index);

// What the stream still holds is in the file afterwards.
Outcome<> flush_file(const File& file);

// Pushes the address that a message came from, or nil if the protocol told none.
void push_sender(lua_State* L, const Address& from, SocketRef socket);

// A network interface's name, short enough for the kernel (IF_NAMESIZE).
const char* check_interface(lua_State* L, int index);

// The methods of a socket by what they are for, each list in a file of its own. In generation 1 they are functions.
template <class Face>
std::span<const Method> basic_methods();
template <class Face>
std::span<const Method> transfer_methods();
template <class Face>
std::span<const Method> message_methods();
template <class Face>
std::span<const Method> option_methods();
template <class Face>
std::span<const Method> multicast_methods();

// The methods, and the functions of the module "socket", of which arguments or results are the generation's own.
template <class Face>
std::span<const Method> own_methods();
template <class Face>
std::span<const Method> own_functions();
template <>
std::span<const Method> own_methods<Strings2>();
template <>
std::span<const Method> own_functions<Strings2>();
template <>
std::span<const Method> own_methods<Strings3>();
template <>
std::span<const Method> own_functions<Strings3>();
template <>
std::span<const Method> own_methods<Objects>();
template <>
std::span<const Method> own_functions<Objects>();

// Adds the methods of the option rows that the generation has to the table at `target`, under its names.
template <class Face>
void add_option_rows(lua_State* L, int target, int metatable, int metatables);

template <class Face>
void define_socket(lua_State* L);

// Adds the functions of the module "socket" to the table below the table of all metatables.
template <class Face>
void add_socket(lua_State* L);

} // namespace llnet
