// SPDX-License-Identifier: MIT
#include "core/msg/message.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace llnet {

namespace {

// The kernel passes at most 253 descriptors in a message (SCM_MAX_FD, unix(7)): about 1 KiB. The rest is for
// credentials, time stamps, addresses and security labels beside them.
constexpr std::size_t control_room = 8192;

using PartList = std::array<iovec, IoVector::max_elements>;

void set_parts(msghdr& header, IoVector* vector, PartList& list) noexcept
{
    if (vector != nullptr) {
        header.msg_iov = list.data();
        header.msg_iovlen = static_cast<decltype(header.msg_iovlen)>(vector->parts(0, SIZE_MAX, list));
    }
}

void set_control(msghdr& header, std::span<std::byte> bytes) noexcept
{
    if (!bytes.empty()) { // some systems refuse an empty buffer that is not null
        header.msg_control = bytes.data();
        header.msg_controllen = static_cast<decltype(header.msg_controllen)>(bytes.size());
    }
}

void set_name(msghdr& header, const Address& name) noexcept
{
    header.msg_name = const_cast<sockaddr*>(name.data());
    header.msg_namelen = name.size();
}

// Whether control messages came, if only to be dropped: then it is a message, with bytes or without.
bool has_control(const msghdr& received) noexcept
{
    return received.msg_controllen > 0 || (received.msg_flags & MSG_CTRUNC) != 0;
}

// Whether control messages have no byte to go with on a stream: Linux would send nothing and say 0. What is wrong with
// a closed socket, the kernel says.
bool lacks_carrier(const sys::System& system, SocketRef socket, const MessageParts& parts) noexcept
{
    const bool has_control = parts.control != nullptr && parts.control->size() > 0;
    const bool has_bytes = parts.vector != nullptr && parts.vector->bytes() > 0;
    return has_control && !has_bytes && is_stream(system, socket);
}

} // namespace

Outcome<std::size_t> send_message(const sys::System& system, SocketRef socket, const MessageParts& parts, int flags)
{
    if (lacks_carrier(system, socket, parts)) {
        return failed<std::size_t>(EINVAL, "sendmsg");
    }
    msghdr header{};
    if (parts.name != nullptr) {
        set_name(header, *parts.name);
    }
    PartList list;
    set_parts(header, parts.vector, list);
    std::vector<std::byte> control(parts.control != nullptr ? parts.control->encoded_size() : 0);
    if (!control.empty()) {
        parts.control->encode(control);
        set_control(header, control);
    }
    const sys::Result<ssize_t> result = system.send_message(socket.fd, header, flags);
    if (!result.ok()) {
        return again_or_failed<std::size_t>(result.error, "sendmsg");
    }
    return done(static_cast<std::size_t>(result.value));
}

Outcome<std::size_t> receive_message(const sys::System& system, SocketRef socket, MessageRoom& room, int flags)
{
    msghdr header{};
    if (room.name != nullptr) {
        header.msg_name = room.name->writable();
        header.msg_namelen = Address::capacity;
    }
    PartList list;
    set_parts(header, room.vector, list);
    alignas(cmsghdr) std::array<std::byte, control_room> control;
    if (room.control != nullptr) {
        set_control(header, control);
    }
    const sys::Result<ssize_t> result = system.receive_message(socket.fd, header, flags);
    if (!result.ok()) {
        return again_or_failed<std::size_t>(result.error, "recvmsg");
    }
    room.flags = header.msg_flags;
    if (room.name != nullptr) {
        room.name->resize(header.msg_namelen);
    }
    if (room.control != nullptr) {
        room.control->decode(header);
    }
    const bool wanted_bytes = room.vector != nullptr && room.vector->bytes() > 0;
    if (result.value == 0 && wanted_bytes && !has_control(header) && nothing_means_end(system, socket, flags)) {
        return end_of_stream<std::size_t>();
    }
    return done(static_cast<std::size_t>(result.value));
}

} // namespace llnet
