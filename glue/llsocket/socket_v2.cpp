// SPDX-License-Identifier: MIT
// The functions and methods of a socket that generations 2 and 3 have in their own way: a socket is made from an
// addrinfo and remembers its address.
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

namespace {

int push_top(lua_State*)
{
    return 1;
}

template <class Face>
int new_socket(lua_State* L)
{
    const AddressInfo& info = check_object<AddressBox>(L, 1).info;
    const bool nonblock = opt_boolean(L, 2, false);
    AddressedSocket& made = reserve<AddressedSocket>(L);
    made.own = info;
    const Outcome<> out = open(sys::host(), made.socket, info.address.family(), info.type, info.protocol, nonblock);
    return Face::value(L, "new", out, [=](None) { return push_top(L); });
}

template <class Face>
int new_pair(lua_State* L)
{
    const int type = check_int(L, 1);
    const bool nonblock = opt_boolean(L, 2, false);
    const int protocol = opt_int(L, 3, 0);
    lua_createtable(L, 2, 0);
    Socket& first = reserve<AddressedSocket>(L).socket;
    lua_rawseti(L, -2, 1);
    Socket& second = reserve<AddressedSocket>(L).socket;
    lua_rawseti(L, -2, 2);
    const Outcome<> out = open_pair(sys::host(), first, second, type, protocol, nonblock);
    return Face::value(L, "pair", out, [=](None) { return push_top(L); });
}

template <class Face>
int wrap_number(lua_State* L)
{
    const int fd = check_int(L, 1, 0);
    Socket& made = reserve<AddressedSocket>(L).socket;
    const Outcome<> out = wrap(sys::host(), made, fd, false);
    return Face::value(L, "wrap", out, [=](None) { return push_top(L); });
}

template <class Face>
int socket_dup(lua_State* L)
{
    const AddressedSocket& self = check_self<AddressedSocket>(L);
    const AddressBox* replacement = opt_object<AddressBox>(L, 2);
    AddressedSocket& made = reserve<AddressedSocket>(L);
    made.own = replacement != nullptr ? replacement->info : self.own;
    const Outcome<> out = duplicate(sys::host(), self.socket, made.socket);
    return Face::value(L, "dup", out, [=](None) { return push_top(L); });
}

// The address given, or else the socket's own; without one either it is an argument error.
const Address& check_target(lua_State* L, const AddressedSocket& self)
{
    const bool has_own = !self.own.address.empty();
    return is_absent(L, 2) && has_own ? self.own.address : check_object<AddressBox>(L, 2).info.address;
}

template <class Face>
int socket_bind(lua_State* L)
{
    const AddressedSocket& self = check_self<AddressedSocket>(L);
    const Address& address = check_target(L, self);
    return Face::action(L, "bind", bind(sys::host(), self.socket.fd.get(), address));
}

template <class Face>
int socket_connect(lua_State* L)
{
    const AddressedSocket& self = check_self<AddressedSocket>(L);
    const Address& address = check_target(L, self);
    return Face::connection(L, "connect", connect(sys::host(), self.socket.fd.get(), address));
}

template <class Face>
int socket_accept(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    Socket& accepted = reserve<AddressedSocket>(L).socket;
    const Outcome<> out = accept(sys::host(), self, accepted, nullptr);
    return Face::value(L, "accept", out, [=](None) { return push_top(L); });
}

template <class Face>
constexpr Method methods[] = {
    {"dup", socket_dup<Face>},
    {"bind", socket_bind<Face>},
    {"connect", socket_connect<Face>},
    {"accept", socket_accept<Face>},
};

template <class Face>
constexpr Method functions[] = {
    {"new", new_socket<Face>},
    {"pair", new_pair<Face>},
    {"wrap", wrap_number<Face>, 3},
};

} // namespace

template <>
std::span<const Method> own_methods<Strings2>()
{
    return methods<Strings2>;
}

template <>
std::span<const Method> own_methods<Strings3>()
{
    return methods<Strings3>;
}

template <>
std::span<const Method> own_functions<Strings2>()
{
    return functions<Strings2>;
}

template <>
std::span<const Method> own_functions<Strings3>()
{
    return functions<Strings3>;
}

} // namespace llnet
