// SPDX-License-Identifier: MIT
#include "glue/llsocket/msghdr.hpp"

#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/cmsghdr.hpp"
#include "glue/llsocket/iovec.hpp"

namespace llnet {

namespace {

int new_msghdr(lua_State* L)
{
    lua_createtable(L, 3, 0);
    new (new_userdata_with_table(L, sizeof(MessageHeader))) MessageHeader();
    push_metatable(L, Class::msghdr);
    lua_setmetatable(L, -2);
    return 1;
}

// Reads a slot or, when there is an argument (nil as well), which `check` looks at, replaces it; the answer is what was
// there.
template <class Check>
int exchange_slot(lua_State* L, MessageSlot slot, Check check)
{
    const bool sets = lua_gettop(L) > 1;
    if (sets) {
        if (!lua_isnil(L, 2)) {
            check(L, 2);
        }
        lua_settop(L, 2);
    }
    push_associated_table(L, 1);
    const int table = lua_gettop(L);
    lua_rawgeti(L, table, static_cast<int>(slot));
    if (sets) {
        lua_pushvalue(L, 2);
        lua_rawseti(L, table, static_cast<int>(slot));
    }
    return 1;
}

int msghdr_name(lua_State* L)
{
    check_self<MessageHeader>(L);
    return exchange_slot(L, MessageSlot::name, check_object<AddressBox>);
}

int msghdr_iov(lua_State* L)
{
    check_self<MessageHeader>(L);
    return exchange_slot(L, MessageSlot::iov, check_any_vector);
}

int msghdr_control(lua_State* L)
{
    check_self<MessageHeader>(L);
    return exchange_slot(L, MessageSlot::control, check_object<ControlQueue>);
}

int msghdr_flags(lua_State* L)
{
    lua_pushinteger(L, check_self<MessageHeader>(L).flags);
    return 1;
}

lua_Integer vector_bytes(lua_State* L)
{
    push_associated_table(L, 1);
    const IoVector* vector = slot_object<IoVector>(L, MessageSlot::iov);
    lua_pop(L, 1);
    return vector != nullptr ? static_cast<lua_Integer>(vector->bytes()) : 0;
}

int msghdr_bytes(lua_State* L)
{
    check_self<MessageHeader>(L);
    lua_pushinteger(L, vector_bytes(L));
    return 1;
}

int msghdr_tostring(lua_State* L)
{
    check_self<MessageHeader>(L);
    lua_getfield(L, own_metatable, "__name");
    lua_pushliteral(L, ": ");
    lua_pushinteger(L, vector_bytes(L));
    lua_pushliteral(L, " bytes");
    lua_concat(L, 4);
    return 1;
}

constexpr luaL_Reg metamethods[] = {
    {"__close", leave_scope<MessageHeader>},
    {"__tostring", msghdr_tostring},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"name", msghdr_name},   {"iov", msghdr_iov},     {"control", msghdr_control},
    {"flags", msghdr_flags}, {"bytes", msghdr_bytes},
};

constexpr Method functions[] = {
    {"new", new_msghdr},
};

} // namespace

void define_msghdr(lua_State* L)
{
    define_class(L, Class::msghdr, "msghdr", metamethods);
    add_methods(L, Class::msghdr, methods);
}

void add_msghdr(lua_State* L)
{
    add_functions(L, Class::msghdr, functions);
}

} // namespace llnet
