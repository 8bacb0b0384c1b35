// SPDX-License-Identifier: MIT
#include "core/sock/transfer.hpp"

#include <algorithm>

namespace llnet {

namespace {

Outcome<std::size_t> sent(sys::Result<ssize_t> result, const char* op) noexcept
{
    if (!result.ok()) {
        return again_or_failed<std::size_t>(result.error, op);
    }
    return done(static_cast<std::size_t>(result.value));
}

Outcome<std::size_t> received(const sys::System& system, SocketRef socket, std::size_t room, int flags,
                              sys::Result<ssize_t> result, const char* op) noexcept
{
    if (!result.ok()) {
        return again_or_failed<std::size_t>(result.error, op);
    }
    if (result.value == 0 && nothing_means_end(system, socket, flags)) {
        return end_of_stream<std::size_t>();
    }
    return done(std::min(static_cast<std::size_t>(result.value), room));
}

// Room for nothing takes nothing from a socket; a bare number must be one.
Outcome<std::size_t> received_nothing(const sys::System& system, SocketRef socket, const char* op) noexcept
{
    const Outcome<int> type = socket.type != 0 ? done(socket.type) : socket_type(system, socket.fd);
    return type.done() ? done<std::size_t>(0) : failed<std::size_t>(type.error.code, op);
}

// With MSG_TRUNC a TCP socket drops the bytes instead of copying them (tcp(7)); the room must not show old memory.
void clear_if_dropped(std::span<char> room, int flags) noexcept
{
    if ((flags & MSG_TRUNC) != 0) {
        std::fill(room.begin(), room.end(), '\0');
    }
}

} // namespace

Outcome<std::size_t> send(const sys::System& system, SocketRef socket, std::string_view bytes, int flags) noexcept
{
    if (bytes.empty() && is_stream(system, socket)) {
        return done<std::size_t>(0);
    }
    return sent(system.send(socket.fd, bytes.data(), bytes.size(), flags), "send");
}

Outcome<std::size_t> send_to(const sys::System& system, SocketRef socket, std::string_view bytes,
                             const Address& address, int flags) noexcept
{
    if (bytes.empty() && is_stream(system, socket)) {
        return done<std::size_t>(0);
    }
    return sent(system.send_to(socket.fd, bytes.data(), bytes.size(), flags, address.data(), address.size()), "sendto");
}

Outcome<std::size_t> receive(const sys::System& system, SocketRef socket, std::span<char> room, int flags) noexcept
{
    if (room.empty() && socket.fd >= 0) {
        return received_nothing(system, socket, "recv");
    }
    clear_if_dropped(room, flags);
    return received(system, socket, room.size(), flags, system.receive(socket.fd, room.data(), room.size(), flags),
                    "recv");
}

Outcome<std::size_t> receive_from(const sys::System& system, SocketRef socket, std::span<char> room, int flags,
                                  Address& from) noexcept
{
    if (room.empty() && socket.fd >= 0) {
        return received_nothing(system, socket, "recvfrom");
    }
    clear_if_dropped(room, flags);
    socklen_t size = Address::capacity;
    const sys::Result<ssize_t> result =
        system.receive_from(socket.fd, room.data(), room.size(), flags, from.writable(), &size);
    from.resize(result.ok() ? size : 0);
    return received(system, socket, room.size(), flags, result, "recvfrom");
}

Outcome<std::size_t> send_file(const sys::System& system, SocketRef socket, int file, off_t offset,
                               std::size_t size) noexcept
{
    return sent(system.send_file(socket.fd, file, offset, size), "sendfile");
}

Outcome<> flush(const sys::System& system, std::FILE* stream) noexcept
{
    const sys::Result<> flushed = system.flush(stream);
    return flushed.ok() ? done() : again_or_failed(flushed.error, "fflush");
}

} // namespace llnet
