// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/system.hpp"

#include <cstddef>
#include <cstdint>
#include <sys/socket.h>

namespace llnet {

// What an operation asks the kernel for, once. A readiness backend (epoll, poll) has it executed at once and waits if
// it would block; a completion backend (io_uring) can submit it.
struct Request {
    enum class Kind : std::uint8_t {
        poll,      // `flags` are POLL* events; the result is those that are there
        receive,   // data, size, flags
        send,      // data, size, flags
        accept,    // address, address_size, nonblock; the result is the new descriptor
        connect,   // address, *address_size
        send_file, // file, offset, size
    };

    Kind kind = Kind::poll;
    int fd = -1;
    int flags = 0;
    void* data = nullptr;
    std::size_t size = 0;
    sockaddr* address = nullptr;
    socklen_t* address_size = nullptr;
    bool nonblock = false; // of the descriptor that accept makes
    int file = -1;
    off_t offset = 0;
};

// Makes the system call of the request. To receive and to send it does not block even on a socket that does
// (MSG_DONTWAIT).
sys::Result<ssize_t> execute(const sys::System& system, const Request& request) noexcept;

} // namespace llnet
