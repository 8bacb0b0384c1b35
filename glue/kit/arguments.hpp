// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/compat.hpp"

#include <climits>
#include <string_view>

namespace llnet {

// Reading of arguments. Each function raises an argument error in Lua's own form when the value is not what it wants;
// nothing is converted between strings and numbers.

// What the value at `index` is, for a message: its class's name (which may be pushed) or its type.
const char* value_type(lua_State* L, int index);

// The name of the chunk of Lua functions that hand their arguments on to a C function and are not to be seen in errors.
inline constexpr const char* hidden_chunk = "=net.loop";

// The upvalue of a function that methods in Lua call with two arguments of theirs before those of the program, or that
// is itself the method of a table: the name of the method, for errors, which count from the program's first.
inline constexpr int method_name = lua_upvalueindex(4);

// Hides all functions of files as well, the sources of which begin with the string at `index`.
void hide_files(lua_State* L, int index);

// The same for those that are keys of the table at `index`.
void hide_functions(lua_State* L, int index);

// luaL_where for the caller of a C function, whom a hidden function may have called.
void push_position(lua_State* L);

// luaL_error, with that position.
template <class... Values>
[[gnu::cold]] int raise_error(lua_State* L, const char* format, Values... values)
{
    push_position(L);
    lua_pushfstring(L, format, values...);
    lua_concat(L, 2);
    return lua_error(L);
}

// luaL_argerror, with that position.
[[gnu::cold]] int argument_error(lua_State* L, int index, const char* message);

// Raises "X expected, got Y".
[[gnu::cold]] int type_error(lua_State* L, int index, const char* expected);

// Whether the optional argument is missing or nil.
inline bool is_absent(lua_State* L, int index)
{
    return lua_type(L, index) <= LUA_TNIL;
}

long long check_integer(lua_State* L, int index, long long min, long long max);

inline int check_int(lua_State* L, int index, int min = INT_MIN, int max = INT_MAX)
{
    return static_cast<int>(check_integer(L, index, min, max));
}

int opt_int(lua_State* L, int index, int fallback, int min = INT_MIN, int max = INT_MAX);

// A number of bytes: 0 to INT_MAX, more than which no system call moves at once.
std::size_t check_size(lua_State* L, int index);
std::size_t opt_size(lua_State* L, int index, std::size_t fallback);

// A finite number from 0 to INT_MAX, with its fraction.
double check_duration(lua_State* L, int index);

bool check_boolean(lua_State* L, int index);
bool opt_boolean(lua_State* L, int index, bool fallback);

std::string_view check_bytes(lua_State* L, int index);

// A string without NULs, as the C library wants it; the optional one is nullptr when absent.
const char* check_text(lua_State* L, int index);
const char* opt_text(lua_State* L, int index);

// The flags from `first` to the last argument, OR-ed; nil counts as none.
int check_flags(lua_State* L, int first);

// SHUT_RD, SHUT_WR or SHUT_RDWR.
int check_how(lua_State* L, int index);

} // namespace llnet
