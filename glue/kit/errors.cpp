// SPDX-License-Identifier: MIT
#include "glue/kit/errors.hpp"

#include <charconv>

namespace llnet {

namespace {

// What errors are told apart by; `err.type` and the fields of the module "errno" are such objects.
struct ErrorType {
    ErrorKind kind = ErrorKind::system;
    int code = 0;
};

// An error object; the texts follow it in the same userdata, first the method, then the call.
struct ErrorBox {
    ErrorType type;
    std::size_t method_size = 0;
    std::size_t op_size = 0;

    [[nodiscard]] char* texts() { return reinterpret_cast<char*>(this + 1); }
    [[nodiscard]] std::string_view method() { return {texts(), method_size}; }
    [[nodiscard]] std::string_view op() { return {texts() + method_size, op_size}; }
};

} // namespace

template <>
struct ClassOf<ErrorType> {
    static constexpr Class id = Class::errno_value;
};

namespace {

// Key of the error types by name in the table of all metatables.
constexpr const char* types_key = "error types";

void push_name(lua_State* L, ErrorType type)
{
    const char* name = error_name(type.kind, type.code);
    if (name != nullptr) {
        lua_pushstring(L, name);
    } else {
        lua_pushfstring(L, "E%d", type.code);
    }
}

void push_message(lua_State* L, ErrorType type)
{
    char buffer[256];
    lua_pushstring(L, error_message(type.kind, type.code, buffer));
}

void push_new_type(lua_State* L, int metatables, ErrorType type)
{
    new (new_userdata(L, sizeof type)) ErrorType(type);
    lua_rawgeti(L, metatables, static_cast<int>(Class::errno_value));
    lua_setmetatable(L, -2);
}

// The one object of a type that the platform names, or a fresh one.
void push_type(lua_State* L, ErrorType type)
{
    lua_getfield(L, all_metatables, types_key);
    push_name(L, type);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        push_new_type(L, all_metatables, type);
    }
}

// The fields that errors and error types share.
bool push_type_field(lua_State* L, ErrorType type, std::string_view field)
{
    if (field == "code") {
        lua_pushinteger(L, type.code);
    } else if (field == "name") {
        push_name(L, type);
    } else if (field == "message") {
        push_message(L, type);
    } else {
        return false;
    }
    return true;
}

std::string_view field_name(lua_State* L)
{
    std::size_t size = 0;
    const char* data = lua_type(L, 2) == LUA_TSTRING ? lua_tolstring(L, 2, &size) : "";
    return {data, size};
}

int error_index(lua_State* L)
{
    ErrorBox& box = check_self<ErrorBox>(L);
    const std::string_view field = field_name(L);
    if (field == "type") {
        push_type(L, box.type);
    } else if (field == "op") {
        lua_pushlstring(L, box.op().data(), box.op().size());
    } else if (field == "method") {
        lua_pushlstring(L, box.method().data(), box.method().size());
    } else if (!push_type_field(L, box.type, field)) {
        lua_pushnil(L);
    }
    return 1;
}

int error_tostring(lua_State* L)
{
    ErrorBox& box = check_self<ErrorBox>(L);
    lua_pushliteral(L, "in method '");
    lua_pushlstring(L, box.method().data(), box.method().size());
    lua_pushliteral(L, "': ");
    push_error_text(L, box.type.kind, box.type.code, box.op());
    lua_concat(L, 4);
    return 1;
}

// tostring() of the operand at `index`, which is an error or what may be concatenated with strings.
void push_operand(lua_State* L, int index)
{
    if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER) {
        lua_pushvalue(L, index);
    } else if (luaL_callmeta(L, index, "__tostring") == 0) {
        luaL_error(L, "attempt to concatenate a %s value with an error", luaL_typename(L, index));
    }
}

int error_concat(lua_State* L)
{
    push_operand(L, 1);
    push_operand(L, 2);
    lua_concat(L, 2);
    return 1;
}

int refuse_assignment(lua_State* L)
{
    return luaL_error(L, "an error object cannot be changed");
}

int type_index(lua_State* L)
{
    const ErrorType type = check_self<ErrorType>(L);
    if (!push_type_field(L, type, field_name(L))) {
        lua_pushnil(L);
    }
    return 1;
}

int type_tostring(lua_State* L)
{
    const ErrorType type = check_self<ErrorType>(L);
    lua_pushliteral(L, "[");
    push_name(L, type);
    lua_pushfstring(L, ":%d] ", type.code);
    push_message(L, type);
    lua_concat(L, 4);
    return 1;
}

int type_equal(lua_State* L)
{
    const ErrorType* a = test_object<ErrorType>(L, 1);
    const ErrorType* b = test_object<ErrorType>(L, 2);
    lua_pushboolean(L, a != nullptr && b != nullptr && a->kind == b->kind && a->code == b->code);
    return 1;
}

