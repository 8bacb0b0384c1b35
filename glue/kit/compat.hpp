// SPDX-License-Identifier: MIT
#pragma once

// The one file that knows Lua versions: 5.1 (and LuaJIT), 5.2, 5.3, 5.4 and later look the same behind it.

#include <cstdio>
#include <lua.hpp>

namespace llnet {

#if LUA_VERSION_NUM < 502
inline std::size_t raw_length(lua_State* L, int index)
{
    return lua_objlen(L, index);
}
#else
inline std::size_t raw_length(lua_State* L, int index)
{
    return lua_rawlen(L, index);
}
#endif

// A userdata without an associated value.
inline void* new_userdata(lua_State* L, std::size_t size)
{
#if LUA_VERSION_NUM >= 504
    return lua_newuserdatauv(L, size, 0);
#else
    return lua_newuserdata(L, size);
#endif
}

// A userdata whose associated value is the table on top of the stack, which it replaces.
inline void* new_userdata_with_table(lua_State* L, std::size_t size)
{
#if LUA_VERSION_NUM >= 504
    void* memory = lua_newuserdatauv(L, size, 1);
#else
    void* memory = lua_newuserdata(L, size);
#endif
    lua_insert(L, -2);
#if LUA_VERSION_NUM < 502
    lua_setfenv(L, -2);
#else
    lua_setuservalue(L, -2);
#endif
    return memory;
}

// Pushes the table that new_userdata_with_table associated.
inline void push_associated_table(lua_State* L, int index)
{
#if LUA_VERSION_NUM < 502
    lua_getfenv(L, index);
#else
    lua_getuservalue(L, index);
#endif
}

// The integer at `index`, which is a number; false if it is not a whole one that all versions hold exactly.
inline bool to_integer(lua_State* L, int index, long long& value)
{
#if LUA_VERSION_NUM >= 503
    int exact = 0;
    value = lua_tointegerx(L, index, &exact);
    return exact != 0;
#else
    constexpr lua_Number limit = 9007199254740992.0; // 2^53
    const lua_Number number = lua_tonumber(L, index);
    if (!(number >= -limit && number <= limit)) { // also false for NaN
        return false;
    }
    value = static_cast<long long>(number);
    return static_cast<lua_Number>(value) == number;
#endif
}

// Tells the collector of memory outside Lua that is about to be used, by garbage of the same size: unlike a step that
// is asked for (LUA_GCSTEP), this is safe in a finalizer and leaves a collector alone that the program stopped. Memory
// that is never written to costs address space only. Finalizers may run.
inline void announce_memory(lua_State* L, std::size_t bytes)
{
    constexpr std::size_t most = 1024UL * 1024; // enough to make the collector work; some Luas can have little memory
    if (bytes >= 1024) {
        new_userdata(L, bytes < most ? bytes : most);
        lua_pop(L, 1);
    }
}

// registry[key] by address; `key` is a static object.
inline void push_registry(lua_State* L, const void* key)
{
    lua_pushlightuserdata(L, const_cast<void*>(key));
    lua_rawget(L, LUA_REGISTRYINDEX);
}

// registry[key] = the value on top of the stack, which stays.
inline void store_in_registry(lua_State* L, const void* key)
{
    lua_pushlightuserdata(L, const_cast<void*>(key));
    lua_pushvalue(L, -2);
    lua_rawset(L, LUA_REGISTRYINDEX);
}

// The C stream of a file handle of Lua's io library that is known to be one; nullptr if it is closed.
inline std::FILE* stream_of(void* handle)
{
#if LUA_VERSION_NUM < 502
    return *static_cast<std::FILE**>(handle);
#else
    const auto* stream = static_cast<luaL_Stream*>(handle);
    return stream->closef != nullptr ? stream->f : nullptr;
#endif
}

} // namespace llnet
