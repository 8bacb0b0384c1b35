// SPDX-License-Identifier: MIT
#include "glue/net/spares.hpp"

namespace llnet {

namespace {

constexpr int most_spares = 64;

} // namespace

lua_State* push_spare(lua_State* L, Scheduler& scheduler)
{
    if (scheduler.spares == 0 || lua_gethook(L) != nullptr) { // a new one inherits the hook
        return lua_newthread(L);
    }
    lua_rawgeti(L, all_metatables, spares_slot);
    lua_rawgeti(L, -1, scheduler.spares);
    lua_pushnil(L);
    lua_rawseti(L, -3, scheduler.spares--);
    lua_remove(L, -2);
    inherit_globals(L, lua_gettop(L));
    return lua_tothread(L, -1);
}

bool is_as_good_as_new(const Task& task, lua_State* coroutine)
{
    return !task.is_exposed && lua_gethook(coroutine) == nullptr;
}

void keep_spare(lua_State* L, Scheduler& scheduler)
{
    if (scheduler.spares < most_spares) {
        lua_settop(lua_tothread(L, -1), 0); // results of a task that had others
        lua_rawgeti(L, all_metatables, spares_slot);
        lua_insert(L, -2);
        lua_rawseti(L, -2, ++scheduler.spares);
    }
    lua_pop(L, 1);
}

void add_spares(lua_State* L)
{
    lua_createtable(L, most_spares, 0); // so that to fill it needs no memory
    lua_rawseti(L, -2, spares_slot);
}

} // namespace llnet
