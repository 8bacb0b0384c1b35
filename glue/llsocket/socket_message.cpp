// SPDX-License-Identifier: MIT
#include "core/msg/message.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/cmsghdr.hpp"
#include "glue/llsocket/iovec.hpp"
#include "glue/llsocket/msghdr.hpp"
#include "glue/llsocket/socket.hpp"

namespace llnet {

namespace {

// The objects of a msghdr, which keeps them only until Lua runs again: a finalizer may put others in their place.
struct Contents {
    const AddressBox* name;
    IoVector* vector;
    ControlQueue* control;

    [[nodiscard]] std::size_t bytes() const { return vector != nullptr ? vector->bytes() : 0; }
};

Contents contents_of(lua_State* L, int index)
{
    push_associated_table(L, index);
    auto* queue = slot_object<Fillable<ControlQueue>>(L, MessageSlot::control);
    const bool has_control = queue != nullptr && !queue->collected;
    const Contents contents{slot_object<AddressBox>(L, MessageSlot::name), slot_object<IoVector>(L, MessageSlot::iov),
                            has_control ? &queue->object : nullptr};
    lua_pop(L, 1);
    return contents;
}

template <class Face>
int socket_sendmsg(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    check_object<MessageHeader>(L, 2);
    const int flags = check_flags(L, 3);
    const Contents contents = contents_of(L, 2);
    const MessageParts parts{contents.name != nullptr ? &contents.name->info.address : nullptr, contents.vector,
                             contents.control};
    const std::size_t wanted = contents.bytes();
    const Outcome<std::size_t> out = work([&] { return send_message(sys::host(), self, parts, flags); });
    if (out.done() && out.value < wanted && contents.control != nullptr) {
        contents.control->clear(); // it went with the first byte; the rest follows without it
    }
    return Face::sent(L, "sendmsg", out, wanted);
}

// Pushes an empty addrinfo for the sender, or nil where there is none to tell: a connected stream.
AddressBox* reserve_sender(lua_State* L, SocketRef self)
{
    if (self.type == SOCK_STREAM) {
        lua_pushnil(L);
        return nullptr;
    }
    AddressBox& sender = reserve<AddressBox>(L);
    sender.info.type = self.type;
    sender.info.protocol = self.protocol;
    return &sender;
}

// Makes the addrinfo or nil on top of the stack the name of the msghdr at `index`.
void keep_sender(lua_State* L, int index, const AddressBox* sender)
{
    if (sender != nullptr && sender->info.address.empty()) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    push_associated_table(L, index);
    lua_insert(L, -2);
    lua_rawseti(L, -2, static_cast<int>(MessageSlot::name)); // in the array part: allocates nothing
    lua_pop(L, 1);
}

template <class Face>
int socket_recvmsg(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    MessageHeader& header = check_object<MessageHeader>(L, 2);
    const int flags = check_flags(L, 3);
    AddressBox* sender = reserve_sender(L, self);
    const Contents contents = contents_of(L, 2);
    MessageRoom room{sender != nullptr ? &sender->info.address : nullptr, contents.vector, contents.control};

    const Outcome<std::size_t> out = work([&] { return receive_message(sys::host(), self, room, flags); });
    if (out.done() || out.status == Status::end) {
        header.flags = room.flags;
        keep_sender(L, 2, sender);
    }
    if (out.done() && out.value == 0) { // an empty message is whole
        return Face::counted(L, 0, false);
    }
    return Face::count(L, "recvmsg", out, contents.bytes());
}

template <class Face>
int socket_sendfd(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const int passed = check_int(L, 2, 0);
    const AddressBox* destination = opt_object<AddressBox>(L, 3);
    const int flags = check_flags(L, 4);
    const Address* name = destination != nullptr ? &destination->info.address : nullptr;
    const Outcome<> out = send_descriptor(sys::host(), self, passed, name, flags);
    return Face::sent(L, "sendfd", {out.status, 0, out.error}, 0); // its byte is not the program's
}

template <class Face>
int socket_recvfd(lua_State* L)
{
    const SocketRef self = check_socket<Face>(L);
    const int flags = check_flags(L, 2);
    const auto push_number = [L](int fd) {
        lua_pushinteger(L, fd);
        return 1;
    };
    return Face::value(L, "recvfd", receive_descriptor(sys::host(), self, flags), push_number, self.type);
}

template <class Face>
constexpr Method methods[] = {
    {"sendmsg", socket_sendmsg<Face>, 3},
    {"sendfd", socket_sendfd<Face>, 3},
    {"recvmsg", socket_recvmsg<Face>, 3},
    {"recvfd", socket_recvfd<Face>, 3},
};

} // namespace

template <class Face>
std::span<const Method> message_methods()
{
    return methods<Face>;
}

template std::span<const Method> message_methods<Strings2>();
template std::span<const Method> message_methods<Strings3>();
template std::span<const Method> message_methods<Objects>();

} // namespace llnet
