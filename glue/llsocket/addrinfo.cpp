// SPDX-License-Identifier: MIT
#include "glue/llsocket/addrinfo.hpp"

#include "glue/faces/numbers.hpp"
#include "glue/faces/objects.hpp"
#include "glue/faces/strings.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace llnet {

namespace {

void push_named(lua_State* L, const AddressInfo& info, std::string_view name)
{
    void* memory = new_userdata(L, sizeof(AddressBox) + name.size());
    auto* box = new (memory) AddressBox{info, !name.empty(), name.size()};
    name.copy(box->name(), name.size());
    push_metatable(L, Class::addrinfo);
    lua_setmetatable(L, -2);
}

const AddressInfo& check_info(lua_State* L)
{
    return check_self<AddressBox>(L).info;
}

int addrinfo_family(lua_State* L)
{
    lua_pushinteger(L, check_info(L).address.family());
    return 1;
}

int addrinfo_socktype(lua_State* L)
{
    lua_pushinteger(L, check_info(L).type);
    return 1;
}

int addrinfo_protocol(lua_State* L)
{
    lua_pushinteger(L, check_info(L).protocol);
    return 1;
}

int addrinfo_canonname(lua_State* L)
{
    AddressBox& box = check_self<AddressBox>(L);
    if (box.has_name) {
        lua_pushlstring(L, box.name(), box.name_size);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

int addrinfo_port(lua_State* L)
{
    const int port = check_info(L).address.port();
    if (port >= 0) {
        lua_pushinteger(L, port);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

int addrinfo_addr(lua_State* L)
{
    const Address& address = check_info(L).address;
    HostText text;
    if (address.is_inet()) {
        lua_pushstring(L, numeric_host(sys::host(), address, text));
        return 1;
    }
    const std::string_view bytes = address.family() == AF_UNIX ? address.path() : address.payload();
    if (address.family() == AF_UNIX && bytes.empty()) {
        lua_pushnil(L);
    } else {
        lua_pushlstring(L, bytes.data(), bytes.size());
    }
    return 1;
}

template <class Face>
int addrinfo_getnameinfo(lua_State* L)
{
    const AddressInfo& info = check_info(L);
    const int flags = check_flags(L, 2);
    const Outcome<NameInfo> out = name_info(sys::host(), info.address, flags);
    return Face::value(L, "getnameinfo", out, [L](const NameInfo& names) {
        lua_createtable(L, 0, 3);
        lua_pushstring(L, names.host);
        lua_setfield(L, -2, "host");
        lua_pushstring(L, names.service);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "service");
        lua_setfield(L, -2, "serv"); // its name in the older generations
        return 1;
    });
}

void push_unix_text(lua_State* L, std::string_view path)
{
    if (path.starts_with('\0')) { // written as ss(8) and systemd do
        path.remove_prefix(1);
        lua_pushliteral(L, "unix:@");
    } else {
        lua_pushliteral(L, "unix:");
    }
    lua_pushlstring(L, path.data(), path.size());
    lua_concat(L, 2);
}

void push_address_text(lua_State* L, const Address& address)
{
    HostText text;
    const char* host = numeric_host(sys::host(), address, text);
    if (address.family() == AF_UNIX) {
        push_unix_text(L, address.path());
    } else if (host == nullptr) { // another family, or too few bytes for an inet address
        lua_pushfstring(L, "family %d", address.family());
    } else {
        lua_pushfstring(L, address.family() == AF_INET6 ? "[%s]:%d" : "%s:%d", host, address.port());
    }
}

int addrinfo_tostring(lua_State* L)
{
    const AddressInfo& info = check_info(L);
    lua_getfield(L, own_metatable, "__name");
    lua_pushliteral(L, ": ");
    push_address_text(L, info.address);
    lua_concat(L, 3);
    return 1;
}

int addrinfo_equal(lua_State* L)
{
    const AddressBox* a = test_object<AddressBox>(L, 1);
    const AddressBox* b = test_object<AddressBox>(L, 2);
    lua_pushboolean(L, a != nullptr && b != nullptr && a->info == b->info);
    return 1;
}

// addrinfo.inet and inet6: the first answer for one family.
int push_inet(lua_State* L, const char* method, int family)
{
    PortText port;
    const Query query = check_inet_query(L, family, port);
    Answers* answers = nullptr;
    const Outcome<> out = look_up(L, query, answers);
    return Objects::value(L, method, out, [&](None) {
        const Resolved& first = answers->list.front();
        push_named(L, first.info, first.canonical_name);
        answers->list = {}; // now rather than with the userdata: Lua's collector does not see this memory
        return 1;
    });
}

int new_inet(lua_State* L)
{
    return push_inet(L, "inet", AF_INET);
}

int new_inet6(lua_State* L)
{
    return push_inet(L, "inet6", AF_INET6);
}

int new_unix(lua_State* L)
{
    return Objects::value(L, "unix", check_unix_address(L), [L](const AddressInfo& info) {
        push_addrinfo(L, info);
        return 1;
    });
}

int new_opaque(lua_State* L)
{
    const int family = check_int(L, 1, 0, 65535);
    const std::string_view bytes = check_bytes(L, 2);
    const int type = opt_int(L, 3, SOCK_STREAM);
    const int protocol = opt_int(L, 4, 0);
    const Outcome<Address> out = Address::opaque(family, bytes);
    return Objects::value(L, "opaque", out, [=](const Address& address) {
        push_addrinfo(L, {address, type, protocol});
        return 1;
    });
}

int get_addrinfo(lua_State* L)
{
    PortText port;
    return push_list<Objects>(L, "getaddrinfo", check_query(L, 1, port));
}

// glibc takes the lower 16 bits of any number for the port.
bool is_port_too_large(const char* service)
{
    char* end = nullptr;
    errno = 0;
    const unsigned long port = std::strtoul(service, &end, 10);
    const bool is_number = end != service && *end == '\0';
    return is_number && (errno == ERANGE || port > 65535);
}

constexpr luaL_Reg answers_metamethods[] = {{"__gc", collect<Answers>}, {nullptr, nullptr}};

constexpr luaL_Reg metamethods[] = {
    {"__close", leave_scope<AddressBox>},
    {"__tostring", addrinfo_tostring},
    {"__eq", addrinfo_equal},
    {nullptr, nullptr},
};

template <class Face>
constexpr Method methods[] = {
    {"family", addrinfo_family, 1},
    {"socktype", addrinfo_socktype, 1},
    {"protocol", addrinfo_protocol, 1},
    {"canonname", addrinfo_canonname, 1},
    {"port", addrinfo_port, 1},
    {"addr", addrinfo_addr, 1},
    {Face::generation.number == 2 ? "nameinfo" : "getnameinfo", addrinfo_getnameinfo<Face>, 1},
};

constexpr Method functions[] = {
    {"unix", new_unix}, {"inet", new_inet}, {"inet6", new_inet6}, {"opaque", new_opaque}, {"getaddrinfo", get_addrinfo},
};

} // namespace

void push_addrinfo(lua_State* L, const AddressInfo& info)
{
    push_named(L, info, {});
}

const char* opt_service(lua_State* L, int index, PortText& text)
{
    if (lua_type(L, index) != LUA_TNUMBER) {
        const char* service = opt_text(L, index);
        if (service != nullptr && is_port_too_large(service)) {
            argument_error(L, index, "out of range (0 to 65535)");
        }
        return service;
    }
    std::snprintf(text, sizeof text, "%u", static_cast<unsigned>(check_int(L, index, 0, 65535)) & 0xffffU);
    return text;
}

Query check_query(lua_State* L, int first, PortText& port)
{
    Query query;
    query.host = opt_text(L, first);
    query.service = opt_service(L, first + 1, port);
    query.family = opt_int(L, first + 2, AF_UNSPEC);
    query.type = opt_int(L, first + 3, 0);
    query.protocol = opt_int(L, first + 4, 0);
    query.flags = check_flags(L, first + 5);
    return query;
}

Query check_inet_query(lua_State* L, int family, PortText& port)
{
    Query query;
    query.host = opt_text(L, 1);
    query.service = opt_service(L, 2, port);
    query.family = family;
    query.type = opt_int(L, 3, SOCK_STREAM);
    query.protocol = opt_int(L, 4, 0);
    query.flags = check_flags(L, 5);
    return query;
}

Outcome<AddressInfo> check_unix_address(lua_State* L)
{
    const std::string_view path = check_bytes(L, 1);
    const int type = opt_int(L, 2, SOCK_STREAM);
    const int protocol = opt_int(L, 3, 0);
    check_flags(L, 4); // accepted for the sake of the signature; the family has no resolver
    const Outcome<Address> address = Address::unix_path(path);
    return {address.status, {address.value, type, protocol}, address.error};
}

Outcome<> look_up(lua_State* L, const Query& query, Answers*& answers)
{
    answers = &reserve<Answers>(L);
    return work([&] { return resolve(sys::host(), query, answers->list); });
}

void push_answers(lua_State* L, std::span<const Resolved> answers)
{
    lua_createtable(L, static_cast<int>(answers.size()), 0);
    int index = 0;
    for (const Resolved& answer : answers) {
        push_named(L, answer.info, answer.canonical_name);
        lua_rawseti(L, -2, ++index);
    }
}

template <class Face>
int push_list(lua_State* L, const char* method, const Query& query)
{
    Answers* answers = nullptr;
    const Outcome<> out = look_up(L, query, answers);
    return Face::value(L, method, out, [&](None) {
        push_answers(L, answers->list);
        answers->list = {}; // now rather than with the userdata: Lua's collector does not see this memory
        return 1;
    });
}

template <class Face>
void define_addrinfo(lua_State* L)
{
    define_class(L, Class::answers, "answers", answers_metamethods);
    define_class(L, Class::addrinfo, Face::generation.number == 1 ? "addr" : "addrinfo", metamethods);
    add_methods(L, Class::addrinfo, methods<Face>);
}

void add_addrinfo(lua_State* L)
{
    add_functions(L, Class::addrinfo, functions);
}

template int push_list<Strings2>(lua_State*, const char*, const Query&);
template int push_list<Strings3>(lua_State*, const char*, const Query&);

template void define_addrinfo<Numbers>(lua_State*);
template void define_addrinfo<Strings2>(lua_State*);
template void define_addrinfo<Strings3>(lua_State*);
template void define_addrinfo<Objects>(lua_State*);

} // namespace llnet
