// SPDX-License-Identifier: MIT
#include "glue/kit/box.hpp"

namespace llnet {

namespace {

// Sets closures over (metatable, all metatables) in the table at `target`.
void set_closures(lua_State* L, int target, int metatable, int metatables, const luaL_Reg* functions)
{
    for (; functions->name != nullptr; ++functions) {
        lua_pushvalue(L, metatable);
        lua_pushvalue(L, metatables);
        lua_pushcclosure(L, functions->func, 2);
        lua_setfield(L, target, functions->name);
    }
}

} // namespace

bool has_metatable(lua_State* L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA || lua_getmetatable(L, index) == 0) {
        lua_pop(L, 1);
        return false;
    }
    const bool same = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return same;
}

int class_error(lua_State* L, int index)
{
    const bool missing = index >= lua_gettop(L); // the metatable itself stands where the argument should
    lua_getfield(L, -1, "__name");
    const char* expected = lua_tostring(L, -1);
    if (missing) {
        return luaL_argerror(L, index, lua_pushfstring(L, "%s expected, got no value", expected));
    }
    return type_error(L, index, expected);
}

void define_class(lua_State* L, Class id, const char* name, const luaL_Reg* metamethods)
{
    const int metatables = lua_gettop(L);
    lua_newtable(L);
    lua_pushstring(L, name);
    lua_setfield(L, metatables + 1, "__name");
    // Out of a program's reach: __gc must not be called while a method runs on the object.
    lua_pushstring(L, name);
    lua_setfield(L, metatables + 1, "__metatable");
    lua_newtable(L);
    lua_setfield(L, metatables + 1, "__index");
    set_closures(L, metatables + 1, metatables + 1, metatables, metamethods);
    lua_rawseti(L, metatables, static_cast<int>(id));
}

void add_methods(lua_State* L, Class id, const luaL_Reg* methods)
{
    const int metatables = lua_gettop(L);
    lua_rawgeti(L, metatables, static_cast<int>(id));
    lua_getfield(L, metatables + 1, "__index");
    set_closures(L, metatables + 2, metatables + 1, metatables, methods);
    lua_settop(L, metatables);
}

void add_functions(lua_State* L, Class id, const luaL_Reg* functions)
{
    const int metatables = lua_gettop(L);
    lua_rawgeti(L, metatables, static_cast<int>(id));
    set_closures(L, metatables - 1, metatables + 1, metatables, functions);
    lua_settop(L, metatables);
}

} // namespace llnet
