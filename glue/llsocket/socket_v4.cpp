// SPDX-License-Identifier: MIT
// The functions and methods of a socket that generation 4 has in its own way.
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

namespace {

int new_socket(lua_State* L)
{
    const int family = check_int(L, 1);
    const int type = check_int(L, 2);
    const int protocol = opt_int(L, 3, 0);
    const bool nonblock = opt_boolean(L, 4, false);
    Socket& made = reserve<Socket>(L);
    return push_made<Objects>(L, "new", open(sys::host(), made, family, type, protocol, nonblock));
}

int new_pair(lua_State* L)
{
    const int type = check_int(L, 1);
    const int protocol = opt_int(L, 2, 0);
    const bool nonblock = opt_boolean(L, 3, false);
    return push_pair<Objects>(L, type, protocol, nonblock);
}

int wrap_number(lua_State* L)
{
    const int fd = check_int(L, 1, 0);
    const bool nonblock = opt_boolean(L, 2, false);
    Socket& made = reserve<Socket>(L);
    return push_made<Objects>(L, "wrap", wrap(sys::host(), made, fd, nonblock));
}

int socket_dup(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    Socket& made = reserve<Socket>(L);
    return push_made<Objects>(L, "dup", duplicate(sys::host(), self, made));
}

int socket_bind(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const Address& address = check_object<AddressBox>(L, 2).info.address;
    return Objects::action(L, "bind", bind(sys::host(), self.fd.get(), address));
}

int socket_connect(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const Address& address = check_object<AddressBox>(L, 2).info.address;
    return Objects::connection(L, "connect", connect(sys::host(), self.fd.get(), address));
}

int socket_accept(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const bool with_address = opt_boolean(L, 2, false);
    Socket& accepted = reserve<Socket>(L);
    Address peer;
    const Outcome<> out = accept(sys::host(), self, accepted, with_address ? &peer : nullptr);
    return Objects::value(L, "accept", out, [&](None) {
        if (!with_address) {
            return 1;
        }
        lua_pushnil(L);
        lua_pushboolean(L, 0);
        push_addrinfo(L, {peer, self.type, self.protocol});
        return 4;
    });
}

constexpr Method methods[] = {
    {"dup", socket_dup},
    {"bind", socket_bind},
    {"connect", socket_connect},
    {"accept", socket_accept},
};

constexpr Method functions[] = {
    {"new", new_socket},
    {"pair", new_pair},
    {"wrap", wrap_number},
};

} // namespace

template <>
std::span<const Method> own_methods<Objects>()
{
    return methods;
}

template <>
std::span<const Method> own_functions<Objects>()
{
    return functions;
}

} // namespace llnet
