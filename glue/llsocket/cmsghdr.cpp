// SPDX-License-Identifier: MIT
#include "glue/llsocket/cmsghdr.hpp"

#include <array>

namespace llnet {

namespace {

// SCM_MAX_FD of Linux (unix(7)); the BSDs and macOS take more, but no program may count on it.
constexpr int max_descriptors = 253;

// The message of the object; a finalizer can still reach an object whose own __gc has run.
ControlMessage& check_message(lua_State* L)
{
    const ControlPtr& message = check_self<ControlPtr>(L);
    luaL_argcheck(L, message != nullptr, 1, "object was collected");
    return *message;
}

int push_message(lua_State* L, int level, int type, std::string_view payload)
{
    ControlPtr& made = reserve<ControlPtr>(L);
    const Outcome<> out = work([&] {
        made = std::make_shared<ControlMessage>(level, type, payload);
        return done();
    });
    check_memory(L, out);
    return 1;
}

int new_cmsghdr(lua_State* L)
{
    const int level = check_int(L, 1);
    const int type = check_int(L, 2);
    const std::string_view payload = check_bytes(L, 3);
    if (level == SOL_SOCKET && type == SCM_RIGHTS && payload.size() % sizeof(int) != 0) {
        return argument_error(L, 3, "descriptors expected, a whole number of ints");
    }
    return push_message(L, level, type, payload);
}

int new_rights(lua_State* L)
{
    std::array<int, max_descriptors> fds;
    const int count = lua_gettop(L);
    luaL_argcheck(L, count > 0, 1, "descriptor expected");
    luaL_argcheck(L, count <= max_descriptors, max_descriptors + 1, "at most 253 descriptors go in one message");
    for (int i = 0; i < count; ++i) {
        fds[static_cast<std::size_t>(i)] = check_int(L, i + 1, 0);
    }
    const std::string_view payload(reinterpret_cast<const char*>(fds.data()),
                                   static_cast<std::size_t>(count) * sizeof(int));
    return push_message(L, SOL_SOCKET, SCM_RIGHTS, payload);
}

int cmsghdr_level(lua_State* L)
{
    lua_pushinteger(L, check_message(L).level());
    return 1;
}

int cmsghdr_type(lua_State* L)
{
    lua_pushinteger(L, check_message(L).type());
    return 1;
}

int push_descriptors(lua_State* L, ControlMessage& message)
{
    const int count = static_cast<int>(message.descriptor_count());
    luaL_checkstack(L, count, "too many descriptors");
    for (int i = 0; i < count; ++i) {
        lua_pushinteger(L, message.descriptor(static_cast<std::size_t>(i)));
    }
    message.give_up_descriptors(); // they are the program's now
    return count;
}

int cmsghdr_data(lua_State* L)
{
    ControlMessage& message = check_message(L);
    if (message.has_descriptors()) {
        return push_descriptors(L, message);
    }
    push_filled(L, message.payload().size(),
                [L](std::span<char> into) { return check_message(L).payload().copy(into.data(), into.size()); });
    return 1;
}

int cmsghdr_tostring(lua_State* L)
{
    const ControlMessage& message = check_message(L);
    lua_getfield(L, own_metatable, "__name");
    lua_pushfstring(L, ": level %d type %d, %d bytes", message.level(), message.type(),
                    static_cast<int>(message.payload().size()));
    lua_concat(L, 2);
    return 1;
}

int cmsghdr_equal(lua_State* L)
{
    const ControlPtr* a = test_object<ControlPtr>(L, 1);
    const ControlPtr* b = test_object<ControlPtr>(L, 2);
    lua_pushboolean(L, a != nullptr && b != nullptr && *a == *b);
    return 1;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect<ControlPtr>},
    {"__close", collect<ControlPtr>},
    {"__tostring", cmsghdr_tostring},
    {"__eq", cmsghdr_equal},
    {nullptr, nullptr},
};

constexpr Method methods[] = {
    {"level", cmsghdr_level},
    {"type", cmsghdr_type},
    {"data", cmsghdr_data},
};

constexpr Method functions[] = {
    {"new", new_cmsghdr},
    {"rights", new_rights},
};

} // namespace

void define_cmsghdr(lua_State* L)
{
    define_class(L, Class::cmsghdr, "cmsghdr", metamethods);
    add_methods(L, Class::cmsghdr, methods);
}

void add_cmsghdr(lua_State* L)
{
    add_functions(L, Class::cmsghdr, functions);
}

} // namespace llnet
