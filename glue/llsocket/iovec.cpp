// SPDX-License-Identifier: MIT
#include "glue/llsocket/iovec.hpp"

#include "glue/faces/objects.hpp"
#include "glue/faces/strings.hpp"

#include <algorithm>
#include <climits>

namespace llnet {

namespace {

// Elements are numbered from 1 in Lua.
void push_index(lua_State* L, std::size_t number)
{
    lua_pushinteger(L, static_cast<lua_Integer>(number) + 1);
}

// Copies as much of an element as there is, if there is one.
std::size_t copy_element(const IoVector& vector, std::size_t number, std::span<char> into)
{
    return number < vector.count() ? vector.get(number).copy(into.data(), into.size()) : 0;
}

// The number of the element that the argument names, or count() if there is none.
std::size_t check_element(lua_State* L, int index, const IoVector& vector)
{
    const long long number = check_integer(L, index, 1, INT_MAX) - 1;
    return std::min(static_cast<std::size_t>(number), vector.count());
}

// The optional range at `index` (offset from 0) and `index` + 1 (bytes, all by default).
struct Range {
    std::size_t offset;
    std::size_t count;
};

Range opt_range(lua_State* L, int index, const IoVector& vector)
{
    const std::size_t total = vector.bytes();
    const std::size_t offset = std::min(opt_size(L, index, 0), total);
    const std::size_t count = std::min(opt_size(L, index + 1, total), total - offset);
    return {offset, count};
}

int new_iovec(lua_State* L)
{
    reserve<Fillable<IoVector>>(L);
    return 1;
}

template <class Face>
int push_added(lua_State* L, const char* method, const Outcome<std::size_t>& out)
{
    return Face::value(L, method, out, [L](std::size_t number) {
        push_index(L, number);
        return 1;
    });
}

template <class Face>
int iovec_add(lua_State* L)
{
    IoVector& self = check_fillable<IoVector>(L);
    const std::string_view bytes = check_bytes(L, 2);
    announce_memory(L, bytes.size());
    return push_added<Face>(L, "add", work([&] { return self.add(bytes); }));
}

template <class Face>
int iovec_addn(lua_State* L)
{
    IoVector& self = check_fillable<IoVector>(L);
    const std::size_t size = check_size(L, 2);
    announce_memory(L, size);
    return push_added<Face>(L, "addn", work([&] { return self.add_room(size); }));
}

template <class Face>
int iovec_set(lua_State* L)
{
    IoVector& self = check_self<IoVector>(L);
    const std::string_view bytes = check_bytes(L, 2);
    const std::size_t number = check_element(L, 3, self);
    if (number == self.count()) {
        lua_pushboolean(L, 0);
        return 1;
    }
    return Face::success(L, "set", work([&] { return self.set(number, bytes); }));
}

int iovec_get(lua_State* L)
{
    const IoVector& self = check_self<IoVector>(L);
    const std::size_t number = check_element(L, 2, self);
    if (number == self.count()) {
        lua_pushnil(L);
        return 1;
    }
    push_filled(L, self.get(number).size(), [&](std::span<char> into) { return copy_element(self, number, into); });
    return 1;
}

int iovec_del(lua_State* L)
{
    IoVector& self = check_self<IoVector>(L);
    const std::size_t number = check_element(L, 2, self);
    if (number == self.count()) {
        lua_pushnil(L);
        return 1;
    }
    std::size_t moved = 0; // from where; never 0
    push_filled(L, self.get(number).size(), [&](std::span<char> into) {
        const std::size_t size = copy_element(self, number, into);
        if (number < self.count()) {
            self.remove(number);
            moved = number < self.count() ? self.count() : 0;
        }
        return size;
    });
    if (moved == 0) {
        return 1;
    }
    push_index(L, moved);
    return 2;
}

int iovec_bytes(lua_State* L)
{
    lua_pushinteger(L, static_cast<lua_Integer>(check_self<IoVector>(L).bytes()));
    return 1;
}

int iovec_consume(lua_State* L)
{
    IoVector& self = check_self<IoVector>(L);
    self.consume(check_size(L, 2));
    lua_pushinteger(L, static_cast<lua_Integer>(self.bytes()));
    return 1;
}

int iovec_concat(lua_State* L)
{
    const IoVector& self = check_self<IoVector>(L);
    const Range range = opt_range(L, 2, self);
    push_filled(L, range.count, [&](std::span<char> into) { return self.copy(range.offset, into); });
    return 1;
}

template <class Face>
int iovec_writev(lua_State* L)
{
    IoVector& self = check_self<IoVector>(L);
    const int fd = check_int(L, 2, 0);
    const Range range = opt_range(L, 3, self);
    const Outcome<std::size_t> out = write_vector(sys::host(), fd, self, range.offset, range.count);
    return Face::written(L, "writev", out, range.count);
}

template <class Face>
int iovec_readv(lua_State* L)
{
    IoVector& self = check_self<IoVector>(L);
    const int fd = check_int(L, 2, 0);
    const Range range = opt_range(L, 3, self);
    const Outcome<std::size_t> out = read_vector(sys::host(), fd, self, range.offset, range.count);
    const bool is_empty = out.done() && out.value == 0; // an empty datagram is whole
    return is_empty ? Face::counted(L, 0, false) : Face::count(L, "readv", out, range.count);
}

int iovec_length(lua_State* L)
{
    lua_pushinteger(L, static_cast<lua_Integer>(check_self<IoVector>(L).count()));
    return 1;
}

int iovec_tostring(lua_State* L)
{
    const IoVector& self = check_self<IoVector>(L);
    lua_getfield(L, own_metatable, "__name");
    lua_pushfstring(L, ": %d elements, ", static_cast<int>(self.count()));
    lua_pushinteger(L, static_cast<lua_Integer>(self.bytes()));
    lua_pushliteral(L, " bytes");
    lua_concat(L, 4);
    return 1;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect_fillable<IoVector>},
    {"__close", collect<IoVector>},
    {"__len", iovec_length},
    {"__tostring", iovec_tostring},
    {nullptr, nullptr},
};

template <class Face>
constexpr Method methods[] = {
    {"add", iovec_add<Face>},     {"addn", iovec_addn<Face>}, {"set", iovec_set<Face>},
    {"get", iovec_get},           {"del", iovec_del},         {"bytes", iovec_bytes},
    {"consume", iovec_consume},   {"concat", iovec_concat},   {"writev", iovec_writev<Face>},
    {"readv", iovec_readv<Face>},
};

constexpr Method functions[] = {
    {"new", new_iovec},
};

} // namespace

template <class Face>
void define_iovec(lua_State* L)
{
    define_class(L, Class::iovec, "iovec", metamethods);
    add_methods(L, Class::iovec, methods<Face>);
}

void add_iovec(lua_State* L)
{
    add_functions(L, Class::iovec, functions);
    lua_pushinteger(L, static_cast<lua_Integer>(IoVector::max_elements));
    lua_setfield(L, -3, "IOV_MAX");
}

void check_any_vector(lua_State* L, int index)
{
    if (!is_of_class(L, index, Class::iovec)) {
        check_object<IoVector>(L, index);
    }
}

template void define_iovec<Strings3>(lua_State*);
template void define_iovec<Objects>(lua_State*);

} // namespace llnet
