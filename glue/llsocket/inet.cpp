// SPDX-License-Identifier: MIT
#include "glue/llsocket/inet.hpp"

#include "core/sock/endpoint.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

namespace {

// Generations 2 and 3: (host [, port [, socktype [, protocol [, flag...]]]]).
template <class Face>
int look_up_family(lua_State* L, const char* method, int family)
{
    PortText port;
    return push_list<Face>(L, method, check_inet_query(L, family, port));
}

int look_up_inet(lua_State* L)
{
    return look_up_family<Strings2>(L, "getaddrinfo", AF_INET);
}

int look_up_inet6(lua_State* L)
{
    return look_up_family<Strings2>(L, "getaddrinfo6", AF_INET6);
}

int look_up_any(lua_State* L)
{
    return look_up_family<Strings3>(L, "getaddrinfo", AF_UNSPEC);
}

int list_unix(lua_State* L)
{
    return Strings2::value(L, "getaddrinfo", check_unix_address(L), [L](const AddressInfo& info) {
        lua_createtable(L, 1, 0);
        push_addrinfo(L, info);
        lua_rawseti(L, -2, 1);
        return 1;
    });
}

int one_unix(lua_State* L)
{
    return Strings3::value(L, "getaddrinfo", check_unix_address(L), [L](const AddressInfo& info) {
        push_addrinfo(L, info);
        return 1;
    });
}

// A socket that is made and gives its number away.
template <class Open>
Outcome<int> open_number(Open open)
{
    return work([&] {
        Socket made;
        const Outcome<> out = open(made);
        return Outcome<int>{out.status, unwrap(made), out.error};
    });
}

// Generation 1: (host, port, socktype, nonblock, reuseaddr).
int open_inet(lua_State* L, const char* method, int flags, decltype(&open_bound) open)
{
    PortText port;
    Query query;
    query.host = opt_text(L, 1);
    query.service = opt_service(L, 2, port);
    query.type = opt_int(L, 3, SOCK_STREAM);
    query.flags = flags;
    const EndpointOptions options{opt_boolean(L, 4, false), opt_boolean(L, 5, false)};
    Answers* answers = nullptr;
    const Outcome<> found = look_up(L, query, answers);
    const Outcome<int> out = open_number([&](Socket& made) {
        return found.done() ? open_first(sys::host(), made, answers->list, options, open) : found;
    });
    return push_number<Numbers>(L, method, out);
}

int bind_inet(lua_State* L)
{
    return open_inet(L, "bind", AI_PASSIVE, open_bound);
}

int connect_inet(lua_State* L)
{
    return open_inet(L, "connect", 0, open_connected);
}

// Generation 1: (path, socktype, nonblock).
int open_unix(lua_State* L, const char* method, decltype(&open_bound) open)
{
    const Outcome<Address> address = Address::unix_path(check_bytes(L, 1));
    const int type = opt_int(L, 2, SOCK_STREAM);
    const EndpointOptions options{opt_boolean(L, 3, false), false};
    const Outcome<int> out = open_number([&](Socket& made) {
        return address.done() ? open(sys::host(), made, {address.value, type, 0}, options) : failed(address.error);
    });
    return push_number<Numbers>(L, method, out);
}

int bind_unix(lua_State* L)
{
    return open_unix(L, "bind", open_bound);
}

int connect_unix(lua_State* L)
{
    return open_unix(L, "connect", open_connected);
}

template <class Face>
constexpr Method inet_functions[] = {
    {"getaddrinfo", look_up_any, 3},
};

template <>
constexpr Method inet_functions<Strings2>[] = {
    {"getaddrinfo", look_up_inet, 2},
    {"getaddrinfo6", look_up_inet6, 2},
};

template <>
constexpr Method inet_functions<Numbers>[] = {
    {"bind", bind_inet, 1},
    {"connect", connect_inet, 1},
};

template <class Face>
constexpr Method unix_functions[] = {
    {"getaddrinfo", one_unix, 3},
};

template <>
constexpr Method unix_functions<Strings2>[] = {
    {"getaddrinfo", list_unix, 2},
};

template <>
constexpr Method unix_functions<Numbers>[] = {
    {"bind", bind_unix, 1},
    {"connect", connect_unix, 1},
};

} // namespace

template <class Face>
void add_inet(lua_State* L)
{
    add_functions(L, Class::addrinfo, inet_functions<Face>);
}

template <class Face>
void add_unix(lua_State* L)
{
    add_functions(L, Class::addrinfo, unix_functions<Face>);
}

template void add_inet<Numbers>(lua_State*);
template void add_inet<Strings2>(lua_State*);
template void add_inet<Strings3>(lua_State*);

template void add_unix<Numbers>(lua_State*);
template void add_unix<Strings2>(lua_State*);
template void add_unix<Strings3>(lua_State*);

} // namespace llnet
