// SPDX-License-Identifier: MIT
#include "core/sock/transfer.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/socket.hpp"

#include <climits>
#include <cstdio>

namespace llnet {

namespace {

constexpr std::size_t default_room = 4096;

// Up to this size the bytes pass through the C stack; more goes through a userdata, so that nothing is ever shared
// with a finalizer which Lua may run while it makes the string.
constexpr std::size_t stack_room = 16384;

template <class Face>
int socket_write(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const std::string_view bytes = check_bytes(L, 2);
    return Face::sent(L, "write", send(sys::host(), self, bytes, 0), bytes.size());
}

template <class Face>
int socket_send(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const std::string_view bytes = check_bytes(L, 2);
    const int flags = check_flags(L, 3);
    return Face::sent(L, "send", send(sys::host(), self, bytes, flags), bytes.size());
}

template <class Face>
int socket_sendto(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const std::string_view bytes = check_bytes(L, 2);
    const Address& address = check_object<AddressBox>(L, 3).info.address;
    const int flags = check_flags(L, 4);
    return Face::sent(L, "sendto", send_to(sys::host(), self, bytes, address, flags), bytes.size());
}

// Generation 1: without an address, or with nil, it is a plain send.
int send_to_or_send(lua_State* L)
{
    const SocketRef self = check_socket<Numbers>(L);
    const std::string_view bytes = check_bytes(L, 2);
    const AddressBox* box = opt_object<AddressBox>(L, 3);
    const int flags = check_flags(L, 4);
    const Outcome<std::size_t> out = box != nullptr ? send_to(sys::host(), self, bytes, box->info.address, flags)
                                                    : send(sys::host(), self, bytes, flags);
    return Numbers::sent(L, "sendto", out, bytes.size());
}

// Calls `receive` with room for `size` bytes; it pushes the results.
template <class Receive>
int with_room(lua_State* L, std::size_t size, Receive receive)
{
    if (size <= stack_room) {
        char room[stack_room];
        return receive(std::span<char>(room, size));
    }
    char* room = static_cast<char*>(new_userdata(L, size));
    return receive(std::span<char>(room, size));
}

template <class Face>
int receive_string(lua_State* L, const char* method, int flags)
{
    const SocketRef self = check_socket<Face>(L);
    const std::size_t size = opt_size(L, 2, default_room);
    return with_room(L, size, [&](std::span<char> room) {
        return Face::received(L, method, receive(sys::host(), self, room, flags), [&](std::size_t n) {
            lua_pushlstring(L, room.data(), n);
            return 1;
        });
    });
}

template <class Face>
int socket_read(lua_State* L)
{
    return receive_string<Face>(L, "read", 0);
}

template <class Face>
int socket_recv(lua_State* L)
{
    return receive_string<Face>(L, "recv", check_flags(L, 3));
}

template <class Face>
int socket_recvfrom(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const std::size_t size = opt_size(L, 2, default_room);
    const int flags = check_flags(L, 3);
    return with_room(L, size, [&](std::span<char> room) {
        Address from;
        const Outcome<std::size_t> out = receive_from(sys::host(), self, room, flags, from);
        return Face::received_from(
            L, out, [&](std::size_t n) { lua_pushlstring(L, room.data(), n); }, [&] { push_sender(L, from, self); });
    });
}

template <class Face>
int socket_sendfile(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const File file = check_file(L, 2);
    const auto size = static_cast<std::size_t>(check_integer(L, 3, 0, LLONG_MAX));
    const auto offset = static_cast<off_t>(is_absent(L, 4) ? 0 : check_integer(L, 4, 0, LLONG_MAX));
    const Outcome<> flushed = flush_file(file);
    const Outcome<std::size_t> out = flushed.done() ? send_file(sys::host(), self, file.fd, offset, size)
                                                    : Outcome<std::size_t>{flushed.status, 0, flushed.error};
    const bool at_end = out.done() && out.value == 0;
    return at_end ? Face::counted(L, 0, false) : Face::sent(L, "sendfile", out, size);
}

template <class Face>
constexpr Method methods[] = {
    {"write", socket_write<Face>, 4},    {"send", socket_send<Face>},    {"sendto", socket_sendto<Face>},
    {"sendfile", socket_sendfile<Face>}, {"read", socket_read<Face>, 4}, {"recv", socket_recv<Face>},
    {"recvfrom", socket_recvfrom<Face>},
};

template <>
constexpr Method methods<Numbers>[] = {
    {"send", socket_send<Numbers>, 1},
    {"sendto", send_to_or_send, 1},
    {"recv", socket_recv<Numbers>, 1},
    {"recvfrom", socket_recvfrom<Numbers>, 1},
};

} // namespace

File check_file(lua_State* L, int index)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        return {check_int(L, index, 0), nullptr};
    }
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_FILEHANDLE);
    if (!has_metatable(L, index)) {
        type_error(L, index, "file or integer");
    }
    std::FILE* stream = stream_of(lua_touserdata(L, index));
    if (stream == nullptr) {
        argument_error(L, index, "file is closed");
    }
    return {fileno(stream), stream};
}

Outcome<> flush_file(const File& file)
{
    return file.stream != nullptr ? flush(sys::host(), file.stream) : done();
}

void push_sender(lua_State* L, const Address& from, SocketRef socket)
{
    if (from.empty()) {
        lua_pushnil(L);
    } else {
        push_addrinfo(L, {from, type_of(sys::host(), socket), socket.protocol});
    }
}

template <class Face>
std::span<const Method> transfer_methods()
{
    return methods<Face>;
}

template std::span<const Method> transfer_methods<Numbers>();
template std::span<const Method> transfer_methods<Strings2>();
template std::span<const Method> transfer_methods<Strings3>();
template std::span<const Method> transfer_methods<Objects>();

} // namespace llnet
