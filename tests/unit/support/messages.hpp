// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <sys/socket.h>
#include <sys/uio.h>
#include <vector>

namespace llnet::test {

// A msghdr for sys::System with room behind it: `size` bytes of data and as many of control data.
template <std::size_t size>
struct RawMessage {
    RawMessage() noexcept
    {
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
    }
    RawMessage(const RawMessage&) = delete;
    RawMessage& operator=(const RawMessage&) = delete;

    std::array<char, size> data{};
    alignas(cmsghdr) std::array<std::byte, size> control{};
    iovec part{data.data(), data.size()};
    msghdr header{};
};

// Sends `size` bytes with these descriptors beside them.
void send_descriptors(int socket, const std::vector<int>& fds, std::size_t size = 1);

// The descriptors in a received message, not owned.
std::vector<int> descriptors_in(msghdr& header);

} // namespace llnet::test
