// SPDX-License-Identifier: MIT
#include "core/sys/kernel_tls.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace llnet::sys {

namespace {

constexpr int level_of_tls = 282; // SOL_TLS, which not all C libraries name
constexpr std::array<char, 4> name{"tls"};

bool probe(const System& system) noexcept
{
    const Result<> made = system.socket(AF_INET, SOCK_STREAM, 0, true);
    if (!made.ok()) {
        return false;
    }
    const Result<> enabled = enable_kernel_tls(system, made.value);
    static_cast<void>(system.close(made.value));
    return enabled.error == ENOTCONN; // it knows the name, and wants a connection
}

} // namespace

bool has_kernel_tls(const System& system) noexcept
{
    static const bool is_there = probe(system);
    return is_there;
}

Result<> enable_kernel_tls(const System& system, int fd) noexcept
{
    return system.set_option(fd, IPPROTO_TCP, TCP_ULP, name.data(), name.size());
}

Result<ssize_t> send_record(const System& system, int fd, unsigned char type, const void* data, std::size_t size,
                            int flags) noexcept
{
    iovec part{const_cast<void*>(data), size}; // which is only read
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof type)> room{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    cmsghdr* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = level_of_tls;
    control->cmsg_type = TLS_SET_RECORD_TYPE;
    control->cmsg_len = CMSG_LEN(sizeof type);
    std::memcpy(CMSG_DATA(control), &type, sizeof type);
    return system.send_message(fd, message, flags);
}

} // namespace llnet::sys
