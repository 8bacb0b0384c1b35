// SPDX-License-Identifier: MIT
#include "glue/llsocket/module.hpp"

#include "core/sys/system.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/cmsghdr.hpp"
#include "glue/llsocket/device.hpp"
#include "glue/llsocket/inet.hpp"
#include "glue/llsocket/iovec.hpp"
#include "glue/llsocket/msghdr.hpp"
#include "glue/llsocket/socket.hpp"

#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/un.h>

#define LLNET_EXPORT extern "C" __attribute__((visibility("default")))

namespace llnet {

namespace {

struct Constant {
    const char* name;
    long long value;
};

constexpr Constant constants[] = {
#include "glue/llsocket/constant_rows.inc"
};

// Adds the values of the module "env" to the table below the table of all metatables.
void add_env(lua_State* L)
{
    const int module = lua_gettop(L) - 1;
    char name[64] = {};
    if (sys::host().kernel_name(name).ok()) {
        lua_pushstring(L, name);
        lua_setfield(L, module, "os");
    }
    lua_pushinteger(L, static_cast<lua_Integer>(sizeof(sockaddr_un::sun_path)));
    lua_setfield(L, module, "unixpath_max");
    lua_pushinteger(L, SOMAXCONN);
    lua_setfield(L, module, "somaxconn");
}

void add_constants(lua_State* L, int module)
{
    for (const Constant& constant : constants) {
        lua_pushinteger(L, static_cast<lua_Integer>(constant.value));
        lua_setfield(L, module, constant.name);
    }
}

// Adds the functions and constants of the module "opt" of generation 1 to the table below the table of all metatables.
void add_opt(lua_State* L)
{
    const int metatables = lua_gettop(L);
    const int module = metatables - 1;
    add_functions(L, Class::socket, option_methods<Numbers>());
    add_constants(L, module);
    lua_pushnil(L); // numbers have no class
    add_option_rows<Numbers>(L, module, metatables + 1, metatables);
    lua_settop(L, metatables);
}

struct Submodule {
    const char* name;
    void (*add)(lua_State*);
};

// The modules in the module of a generation.
template <class Face>
constexpr Submodule submodules[] = {
    {"socket", add_socket<Face>}, {"addrinfo", add_addrinfo}, {"msghdr", add_msghdr},
    {"cmsghdr", add_cmsghdr},     {"cmsghdrs", add_cmsghdrs}, {"iovec", add_iovec},
    {"device", add_device<Face>}, {"env", add_env},           {"errno", add_errno},
};

template <>
constexpr Submodule submodules<Strings3>[] = {
    {"inet", add_inet<Strings3>},
    {"unix", add_unix<Strings3>},
    {"socket", add_socket<Strings3>},
    {"msghdr", add_msghdr},
    {"cmsghdr", add_cmsghdr},
    {"cmsghdrs", add_cmsghdrs},
    {"iovec", add_iovec},
    {"env", add_env},
    {"device", add_device<Strings3>},
};

template <>
constexpr Submodule submodules<Strings2>[] = {
    {"inet", add_inet<Strings2>},     {"unix", add_unix<Strings2>}, {"socket", add_socket<Strings2>}, {"env", add_env},
    {"device", add_device<Strings2>},
};

template <>
constexpr Submodule submodules<Numbers>[] = {
    {"inet", add_inet<Numbers>},
    {"unix", add_unix<Numbers>},
    {"opt", add_opt},
};

template <class Face>
void define_message_classes(lua_State* L)
{
    define_iovec<Face>(L);
    define_cmsghdr(L);
    define_cmsghdrs(L);
    define_msghdr(L);
}

template <class Face>
void define_basic_classes(lua_State* L)
{
    define_addrinfo<Face>(L);
    define_devices(L);
    define_socket<Face>(L);
}

template <class Face>
void define_classes(lua_State* L);

template <>
void define_classes<Objects>(lua_State* L)
{
    define_error_classes(L);
    define_message_classes<Objects>(L);
    define_basic_classes<Objects>(L);
}

template <>
void define_classes<Strings3>(lua_State* L)
{
    define_message_classes<Strings3>(L);
    define_basic_classes<Strings3>(L);
}

template <>
void define_classes<Strings2>(lua_State* L)
{
    define_basic_classes<Strings2>(L);
}

template <>
void define_classes<Numbers>(lua_State* L)
{
    define_addrinfo<Numbers>(L);
}

// Adds what is in the module itself to the table below the table of all metatables.
template <class Face>
void add_functions_of(lua_State*)
{}

template <>
void add_functions_of<Numbers>(lua_State* L)
{
    add_functions(L, Class::socket, basic_methods<Numbers>());
    add_functions(L, Class::socket, transfer_methods<Numbers>());
}

// Key of the table of all metatables of a generation in the registry.
template <class Face>
const char metatables_key = 0;

// Adds to the module table on top of the stack.
template <class Face>
void add_submodules(lua_State* L)
{
    const int module = lua_gettop(L);
    push_metatables(L, Face::generation);
    store_in_registry(L, &metatables_key<Face>);
    define_classes<Face>(L);
    add_functions_of<Face>(L);
    for (const Submodule& submodule : submodules<Face>) {
        lua_newtable(L);
        lua_insert(L, -2);
        submodule.add(L);
        lua_pushvalue(L, -2);
        lua_setfield(L, module, submodule.name);
        lua_remove(L, -2);
    }
    lua_pop(L, 1);
}

// Pushes the module of a generation, which is made once in a Lua state: however it is required, its classes are the
// same.
template <class Face>
int push_module(lua_State* L)
{
    static const char key = 0;
    push_registry(L, &key);
    if (lua_istable(L, -1)) {
        return 1;
    }
    lua_pop(L, 1);
    lua_newtable(L);
    add_constants(L, lua_gettop(L));
    add_submodules<Face>(L);
    store_in_registry(L, &key);
    return 1;
}

template <class Face>
int push_submodule(lua_State* L, const char* name)
{
    push_module<Face>(L);
    lua_getfield(L, -1, name);
    return 1;
}

} // namespace

void push_object_metatables(lua_State* L)
{
    push_module<Objects>(L);
    lua_pop(L, 1);
    push_registry(L, &metatables_key<Objects>);
}

} // namespace llnet

