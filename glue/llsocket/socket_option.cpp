// SPDX-License-Identifier: MIT
#include "core/sock/option.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

namespace {

int push_boolean(lua_State* L, bool value)
{
    lua_pushboolean(L, value);
    return 1;
}

template <class Face>
int push_option(lua_State* L, OptionKind kind, const OptionValue& value)
{
    switch (kind) {
    case OptionKind::boolean:
        return push_boolean(L, value.integer != 0);
    case OptionKind::integer:
        lua_pushinteger(L, value.integer);
        break;
    case OptionKind::linger:
        Face::push_linger(L, value.integer);
        break;
    case OptionKind::seconds:
        lua_pushnumber(L, static_cast<lua_Number>(value.seconds));
        break;
    case OptionKind::interface_name:
        if (value.size == 0) {
            lua_pushnil(L);
            break;
        }
        [[fallthrough]];
    case OptionKind::bytes:
        lua_pushlstring(L, value.text, value.size);
        break;
    }
    return 1;
}

void copy_text(std::string_view text, OptionValue& value)
{
    value.size = text.copy(value.text, sizeof value.text - 1);
}

std::string_view check_option_bytes(lua_State* L, int index, const OptionRow& row)
{
    const std::string_view bytes = check_text(L, index);
    if (bytes.size() > static_cast<std::size_t>(row.max)) {
        luaL_argerror(L, index, lua_pushfstring(L, "string too long (at most %d bytes)", row.max));
    }
    return bytes;
}

OptionValue check_option(lua_State* L, int index, const OptionRow& row)
{
    OptionValue value;
    if (row.access == OptionAccess::read_only) {
        luaL_argerror(L, index, "the option can only be read");
    }
    switch (row.kind) {
    case OptionKind::boolean:
        value.integer = check_boolean(L, index) ? 1 : 0;
        break;
    case OptionKind::integer:
    case OptionKind::linger:
        value.integer = check_int(L, index, row.min, row.max);
        break;
    case OptionKind::seconds:
        value.seconds = check_duration(L, index);
        break;
    case OptionKind::interface_name:
        copy_text(check_interface(L, index), value);
        break;
    case OptionKind::bytes:
        copy_text(check_option_bytes(L, index, row), value);
        break;
    }
    return value;
}

// The method of one option row, whose number is the third upvalue.
template <class Face>
int socket_option(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const OptionRow& row = option_rows()[static_cast<std::size_t>(lua_tointeger(L, lua_upvalueindex(3)))];
    const bool sets = !is_absent(L, 2);
    const OptionValue wanted = sets ? check_option(L, 2, row) : OptionValue{};
    const Outcome<OptionValue> out = Face::change(
        sets, [&] { return get_option(sys::host(), self, row); },
        [&] { return set_option(sys::host(), self, row, wanted); });
    return Face::value(L, row.name, out,
                       [&](const OptionValue& value) { return push_option<Face>(L, row.kind, value); });
}

using Getter = Outcome<bool> (*)(const sys::System&, int) noexcept;
using Setter = Outcome<> (*)(const sys::System&, int, bool) noexcept;

// A flag of the descriptor itself.
template <class Face>
int descriptor_flag(lua_State* L, const char* method, Getter get, Setter set)
{
    const int fd = check_socket<Face>(L).fd;
    const bool sets = !is_absent(L, 2);
    const bool wanted = sets && check_boolean(L, 2);
    const Outcome<bool> out = Face::change(
        sets, [&] { return get(sys::host(), fd); }, [&] { return set(sys::host(), fd, wanted); });
    return Face::value(L, method, out, [L](bool value) { return push_boolean(L, value); });
}

template <class Face>
int socket_cloexec(lua_State* L)
{
    return descriptor_flag<Face>(L, "cloexec", close_on_exec, set_close_on_exec);
}

template <class Face>
int socket_nonblock(lua_State* L)
{
    return descriptor_flag<Face>(L, "nonblock", nonblock, set_nonblock);
}

template <class Face>
constexpr Method methods[] = {
    {"cloexec", socket_cloexec<Face>, 1},
    {"nonblock", socket_nonblock<Face>, 1},
};

// What generations call the method of an option row.
struct OptionMethod {
    int since;
    const char* first_name; // in generation 1; nullptr if it has none
};

constexpr OptionMethod option_names[] = {
#include "glue/llsocket/option_methods.inc"
};

} // namespace

template <class Face>
std::span<const Method> option_methods()
{
    return methods<Face>;
}

template <class Face>
void add_option_rows(lua_State* L, int target, int metatable, int metatables)
{
    lua_Integer number = 0;
    for (const OptionMethod& names : option_names) {
        const OptionRow& row = option_rows()[static_cast<std::size_t>(number)];
        if (names.since <= Face::generation.number) {
            lua_pushvalue(L, metatable);
            lua_pushvalue(L, metatables);
            lua_pushinteger(L, number);
            lua_pushcclosure(L, socket_option<Face>, 3);
            lua_setfield(L, target, Face::generation.number == 1 ? names.first_name : row.name);
        }
        ++number;
    }
}

template std::span<const Method> option_methods<Numbers>();
template std::span<const Method> option_methods<Strings2>();
template std::span<const Method> option_methods<Strings3>();
template std::span<const Method> option_methods<Objects>();

template void add_option_rows<Numbers>(lua_State*, int, int, int);
template void add_option_rows<Strings2>(lua_State*, int, int, int);
template void add_option_rows<Strings3>(lua_State*, int, int, int);
template void add_option_rows<Objects>(lua_State*, int, int, int);

} // namespace llnet
