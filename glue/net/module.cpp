// SPDX-License-Identifier: MIT
// llsocket.scheduler, over which lua/net/loop.lua is a thin face.
#include "glue/llsocket/module.hpp"
#include "glue/net/coroutine.hpp"
#include "glue/net/driver.hpp"
#include "glue/net/handshakes.hpp"
#include "glue/net/inspect.hpp"
#include "glue/net/life.hpp"
#include "glue/net/lookup.hpp"
#include "glue/net/recv_send.hpp"
#include "glue/net/scheduler.hpp"
#include "glue/net/signals.hpp"
#include "glue/net/spares.hpp"
#include "glue/net/tls.hpp"
#include "glue/net/transfer.hpp"
#include "glue/net/wait.hpp"
#include "glue/net/waits.hpp"

namespace llnet {

namespace {

constexpr Generation generation{"net.loop", 4};

// The classes of llsocket that arguments and results are of: push_metatables_of_objects() gives them.
constexpr Class borrowed[] = {Class::socket, Class::addrinfo, Class::answers, Class::iovec};

int push_scheduler_module(lua_State* L)
{
    static const char key = 0;
    push_registry(L, &key);
    if (lua_istable(L, -1)) {
        return 1;
    }
    lua_pop(L, 1);
    lua_newtable(L);
    push_metatables(L, generation);
    const int metatables = lua_gettop(L);
    push_object_metatables(L);
    for (const Class id : borrowed) {
        lua_rawgeti(L, -1, static_cast<int>(id));
        lua_rawseti(L, metatables, static_cast<int>(id));
    }
    lua_settop(L, metatables);
    Scheduler& scheduler = add_scheduler(L);
    add_spares(L);
    define_task(L);
    define_lookup(L);
    add_task(L);
    add_life(L);
    add_driver(L);
    add_coroutine(L);
    add_inspect(L);
    add_signals(L);
    add_waits(L);
    add_recv_send(L, scheduler);
    add_transfer(L);
    add_lookup(L);
#ifdef LLNET_TLS
    add_tls_waits(L, scheduler);
    define_handshakes(L);
    add_handshakes(L);
#endif
    lua_rawgeti(L, metatables, static_cast<int>(Class::task));
    lua_getfield(L, -1, "__index");
    lua_setfield(L, metatables - 1, "methods");
    lua_pushboolean(L, has_continuations);
    lua_setfield(L, metatables - 1, "has_continuations");
    lua_pushboolean(L, knows_where_to_yield);
    lua_setfield(L, metatables - 1, "knows_where_to_yield");
    lua_pushlightuserdata(L, const_cast<char*>(&raise_tag));
    lua_setfield(L, metatables - 1, "raise_tag");
    lua_pushlightuserdata(L, const_cast<char*>(&wait_mark));
    lua_setfield(L, metatables - 1, "wait_mark");
    lua_settop(L, metatables - 1);
    store_in_registry(L, &key);
    return 1;
}

} // namespace

} // namespace llnet

extern "C" __attribute__((visibility("default"))) int luaopen_llsocket_scheduler(lua_State* L)
{
    return llnet::push_scheduler_module(L);
}
