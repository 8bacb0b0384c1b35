// SPDX-License-Identifier: MIT
#pragma once

#include "core/sock/socket.hpp"

#include <span>
#include <string_view>

namespace llnet {

// Bytes in and out of a socket; counts of bytes as outcomes. "again" and a short count are told apart by the status:
// `again` moved nothing.

// send(2). Nothing to send on a stream is done with 0 and makes no call; on other sockets it is an empty message.
Outcome<std::size_t> send(const sys::System& system, SocketRef socket, std::string_view bytes, int flags) noexcept;

// sendto(2), with the same rule.
Outcome<std::size_t> send_to(const sys::System& system, SocketRef socket, std::string_view bytes,
                             const Address& address, int flags) noexcept;

// recv(2). Room for nothing is done with 0 and takes nothing. The count never exceeds the room, whatever MSG_TRUNC
// says.
Outcome<std::size_t> receive(const sys::System& system, SocketRef socket, std::span<char> room, int flags) noexcept;

// recvfrom(2); `from` gets the sender's address, empty if the protocol tells none.
Outcome<std::size_t> receive_from(const sys::System& system, SocketRef socket, std::span<char> room, int flags,
                                  Address& from) noexcept;

// sendfile(2): up to `size` bytes of `file` from `offset` on. 0 at the end of the file, whose position stays.
Outcome<std::size_t> send_file(const sys::System& system, SocketRef socket, int file, off_t offset,
                               std::size_t size) noexcept;

// fflush(3): what a C stream holds is in its file afterwards.
Outcome<> flush(const sys::System& system, std::FILE* stream) noexcept;

} // namespace llnet
