// SPDX-License-Identifier: MIT
#include "glue/llsocket/socket.hpp"

#include "glue/faces/objects.hpp"
#include "glue/llsocket/addrinfo.hpp"

#include <cmath>

namespace llnet {

namespace {

// The optional SHUT_* argument of close.
struct How {
    int value = 0;
    bool given = false;

    [[nodiscard]] const int* pointer() const { return given ? &value : nullptr; }
};

How opt_how(lua_State* L, int index)
{
    return is_absent(L, index) ? How{} : How{check_how(L, index), true};
}

int push_top(lua_State*)
{
    return 1;
}

template <class Face>
int new_socket(lua_State* L)
{
    const int family = check_int(L, 1);
    const int type = check_int(L, 2);
    const int protocol = opt_int(L, 3, 0);
    const bool nonblock = opt_boolean(L, 4, false);
    Socket& made = reserve<Socket>(L);
    const Outcome<> out = open(sys::host(), made, family, type, protocol, nonblock);
    return Face::value(L, "new", out, [=](None) { return push_top(L); });
}

template <class Face>
int new_pair(lua_State* L)
{
    const int type = check_int(L, 1);
    const int protocol = opt_int(L, 2, 0);
    const bool nonblock = opt_boolean(L, 3, false);
    lua_createtable(L, 2, 0);
    Socket& first = reserve<Socket>(L);
    lua_rawseti(L, -2, 1);
    Socket& second = reserve<Socket>(L);
    lua_rawseti(L, -2, 2);
    const Outcome<> out = open_pair(sys::host(), first, second, type, protocol, nonblock);
    return Face::value(L, "pair", out, [=](None) { return push_top(L); });
}

template <class Face>
int wrap_number(lua_State* L)
{
    const int fd = check_int(L, 1, 0);
    const bool nonblock = opt_boolean(L, 2, false);
    Socket& made = reserve<Socket>(L);
    const Outcome<> out = wrap(sys::host(), made, fd, nonblock);
    return Face::value(L, "wrap", out, [=](None) { return push_top(L); });
}

template <class Face>
int shutdown_number(lua_State* L)
{
    const int fd = check_int(L, 1, 0);
    const int how = is_absent(L, 2) ? SHUT_RDWR : check_how(L, 2);
    return Face::action(L, "shutdown", shutdown(sys::host(), fd, how));
}

template <class Face>
int close_number_(lua_State* L)
{
    const int fd = check_int(L, 1, 0);
    const How how = opt_how(L, 2);
    return Face::action(L, "close", close_number(sys::host(), fd, how.pointer()));
}

int socket_fd(lua_State* L)
{
    lua_pushinteger(L, check_self<Socket>(L).fd.get());
    return 1;
}

int socket_unwrap(lua_State* L)
{
    lua_pushinteger(L, unwrap(check_self<Socket>(L)));
    return 1;
}

int socket_family(lua_State* L)
{
    lua_pushinteger(L, check_self<Socket>(L).family);
    return 1;
}

int socket_type(lua_State* L)
{
    lua_pushinteger(L, check_self<Socket>(L).type);
    return 1;
}

int socket_protocol(lua_State* L)
{
    lua_pushinteger(L, check_self<Socket>(L).protocol);
    return 1;
}

template <class Face>
int socket_dup(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    Socket& made = reserve<Socket>(L);
    const Outcome<> out = duplicate(sys::host(), self, made);
    return Face::value(L, "dup", out, [=](None) { return push_top(L); });
}

template <class Face>
int socket_bind(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const Address& address = check_object<AddressBox>(L, 2).info.address;
    return Face::action(L, "bind", bind(sys::host(), self.fd.get(), address));
}

template <class Face>
int socket_connect(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const Address& address = check_object<AddressBox>(L, 2).info.address;
    return Face::connection(L, "connect", connect(sys::host(), self.fd.get(), address));
}

template <class Face>
int socket_listen(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const int backlog = opt_int(L, 2, SOMAXCONN);
    return Face::action(L, "listen", listen(sys::host(), self.fd.get(), backlog));
}

template <class Face>
int socket_accept(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const bool with_address = opt_boolean(L, 2, false);
    Socket& accepted = reserve<Socket>(L);
    Address peer;
    const Outcome<> out = accept(sys::host(), self, accepted, with_address ? &peer : nullptr);
    return Face::value(L, "accept", out, [&](None) {
        if (!with_address) {
            return 1;
        }
        lua_pushnil(L);
        lua_pushboolean(L, 0);
        push_addrinfo(L, {peer, self.type, self.protocol});
        return 4;
    });
}

template <class Face>
int socket_acceptfd(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const Outcome<int> out = accept_number(sys::host(), self);
    return Face::value(L, "acceptfd", out, [L](int fd) {
        lua_pushinteger(L, fd);
        return 1;
    });
}

template <class Face>
int socket_shutdown(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    const int how = is_absent(L, 2) ? SHUT_RDWR : check_how(L, 2);
    return Face::action(L, "shutdown", shutdown(sys::host(), self.fd.get(), how));
}

template <class Face>
int socket_close(lua_State* L)
{
    Socket& self = check_self<Socket>(L);
    const How how = opt_how(L, 2);
    return Face::action(L, "close", close(sys::host(), self, how.pointer()));
}

template <class Face>
int wait_for(lua_State* L, const char* method, Readiness readiness)
{
    const Socket& self = check_self<Socket>(L);
    const double timeout_ms = is_absent(L, 2) ? 0 : std::ceil(check_duration(L, 2));
    const bool exception = opt_boolean(L, 3, false);
    const Outcome<bool> out = wait(sys::host(), self.fd.get(), readiness, exception, static_cast<int>(timeout_ms));
    return Face::readiness(L, method, out);
}

template <class Face>
int socket_sendable(lua_State* L)
{
    return wait_for<Face>(L, "sendable", Readiness::send);
}

template <class Face>
int socket_recvable(lua_State* L)
{
    return wait_for<Face>(L, "recvable", Readiness::receive);
}

template <class Face>
int socket_atmark(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    return Face::value(L, "atmark", at_mark(sys::host(), self.fd.get()), [L](bool marked) {
        lua_pushboolean(L, marked);
        return 1;
    });
}

template <class Face>
int push_name(lua_State* L, const char* method, const Socket& self, const Outcome<Address>& out)
{
    return Face::value(L, method, out, [&](const Address& address) {
        push_addrinfo(L, {address, self.type, self.protocol});
        return 1;
    });
}

template <class Face>
int socket_getsockname(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    return push_name<Face>(L, "getsockname", self, socket_name(sys::host(), self.fd.get()));
}

template <class Face>
int socket_getpeername(lua_State* L)
{
    const Socket& self = check_self<Socket>(L);
    return push_name<Face>(L, "getpeername", self, peer_name(sys::host(), self.fd.get()));
}

int socket_tostring(lua_State* L)
{
    const int fd = check_self<Socket>(L).fd.get();
    lua_getfield(L, own_metatable, "__name");
    if (fd < 0) {
        lua_pushliteral(L, ": closed");
    } else {
        lua_pushfstring(L, ": %d", fd);
    }
    lua_concat(L, 2);
    return 1;
}

// End of a <close> variable's scope.
int socket_leave_scope(lua_State* L)
{
    const Outcome<> ignored = close(sys::host(), check_self<Socket>(L), nullptr);
    static_cast<void>(ignored);
    return 0;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect<Socket>},
    {"__close", socket_leave_scope},
    {"__tostring", socket_tostring},
    {nullptr, nullptr},
};

template <class Face>
constexpr luaL_Reg methods[] = {
    {"fd", socket_fd},
    {"unwrap", socket_unwrap},
    {"family", socket_family},
    {"socktype", socket_type},
    {"protocol", socket_protocol},
    {"dup", socket_dup<Face>},
    {"bind", socket_bind<Face>},
    {"connect", socket_connect<Face>},
    {"listen", socket_listen<Face>},
    {"accept", socket_accept<Face>},
    {"acceptfd", socket_acceptfd<Face>},
    {"shutdown", socket_shutdown<Face>},
    {"close", socket_close<Face>},
    {"sendable", socket_sendable<Face>},
    {"recvable", socket_recvable<Face>},
    {"atmark", socket_atmark<Face>},
    {"getsockname", socket_getsockname<Face>},
    {"getpeername", socket_getpeername<Face>},
    {nullptr, nullptr},
};

template <class Face>
constexpr luaL_Reg functions[] = {
    {"new", new_socket<Face>},           {"pair", new_pair<Face>},       {"wrap", wrap_number<Face>},
    {"shutdown", shutdown_number<Face>}, {"close", close_number_<Face>}, {nullptr, nullptr},
};

} // namespace

template <class Face>
void define_socket(lua_State* L)
{
    define_class(L, Class::socket, Face::socket_name, metamethods);
    add_methods(L, Class::socket, methods<Face>);
    add_transfer_methods<Face>(L);
    add_message_methods<Face>(L);
    add_option_methods<Face>(L);
    add_multicast_methods<Face>(L);
}

template <class Face>
void add_socket(lua_State* L)
{
    add_functions(L, Class::socket, functions<Face>);
}

template void define_socket<Objects>(lua_State*);
template void add_socket<Objects>(lua_State*);

} // namespace llnet
