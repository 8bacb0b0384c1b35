// SPDX-License-Identifier: MIT
#pragma once

// The one file that knows Lua versions: 5.1 (and LuaJIT), 5.2, 5.3, 5.4 and later look the same behind it.

#include <cstdio>
#include <lua.hpp>

#if LUA_VERSION_NUM < 502 && !defined(LUAJIT_VERSION)
// LuaJIT, which loads modules for 5.1, has the one and not the other; 5.1 the reverse.
extern "C" __attribute__((weak)) int lua_isyieldable(lua_State* L);
extern "C" __attribute__((weak)) void lua_setlevel(lua_State* from, lua_State* to);
#endif

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

// A userdata that may get an associated table later.
inline void* new_userdata_for_table(lua_State* L, std::size_t size)
{
#if LUA_VERSION_NUM >= 504
    return lua_newuserdatauv(L, size, 1);
#else
    return lua_newuserdata(L, size);
#endif
}

// Associates the table on top of the stack, which is popped, with the userdata at `index`.
inline void set_associated_table(lua_State* L, int index)
{
#if LUA_VERSION_NUM < 502
    lua_setfenv(L, index);
#else
    lua_setuservalue(L, index);
#endif
}

// Starts or goes on with a coroutine that has `arguments` on its stack, and gives LUA_OK, LUA_YIELD or an error. What
// it returned or yielded is on its stack then.
inline int resume(lua_State* L, lua_State* coroutine, int arguments)
{
#if LUA_VERSION_NUM >= 504
    int results = 0;
    return lua_resume(coroutine, L, arguments, &results);
#elif LUA_VERSION_NUM >= 502
    return lua_resume(coroutine, L, arguments);
#else
    static_cast<void>(L);
    return lua_resume(coroutine, arguments);
#endif
}

// To be called before an error is raised after resume(): that would leave LuaJIT's idea of the running coroutine
// behind, which any call sets right.
inline void regain(lua_State* L)
{
#if LUA_VERSION_NUM < 502
    lua_pushcfunction(L, [](lua_State*) { return 0; });
    lua_call(L, 0, 0);
#else
    static_cast<void>(L);
#endif
}

// To be called before a coroutine resumes another, whose calls of C functions count with its own.
inline void count_nesting(lua_State* L, lua_State* coroutine)
{
#if LUA_VERSION_NUM < 502 && !defined(LUAJIT_VERSION)
    if (lua_setlevel != nullptr) {
        lua_setlevel(L, coroutine);
    }
#else
    static_cast<void>(L); // lua_resume does it
    static_cast<void>(coroutine);
#endif
}

// What tells the globals of L from those of other coroutines.
inline const void* globals_of(lua_State* L)
{
#if LUA_VERSION_NUM < 502
    return lua_topointer(L, LUA_GLOBALSINDEX);
#else
    static_cast<void>(L);
    return nullptr;
#endif
}

// Gives the coroutine at `index` the globals of L, as a new one has them; where they are not the same for all.
inline void inherit_globals(lua_State* L, int index)
{
#if LUA_VERSION_NUM < 502
    if (globals_of(lua_tothread(L, index)) != globals_of(L)) {
        lua_pushvalue(L, index);
        lua_pushvalue(L, LUA_GLOBALSINDEX);
        lua_setfenv(L, -2);
        lua_pop(L, 1);
    }
#else
    static_cast<void>(L);
    static_cast<void>(index);
#endif
}

// Whether the coroutine runs, or has resumed one that does.
inline bool is_active(lua_State* coroutine)
{
    lua_Debug frame;
    return lua_status(coroutine) == 0 && lua_getstack(coroutine, 0, &frame) != 0;
}

// Closes the <close> variables of a coroutine that goes no further. False: it or one of them failed, with the error on
// top of its stack.
inline bool close_coroutine(lua_State* L, lua_State* coroutine)
{
#if LUA_VERSION_RELEASE_NUM >= 50406
    return lua_closethread(coroutine, L) == 0;
#elif LUA_VERSION_NUM >= 504
    static_cast<void>(L);
    return lua_resetthread(coroutine) == 0;
#else
    static_cast<void>(L);
    static_cast<void>(coroutine);
    return true;
#endif
}

// Whether may_yield() tells, at least of a function that a finalizer calls.
inline constexpr bool knows_where_to_yield = LUA_VERSION_NUM != 502;

// Whether a C function may yield which a function of ours in Lua called. Where the version cannot tell, it may:
// lua_yield raises an error then.
inline bool may_yield(lua_State* L)
{
#if LUA_VERSION_NUM >= 503 || defined(LUAJIT_VERSION)
    return lua_isyieldable(L) != 0;
#elif LUA_VERSION_NUM >= 502
    static_cast<void>(L);
    return true;
#else
    if (lua_isyieldable != nullptr) {
        return lua_isyieldable(L) != 0;
    }
    // A C function on the stack (pcall, table.sort, ...) is in the way. Metamethods and iterators are as well, but
    // cannot be seen. The next lua_getstack() would take longer the deeper the stack is, and count each call that a
    // tail call replaced: those of a loop that calls itself never end.
    lua_Debug frame;
    lua_getstack(L, 0, &frame);
    for (frame.i_ci -= 2; frame.i_ci > 0; --frame.i_ci) {
        lua_getinfo(L, "f", &frame); // "S" would tell as well, but it puts together the name of the source
        const bool is_c = lua_iscfunction(L, -1) != 0;
        lua_pop(L, 1);
        if (is_c) {
            return false;
        }
    }
    return true;
#endif
}

// Yields a mark, the address of a static object, from a C function. What the coroutine is resumed with are the
// function's results; where Lua can go on with a C function, `raise_first` looks at them before and may raise an error.
// Where it cannot, see has_continuations.
#if LUA_VERSION_NUM >= 502
inline constexpr bool has_continuations = true;
#else
inline constexpr bool has_continuations = false;
#endif

#if LUA_VERSION_NUM >= 503
template <void (*raise_first)(lua_State*, int)>
int after_yield(lua_State* L, int, lua_KContext before)
{
    raise_first(L, static_cast<int>(before) + 1);
    return lua_gettop(L) - static_cast<int>(before);
}
#elif LUA_VERSION_NUM >= 502
template <void (*raise_first)(lua_State*, int)>
int after_yield(lua_State* L)
{
    int before = 0;
    lua_getctx(L, &before);
    raise_first(L, before + 1);
    return lua_gettop(L) - before;
}
#endif

template <void (*raise_first)(lua_State*, int)>
int yield_mark(lua_State* L, const void* mark)
{
    lua_pushlightuserdata(L, const_cast<void*>(mark));
#if LUA_VERSION_NUM >= 502
    return lua_yieldk(L, 1, lua_gettop(L) - 1, after_yield<raise_first>);
#else
    return lua_yield(L, 1);
#endif
}

// Whether a C function can call one in Lua that waits, and where it stands is told from a finalizer's calls.
inline constexpr bool can_call_what_waits = LUA_VERSION_NUM >= 503;

// Calls the function below so many arguments, which are all that is on the stack, and gives all its results. It may
// wait if can_call_what_waits.
inline int call_for_all(lua_State* L, int arguments)
{
#if LUA_VERSION_NUM >= 503
    lua_callk(L, arguments, LUA_MULTRET, 0, [](lua_State* state, int, lua_KContext) { return lua_gettop(state); });
#else
    lua_call(L, arguments, LUA_MULTRET);
#endif
    return lua_gettop(L);
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
