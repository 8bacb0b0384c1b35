// SPDX-License-Identifier: MIT
#pragma once

#include "core/msg/control.hpp"
#include "core/msg/io_vector.hpp"
#include "core/sock/socket.hpp"

namespace llnet {

// The parts of a message; each may be absent. Nothing is owned.
struct MessageParts {
    const Address* name = nullptr; // the destination
    IoVector* vector = nullptr;
    const ControlQueue* control = nullptr;
};

// sendmsg(2). EINVAL for control messages without a byte to carry them on a stream. Throws std::bad_alloc, with nothing
// sent.
Outcome<std::size_t> send_message(const sys::System& system, SocketRef socket, const MessageParts& parts, int flags);

// Where the parts of a received message go; each may be absent.
struct MessageRoom {
    Address* name = nullptr; // empty afterwards if the protocol tells none
    IoVector* vector = nullptr;
    ControlQueue* control = nullptr; // replaced; without it control data is dropped and MSG_CTRUNC set
    int flags = 0;                   // what the kernel said (MSG_TRUNC, MSG_CTRUNC, MSG_EOR, ...)
};

// recvmsg(2), with room for all control data that the kernel sends in one message. The count is the kernel's; with
// MSG_TRUNC it can exceed the vector's size. Throws std::bad_alloc after closing what descriptors came.
Outcome<std::size_t> receive_message(const sys::System& system, SocketRef socket, MessageRoom& room, int flags);

// Passes one descriptor over a unix socket, with the one byte that a stream needs to carry it.
Outcome<> send_descriptor(const sys::System& system, SocketRef socket, int passed, const Address* name,
                          int flags) noexcept;

// Takes one descriptor and its byte. Ordinary data is never taken: ENOMSG says that it comes first, also when it shares
// a message of a stream with the descriptor; EMSGSIZE that the next message has more descriptors than one or, where the
// protocol keeps messages, more bytes. Those are left for receive_message.
Outcome<int> receive_descriptor(const sys::System& system, SocketRef socket, int flags) noexcept;

} // namespace llnet