// Lua finds these in the same shared object when a program requires "llsocket.socket", "llsocket.v3" and so on.
#define LLNET_MODULE(symbol, face)                                                                                     \
    LLNET_EXPORT int luaopen_##symbol(lua_State* L)                                                                    \
    {                                                                                                                  \
        return llnet::push_module<llnet::face>(L);                                                                     \
    }

#define LLNET_SUBMODULE(symbol, face, name)                                                                            \
    LLNET_EXPORT int luaopen_##symbol##_##name(lua_State* L)                                                           \
    {                                                                                                                  \
        return llnet::push_submodule<llnet::face>(L, #name);                                                           \
    }

LLNET_MODULE(llsocket, Objects)
LLNET_SUBMODULE(llsocket, Objects, socket)
LLNET_SUBMODULE(llsocket, Objects, addrinfo)
LLNET_SUBMODULE(llsocket, Objects, msghdr)
LLNET_SUBMODULE(llsocket, Objects, cmsghdr)
LLNET_SUBMODULE(llsocket, Objects, cmsghdrs)
LLNET_SUBMODULE(llsocket, Objects, iovec)
LLNET_SUBMODULE(llsocket, Objects, device)
LLNET_SUBMODULE(llsocket, Objects, env)
LLNET_SUBMODULE(llsocket, Objects, errno)

LLNET_MODULE(llsocket_v3, Strings3)
LLNET_SUBMODULE(llsocket_v3, Strings3, inet)
LLNET_SUBMODULE(llsocket_v3, Strings3, unix)
LLNET_SUBMODULE(llsocket_v3, Strings3, socket)
LLNET_SUBMODULE(llsocket_v3, Strings3, msghdr)
LLNET_SUBMODULE(llsocket_v3, Strings3, cmsghdr)
LLNET_SUBMODULE(llsocket_v3, Strings3, cmsghdrs)
LLNET_SUBMODULE(llsocket_v3, Strings3, iovec)
LLNET_SUBMODULE(llsocket_v3, Strings3, device)
LLNET_SUBMODULE(llsocket_v3, Strings3, env)

LLNET_MODULE(llsocket_v2, Strings2)
LLNET_SUBMODULE(llsocket_v2, Strings2, inet)
LLNET_SUBMODULE(llsocket_v2, Strings2, unix)
LLNET_SUBMODULE(llsocket_v2, Strings2, socket)
LLNET_SUBMODULE(llsocket_v2, Strings2, device)
LLNET_SUBMODULE(llsocket_v2, Strings2, env)

LLNET_MODULE(llsocket_v1, Numbers)
LLNET_SUBMODULE(llsocket_v1, Numbers, inet)
LLNET_SUBMODULE(llsocket_v1, Numbers, unix)
LLNET_SUBMODULE(llsocket_v1, Numbers, opt)
