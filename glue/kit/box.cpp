// SPDX-License-Identifier: MIT
#include "glue/kit/box.hpp"

namespace llnet {

namespace {

// Fields of the table of all metatables, beside the metatables by number.
constexpr const char* module_key = "module";
constexpr const char* generation_key = "generation";
constexpr const char* state_key = "state";

// Field of a metatable: the generation that its class is of.
constexpr const char* class_generation_key = "__generation";

// Key of the table in the registry of all metatables of all generations: metatable to class.
const char classes_key = 0;

// Pushes that table.
void push_classes(lua_State* L)
{
    push_registry(L, &classes_key);
    if (!lua_istable(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        store_in_registry(L, &classes_key);
    }
}

// Pushes what every function closes over: (metatable, all metatables, state).
void push_upvalues(lua_State* L, int metatable, int metatables)
{
    lua_pushvalue(L, metatable);
    lua_pushvalue(L, metatables);
    lua_getfield(L, metatables, state_key);
}

void set_closure(lua_State* L, int target, int metatable, int metatables, const char* name, lua_CFunction function)
{
    push_upvalues(L, metatable, metatables);
    lua_pushcclosure(L, function, 3);
    lua_setfield(L, target, name);
}

void set_methods(lua_State* L, int target, int metatable, int metatables, std::span<const Method> methods)
{
    lua_getfield(L, metatables, generation_key);
    const auto generation = lua_tointeger(L, -1);
    for (const Method& method : methods) {
        if (method.since <= generation) {
            set_closure(L, target, metatable, metatables, method.name, method.function);
        }
    }
}

// The generation of the class of the value at `index`; 0 if it is none of our objects.
lua_Integer generation_of(lua_State* L, int index)
{
    return luaL_getmetafield(L, index, class_generation_key) != 0 ? lua_tointeger(L, -1) : 0;
}

// What a value is that should have been of another class: its type and, where that is the point, its generation.
const char* described(lua_State* L, int index, lua_Integer expected_generation)
{
    const lua_Integer generation = generation_of(L, index);
    if (generation == 0 || generation == expected_generation) {
        return value_type(L, index);
    }
    return lua_pushfstring(L, "%s of generation %d", value_type(L, index), static_cast<int>(generation));
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

bool is_of_class(lua_State* L, int index, Class id)
{
    if (lua_type(L, index) != LUA_TUSERDATA || lua_getmetatable(L, index) == 0) {
        return false;
    }
    push_classes(L);
    lua_insert(L, -2);
    lua_rawget(L, -2);
    const bool is_it = lua_tointeger(L, -1) == static_cast<lua_Integer>(id);
    lua_pop(L, 2);
    return is_it;
}

int class_error(lua_State* L, int index)
{
    const int metatable = lua_gettop(L);
    const bool missing = index >= metatable; // the metatable itself stands where the argument should
    lua_getfield(L, metatable, "__name");
    const char* expected = lua_tostring(L, -1);
    lua_getfield(L, metatable, class_generation_key);
    const char* actual = missing ? "no value" : described(L, index, lua_tointeger(L, -1));
    return argument_error(L, index, lua_pushfstring(L, "%s expected, got %s", expected, actual));
}

void push_metatables(lua_State* L, const Generation& generation)
{
    lua_newtable(L);
    lua_pushstring(L, generation.module);
    lua_setfield(L, -2, module_key);
    lua_pushinteger(L, generation.number);
    lua_setfield(L, -2, generation_key);
}

void set_module_state(lua_State* L)
{
    lua_setfield(L, -2, state_key);
}

void define_class(lua_State* L, Class id, const char* name, const luaL_Reg* metamethods)
{
    const int metatables = lua_gettop(L);
    const int metatable = metatables + 1;
    lua_newtable(L);
    lua_getfield(L, metatables, module_key);
    lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), name);
    // Hidden from programs: __gc must not be called while a method runs on the object.
    lua_pushvalue(L, -1);
    lua_setfield(L, metatable, "__metatable");
    lua_setfield(L, metatable, "__name");
    lua_getfield(L, metatables, generation_key);
    lua_setfield(L, metatable, class_generation_key);
    lua_newtable(L);
    lua_setfield(L, metatable, "__index");
    for (; metamethods->name != nullptr; ++metamethods) {
        set_closure(L, metatable, metatable, metatables, metamethods->name, metamethods->func);
    }
    push_classes(L);
    lua_pushvalue(L, metatable);
    lua_pushinteger(L, static_cast<int>(id));
    lua_rawset(L, -3);
    lua_settop(L, metatable);
    lua_rawseti(L, metatables, static_cast<int>(id));
}

void add_methods(lua_State* L, Class id, std::span<const Method> methods)
{
    const int metatables = lua_gettop(L);
    lua_rawgeti(L, metatables, static_cast<int>(id));
    lua_getfield(L, metatables + 1, "__index");
    set_methods(L, metatables + 2, metatables + 1, metatables, methods);
    lua_settop(L, metatables);
}

void add_functions(lua_State* L, Class id, std::span<const Method> functions)
{
    const int metatables = lua_gettop(L);
    lua_rawgeti(L, metatables, static_cast<int>(id));
    set_methods(L, metatables - 1, metatables + 1, metatables, functions);
    lua_settop(L, metatables);
}

void add_functions_for_methods(lua_State* L, Class id, const char* name, std::span<const Method> functions)
{
    const int metatables = lua_gettop(L);
    lua_rawgeti(L, metatables, static_cast<int>(id));
    lua_getfield(L, metatables - 1, name);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    for (const Method& function : functions) {
        push_upvalues(L, metatables + 1, metatables);
        lua_pushstring(L, function.name);
        lua_pushcclosure(L, function.function, 4);
        lua_setfield(L, -2, function.name);
    }
    lua_setfield(L, metatables - 1, name);
    lua_settop(L, metatables);
}

} // namespace llnet
