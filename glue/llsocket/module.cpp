// SPDX-License-Identifier: MIT
#include "core/sys/system.hpp"
#include "glue/faces/objects.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/cmsghdr.hpp"
#include "glue/llsocket/device.hpp"
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

struct Submodule {
    const char* name;
    void (*add)(lua_State*);
};

template <class Face>
constexpr Submodule submodules[] = {
    {"socket", add_socket<Face>},
    {"addrinfo", add_addrinfo<Face>},
    {"msghdr", add_msghdr<Face>},
    {"cmsghdr", add_cmsghdr<Face>},
    {"cmsghdrs", add_cmsghdrs<Face>},
    {"iovec", add_iovec<Face>},
    {"device", add_device<Face>},
    {"env", add_env},
    {"errno", add_errno},
};

template <class Face>
void define_classes(lua_State* L)
{
    define_error_classes(L, Face::error_name, Face::error_type_name);
    define_addrinfo<Face>(L);
    define_iovec<Face>(L);
    define_cmsghdr<Face>(L);
    define_cmsghdrs<Face>(L);
    define_msghdr<Face>(L);
    define_devices(L);
    define_socket<Face>(L);
}

// Adds to the module table on top of the stack.
template <class Face>
void add_submodules(lua_State* L)
{
    const int module = lua_gettop(L);
    lua_newtable(L); // all metatables, kept by the closures over it
    define_classes<Face>(L);
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

void add_constants(lua_State* L)
{
    for (const Constant& constant : constants) {
        lua_pushinteger(L, static_cast<lua_Integer>(constant.value));
        lua_setfield(L, -2, constant.name);
    }
}

// Pushes the module, which is made once in a Lua state: however it is required, its classes are the same.
template <class Face>
void push_module(lua_State* L)
{
    static const char key = 0;
    push_registry(L, &key);
    if (lua_istable(L, -1)) {
        return;
    }
    lua_pop(L, 1);
    lua_newtable(L);
    add_constants(L);
    add_submodules<Face>(L);
    store_in_registry(L, &key);
}

int open_module(lua_State* L)
{
    push_module<Objects>(L);
    return 1;
}

int open_submodule(lua_State* L, const char* name)
{
    push_module<Objects>(L);
    lua_getfield(L, -1, name);
    return 1;
}

} // namespace

} // namespace llnet

LLNET_EXPORT int luaopen_llsocket(lua_State* L)
{
    return llnet::open_module(L);
}

// Lua finds these in the same shared object when a program requires "llsocket.socket" and so on.
#define LLNET_SUBMODULE(name)                                                                                          \
    LLNET_EXPORT int luaopen_llsocket_##name(lua_State* L)                                                             \
    {                                                                                                                  \
        return llnet::open_submodule(L, #name);                                                                        \
    }

LLNET_SUBMODULE(socket)
LLNET_SUBMODULE(addrinfo)
LLNET_SUBMODULE(msghdr)
LLNET_SUBMODULE(cmsghdr)
LLNET_SUBMODULE(cmsghdrs)
LLNET_SUBMODULE(iovec)
LLNET_SUBMODULE(device)
LLNET_SUBMODULE(env)
LLNET_SUBMODULE(errno)
