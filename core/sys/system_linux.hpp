// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/system.hpp"

namespace llnet::sys {

// Linux: close-on-exec and non-blocking atomically, sendfile in the kernel, the identity of foreign sockets.
class LinuxSystem : public System {
public:
    Result<> socket(int family, int type, int protocol, bool nonblock) const noexcept override;
    Result<> socket_pair(int family, int type, int protocol, bool nonblock, int (&fds)[2]) const noexcept override;
    Result<> accept(int fd, sockaddr* address, socklen_t* size, bool nonblock) const noexcept override;
    Result<ssize_t> receive_message(int fd, msghdr& message, int flags) const noexcept override;
    Result<ssize_t> send_file(int fd, int file, off_t offset, std::size_t size) const noexcept override;
    Result<> socket_family(int fd) const noexcept override;
    Result<> socket_protocol(int fd) const noexcept override;
    HardwareAddress hardware_address(const sockaddr* address) const noexcept override;
};

} // namespace llnet::sys