// Splits off the text up to `close`, which follows `open` at the start; false if it is not so.
bool take_bracketed(std::string_view& text, char open, char close, std::string_view& inner)
{
    const std::size_t end = text.find(close);
    if (!text.starts_with(open) || end == std::string_view::npos) {
        return false;
    }
    inner = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    return true;
}

std::string_view take_method(std::string_view& text)
{
    constexpr std::string_view prefix = "in method '";
    if (!text.starts_with(prefix)) {
        return {};
    }
    text.remove_prefix(prefix.size());
    const std::size_t end = text.find("': ");
    if (end == std::string_view::npos) {
        return {};
    }
    const std::string_view method = text.substr(0, end);
    text.remove_prefix(end + 3);
    return method;
}

// The type that push_name gave this name; a code that the platform does not name is "E524".
bool find_type(std::string_view name, ErrorType& type)
{
    const ErrorRow* row = find_error(name, type.kind);
    if (row != nullptr) {
        type.code = row->code;
        return true;
    }
    const char* end = name.data() + name.size();
    return name.starts_with('E') && std::from_chars(name.data() + 1, end, type.code).ptr == end && type.code > 0;
}

int errno_parse(lua_State* L)
{
    std::string_view text = check_bytes(L, 1);
    const std::string_view method = take_method(text);
    std::string_view name_and_code;
    std::string_view op;
    if (!take_bracketed(text, '[', ']', name_and_code) || !take_bracketed(text, '[', ']', op)) {
        lua_pushnil(L);
        return 1;
    }
    ErrorType type;
    if (!find_type(name_and_code.substr(0, name_and_code.find(':')), type)) {
        lua_pushnil(L);
        return 1;
    }
    push_error(L, method.empty() ? op : method, type.kind, type.code, op);
    return 1;
}

constexpr luaL_Reg error_metamethods[] = {
    {"__index", error_index},       {"__close", leave_scope<ErrorBox>}, {"__newindex", refuse_assignment},
    {"__tostring", error_tostring}, {"__concat", error_concat},         {nullptr, nullptr},
};

constexpr luaL_Reg type_metamethods[] = {
    {"__index", type_index},
    {"__close", leave_scope<ErrorType>},
    {"__newindex", refuse_assignment},
    {"__tostring", type_tostring},
    {"__eq", type_equal},
    {nullptr, nullptr},
};

constexpr Method errno_functions[] = {
    {"parse", errno_parse},
};

// Adds the types of one kind to the table at `types`, an alias as the object of its canonical name.
void add_types(lua_State* L, int types, int metatables, ErrorKind kind)
{
    for (const ErrorRow& row : error_rows(kind)) {
        lua_getfield(L, types, error_name(kind, row.code));
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            push_new_type(L, metatables, {kind, row.code});
        }
        lua_setfield(L, types, row.name);
    }
}

} // namespace

void push_error(lua_State* L, std::string_view method, ErrorKind kind, int code, std::string_view op)
{
    void* memory = new_userdata(L, sizeof(ErrorBox) + method.size() + op.size());
    auto* box = new (memory) ErrorBox{{kind, code}, method.size(), op.size()};
    method.copy(box->texts(), method.size());
    op.copy(box->texts() + method.size(), op.size());
    push_metatable(L, Class::error);
    lua_setmetatable(L, -2);
}

void push_error_text(lua_State* L, ErrorKind kind, int code, std::string_view op)
{
    lua_pushliteral(L, "[");
    push_name(L, {kind, code});
    lua_pushfstring(L, ":%d][", code);
    lua_pushlstring(L, op.data(), op.size());
    lua_pushliteral(L, "] ");
    push_message(L, {kind, code});
    lua_concat(L, 6);
}

void define_error_classes(lua_State* L)
{
    define_class(L, Class::error, "error", error_metamethods);
    define_class(L, Class::errno_value, "errno", type_metamethods);
    const int metatables = lua_gettop(L);
    lua_newtable(L);
    add_types(L, metatables + 1, metatables, ErrorKind::system);
    add_types(L, metatables + 1, metatables, ErrorKind::resolver);
    add_types(L, metatables + 1, metatables, ErrorKind::tls);
    lua_setfield(L, metatables, types_key);
}

void add_errno(lua_State* L)
{
    const int metatables = lua_gettop(L);
    const int module = metatables - 1;
    add_functions(L, Class::errno_value, errno_functions);
    lua_getfield(L, metatables, types_key);
    for (const ErrorKind kind : {ErrorKind::system, ErrorKind::resolver, ErrorKind::tls}) {
        for (const ErrorRow& row : error_rows(kind)) {
            lua_getfield(L, -1, row.name);
            if (kind == ErrorKind::system) { // EAI codes overlap errnos on some systems: by name only
                lua_pushvalue(L, -1);
                lua_rawseti(L, module, row.code);
            }
            lua_setfield(L, module, row.name);
        }
    }
    lua_settop(L, metatables);
}

} // namespace llnet
