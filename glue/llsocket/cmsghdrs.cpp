// SPDX-License-Identifier: MIT
#include "glue/llsocket/cmsghdr.hpp"

namespace llnet {

namespace {

int new_cmsghdrs(lua_State* L)
{
    reserve<Fillable<ControlQueue>>(L);
    return 1;
}

int cmsghdrs_push(lua_State* L)
{
    ControlQueue& self = check_fillable<ControlQueue>(L);
    const ControlPtr& message = check_object<ControlPtr>(L, 2);
    luaL_argcheck(L, message != nullptr, 2, "object was collected");
    const Outcome<> out = work([&] {
        self.push(message);
        return done();
    });
    check_memory(L, out);
    return 0;
}

int cmsghdrs_shift(lua_State* L)
{
    ControlQueue& self = check_self<ControlQueue>(L);
    ControlPtr& first = reserve<ControlPtr>(L); // a finalizer that this runs may shift too
    first = self.shift();
    if (first == nullptr) {
        lua_pushnil(L);
    }
    return 1;
}

int cmsghdrs_length(lua_State* L)
{
    lua_pushinteger(L, static_cast<lua_Integer>(check_self<ControlQueue>(L).size()));
    return 1;
}

int cmsghdrs_tostring(lua_State* L)
{
    const ControlQueue& self = check_self<ControlQueue>(L);
    lua_getfield(L, own_metatable, "__name");
    lua_pushfstring(L, ": %d messages", static_cast<int>(self.size()));
    lua_concat(L, 2);
    return 1;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect_fillable<ControlQueue>},
    {"__close", collect<ControlQueue>},
    {"__len", cmsghdrs_length},
    {"__tostring", cmsghdrs_tostring},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"push", cmsghdrs_push},
    {"shift", cmsghdrs_shift},
};

constexpr Method functions[] = {
    {"new", new_cmsghdrs},
};

} // namespace

void define_cmsghdrs(lua_State* L)
{
    define_class(L, Class::cmsghdrs, "cmsghdrs", metamethods);
    add_methods(L, Class::cmsghdrs, methods);
}

void add_cmsghdrs(lua_State* L)
{
    add_functions(L, Class::cmsghdrs, functions);
}

} // namespace llnet
