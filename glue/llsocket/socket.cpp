// SPDX-License-Identifier: MIT
#include "glue/llsocket/socket.hpp"

#include "glue/llsocket/addrinfo.hpp"

#include <cmath>

namespace llnet {

namespace {

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

int socket_socktype(lua_State* L)
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
int socket_listen(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const int backlog = opt_int(L, 2, SOMAXCONN);
    return Face::action(L, "listen", listen(sys::host(), self.fd, backlog));
}

template <class Face>
int socket_acceptfd(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    return push_number<Face>(L, "acceptfd", accept_number(sys::host(), self));
}

// Generation 1: accept.
int accept_blocking(lua_State* L)
{
    const SocketRef self = check_socket<Numbers>(L);
    return push_number<Numbers>(L, "accept", accept_blocking_number(sys::host(), self));
}

// Generation 1: shutdown, whose direction is not optional.
int shutdown_direction(lua_State* L)
{
    const SocketRef self = check_socket<Numbers>(L);
    const int how = check_how(L, 2);
    return Numbers::action(L, "shutdown", shutdown(sys::host(), self.fd, how));
}

// Generation 1: type.
int type_of_number(lua_State* L)
{
    const SocketRef self = check_socket<Numbers>(L);
    return push_number<Numbers>(L, "type", socket_type(sys::host(), self.fd));
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
    const SocketRef self = check_socket<Face>(L);
    return Face::value(L, "atmark", at_mark(sys::host(), self.fd), [L](bool marked) {
        lua_pushboolean(L, marked);
        return 1;
    });
}

template <class Face>
int socket_error(lua_State* L)
{
    const Outcome<int> out = pending_error(sys::host(), check_socket<Face>(L).fd);
    return Face::value(L, "error", out, [L](int code) {
        Face::push_pending(L, "error", code);
        return 1;
    });
}

template <class Face>
int push_name(lua_State* L, const char* method, SocketRef self, const Outcome<Address>& out)
{
    return Face::value(L, method, out, [&](const Address& address) {
        push_addrinfo(L, {address, type_of(sys::host(), self), self.protocol});
        return 1;
    });
}

template <class Face>
int socket_getsockname(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    return push_name<Face>(L, "getsockname", self, socket_name(sys::host(), self.fd));
}

template <class Face>
int socket_getpeername(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    return push_name<Face>(L, "getpeername", self, peer_name(sys::host(), self.fd));
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
constexpr Method methods[] = {
    {"fd", socket_fd},
    {"unwrap", socket_unwrap, 3},
    {"family", socket_family},
    {"socktype", socket_socktype},
    {"protocol", socket_protocol},
    {"listen", socket_listen<Face>},
    {"acceptfd", socket_acceptfd<Face>, 3},
    {"shutdown", socket_shutdown<Face>},
    {"close", socket_close<Face>},
    {"sendable", socket_sendable<Face>, 3},
    {"recvable", socket_recvable<Face>, 3},
    {"error", socket_error<Face>},
    {"atmark", socket_atmark<Face>},
    {"getsockname", socket_getsockname<Face>},
    {"getpeername", socket_getpeername<Face>},
};

template <>
constexpr Method methods<Numbers>[] = {
    {"listen", socket_listen<Numbers>, 1},
    {"accept", accept_blocking, 1},
    {"acceptInherits", socket_acceptfd<Numbers>, 1},
    {"shutdown", shutdown_direction, 1},
    {"close", close_number_<Numbers>, 1},
    {"type", type_of_number, 1},
    {"error", socket_error<Numbers>, 1},
    {"atmark", socket_atmark<Numbers>, 1},
    {"sockname", socket_getsockname<Numbers>, 1},
    {"peername", socket_getpeername<Numbers>, 1},
};

template <class Face>
constexpr Method functions[] = {
    {"shutdown", shutdown_number<Face>, 3},
    {"close", close_number_<Face>, 3},
};

} // namespace

template <class Face>
std::span<const Method> basic_methods()
{
    return methods<Face>;
}

template <class Face>
void define_socket(lua_State* L)
{
    define_class(L, Class::socket, "socket", metamethods);
    for (const auto& methods : {basic_methods<Face>(), own_methods<Face>(), transfer_methods<Face>(),
                                message_methods<Face>(), option_methods<Face>(), multicast_methods<Face>()}) {
        add_methods(L, Class::socket, methods);
    }
    const int metatables = lua_gettop(L);
    lua_rawgeti(L, metatables, static_cast<int>(Class::socket));
    lua_getfield(L, metatables + 1, "__index");
    add_option_rows<Face>(L, metatables + 2, metatables + 1, metatables);
    lua_settop(L, metatables);
}

template <class Face>
void add_socket(lua_State* L)
{
    add_functions(L, Class::socket, functions<Face>);
    add_functions(L, Class::socket, own_functions<Face>());
}

template std::span<const Method> basic_methods<Numbers>();

template void define_socket<Strings2>(lua_State*);
template void define_socket<Strings3>(lua_State*);
template void define_socket<Objects>(lua_State*);

template void add_socket<Strings2>(lua_State*);
template void add_socket<Strings3>(lua_State*);
template void add_socket<Objects>(lua_State*);

} // namespace llnet
