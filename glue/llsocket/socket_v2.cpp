// SPDX-License-Identifier: MIT
// The functions and methods of a socket that generations 2 and 3 have in their own way: a socket is made from an
// addrinfo and remembers its address.
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

namespace {

template <class Face>
int new_socket(lua_State* L)
{
    const AddressInfo& info = check_object<AddressBox>(L, 1).info;
    const bool nonblock = opt_boolean(L, 2, false);
    AddressedSocket& made = reserve<AddressedSocket>(L);
    made.own = info;
    return push_made<Face>(L, "new",
                           open(sys::host(), made.socket, info.address.family(), info.type, info.protocol, nonblock));
}

template <class Face>
int new_pair(lua_State* L)
{
    const int type = check_int(L, 1);
    const bool nonblock = opt_boolean(L, 2, false);
    const int protocol = opt_int(L, 3, 0);
    return push_pair<Face>(L, type, protocol, nonblock);
}

template <class Face>
int wrap_number(lua_State* L)
{
    const int fd = check_int(L, 1, 0);
    Socket& made = reserve_socket<Face>(L);
    return push_made<Face>(L, "wrap", wrap(sys::host(), made, fd, false));
}

template <class Face>
int socket_dup(lua_State* L)
{
    const AddressedSocket& self = check_self<AddressedSocket>(L);
    const AddressBox* replacement = opt_object<AddressBox>(L, 2);
    AddressedSocket& made = reserve<AddressedSocket>(L);
    made.own = replacement != nullptr ? replacement->info : self.own;
    return push_made<Face>(L, "dup", duplicate(sys::host(), self.socket, made.socket));
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
    Socket& accepted = reserve_socket<Face>(L);
    return push_made<Face>(L, "accept", accept(sys::host(), self, accepted, nullptr));
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
