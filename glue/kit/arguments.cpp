// SPDX-License-Identifier: MIT
#include "glue/kit/arguments.hpp"

#include <cstdio>
#include <cstring>
#include <sys/socket.h>

namespace llnet {

namespace {

void check_type(lua_State* L, int index, int type)
{
    if (lua_type(L, index) != type) {
        type_error(L, index, lua_typename(L, type));
    }
}

// Key in the registry of the begin of the names of files whose functions are hidden: those of net.
const char hidden_files_key = 0;

// Key in the registry of the set of other functions that are.
const char hidden_functions_key = 0;

bool is_hidden_function(lua_State* L, lua_Debug& frame)
{
    const int top = lua_gettop(L);
    push_registry(L, &hidden_functions_key);
    lua_getinfo(L, "f", &frame);
    const bool is_hidden = lua_istable(L, -2) && (lua_rawget(L, -2), lua_toboolean(L, -1) != 0);
    lua_settop(L, top);
    return is_hidden;
}

// Where on the stack the function is that the program knows as the caller: behind hidden ones, and on Lua 5.1 behind
// entries for tail calls.
int level_of_caller(lua_State* L)
{
    push_registry(L, &hidden_files_key);
    const char* files = lua_tostring(L, -1); // the registry keeps it
    lua_pop(L, 1);
    const std::size_t length = files != nullptr ? std::strlen(files) : 0;
    int level = 1;
    lua_Debug caller;
    while (lua_getstack(L, level, &caller) != 0 && lua_getinfo(L, "S", &caller) != 0 &&
           (std::strcmp(caller.source, hidden_chunk) == 0 || std::strcmp(caller.what, "tail") == 0 ||
            (length > 0 && std::strncmp(caller.source, files, length) == 0) || is_hidden_function(L, caller))) {
        ++level;
    }
    return level;
}

int raise_argument_error(lua_State* L, int index, const char* name, const char* message)
{
    return raise_error(L, "bad argument #%d to '%s' (%s)", index, name, message);
}

// luaL_argerror of a function that a hidden one called.
int argument_error_of_hidden(lua_State* L, int index, const char* message)
{
    lua_Debug self;
    lua_getstack(L, 0, &self);
    lua_getinfo(L, "n", &self);
    const bool is_method = std::strcmp(self.namewhat, "method") == 0;
    return raise_argument_error(L, is_method ? index - 1 : index, self.name != nullptr ? self.name : "?", message);
}

} // namespace

void push_position(lua_State* L)
{
    luaL_where(L, level_of_caller(L));
}

int argument_error(lua_State* L, int index, const char* message)
{
    if (lua_type(L, method_name) == LUA_TSTRING) {
        const int before = lua_istable(L, 1) ? 1 : 2; // of the program's own
        return raise_argument_error(L, index - before, lua_tostring(L, method_name), message);
    }
    if (level_of_caller(L) > 1) {
        return argument_error_of_hidden(L, index, message);
    }
    return luaL_argerror(L, index, message);
}

void hide_files(lua_State* L, int index)
{
    lua_pushvalue(L, index);
    store_in_registry(L, &hidden_files_key);
}

void hide_functions(lua_State* L, int index)
{
    lua_pushvalue(L, index);
    store_in_registry(L, &hidden_functions_key);
}

const char* value_type(lua_State* L, int index)
{
    if (luaL_getmetafield(L, index, "__name") != 0 && lua_type(L, -1) == LUA_TSTRING) {
        return lua_tostring(L, -1);
    }
    return luaL_typename(L, index);
}

int type_error(lua_State* L, int index, const char* expected)
{
    return argument_error(L, index, lua_pushfstring(L, "%s expected, got %s", expected, value_type(L, index)));
}

long long check_integer(lua_State* L, int index, long long min, long long max)
{
    long long value = 0;
    if (lua_type(L, index) != LUA_TNUMBER) {
        type_error(L, index, "integer");
    }
    if (!to_integer(L, index, value)) {
        argument_error(L, index, "number has no integer representation");
    }
    if (value < min || value > max) {
        char text[80];
        std::snprintf(text, sizeof text, "out of range (%lld to %lld)", min, max);
        argument_error(L, index, text);
    }
    return value;
}

int opt_int(lua_State* L, int index, int fallback, int min, int max)
{
    return is_absent(L, index) ? fallback : check_int(L, index, min, max);
}

std::size_t check_size(lua_State* L, int index)
{
    return static_cast<std::size_t>(check_integer(L, index, 0, INT_MAX));
}

std::size_t opt_size(lua_State* L, int index, std::size_t fallback)
{
    return is_absent(L, index) ? fallback : check_size(L, index);
}

double check_duration(lua_State* L, int index)
{
    check_type(L, index, LUA_TNUMBER);
    const auto value = static_cast<double>(lua_tonumber(L, index));
    if (!(value >= 0 && value <= INT_MAX)) { // also true for NaN
        argument_error(L, index, lua_pushfstring(L, "out of range (0 to %d)", INT_MAX));
    }
    return value;
}

bool check_boolean(lua_State* L, int index)
{
    check_type(L, index, LUA_TBOOLEAN);
    return lua_toboolean(L, index) != 0;
}

bool opt_boolean(lua_State* L, int index, bool fallback)
{
    return is_absent(L, index) ? fallback : check_boolean(L, index);
}

std::string_view check_bytes(lua_State* L, int index)
{
    check_type(L, index, LUA_TSTRING);
    std::size_t size = 0;
    const char* data = lua_tolstring(L, index, &size);
    return {data, size};
}

const char* check_text(lua_State* L, int index)
{
    const std::string_view bytes = check_bytes(L, index);
    if (std::memchr(bytes.data(), 0, bytes.size()) != nullptr) {
        argument_error(L, index, "string contains NUL");
    }
    return bytes.data();
}

const char* opt_text(lua_State* L, int index)
{
    return is_absent(L, index) ? nullptr : check_text(L, index);
}

int check_flags(lua_State* L, int first)
{
    int flags = 0;
    const int last = lua_gettop(L);
    for (int index = first; index <= last; ++index) {
        flags |= opt_int(L, index, 0);
    }
    return flags;
}

int check_how(lua_State* L, int index)
{
    const int how = check_int(L, index);
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
        argument_error(L, index, "SHUT_RD, SHUT_WR or SHUT_RDWR expected");
    }
    return how;
}

} // namespace llnet
