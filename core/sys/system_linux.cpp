// SPDX-License-Identifier: MIT
#include "core/sys/system_linux.hpp"

#include "core/sys/sigpipe.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netpacket/packet.h>
#include <sys/sendfile.h>

namespace llnet::sys {

namespace {

int creation_flags(bool nonblock) noexcept
{
    return SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0);
}

Result<> socket_property(const System& system, int fd, int name) noexcept
{
    int value = 0;
    socklen_t size = sizeof value;
    const Result<> asked = system.get_option(fd, SOL_SOCKET, name, &value, &size);
    return asked.ok() ? Result<>{value, 0} : asked;
}

} // namespace

Result<> LinuxSystem::socket(int family, int type, int protocol, bool nonblock) const noexcept
{
    return result_of(::socket(family, type | creation_flags(nonblock), protocol));
}

Result<> LinuxSystem::socket_pair(int family, int type, int protocol, bool nonblock, int (&fds)[2]) const noexcept
{
    return result_of(::socketpair(family, type | creation_flags(nonblock), protocol, fds));
}

Result<> LinuxSystem::accept(int fd, sockaddr* address, socklen_t* size, bool nonblock) const noexcept
{
    return result_of(::accept4(fd, address, size, creation_flags(nonblock)));
}

Result<ssize_t> LinuxSystem::receive_message(int fd, msghdr& message, int flags) const noexcept
{
    const Result<ssize_t> received = result_of(::recvmsg(fd, &message, flags | MSG_CMSG_CLOEXEC));
    message.msg_flags &= ~MSG_CMSG_CLOEXEC; // the kernel repeats it among what it says itself
    return received;
}

Result<ssize_t> LinuxSystem::send_file(int fd, int file, off_t offset, std::size_t size) const noexcept
{
    SigpipeGuard guard; // sendfile(2) has no MSG_NOSIGNAL
    off_t from = offset;
    const Result<ssize_t> sent = result_of(::sendfile(fd, file, &from, size));
    if (!sent.ok() || static_cast<std::size_t>(sent.value) < size) {
        guard.discard();
    }
    // Some files cannot be sent in the kernel, /dev/null among them (sendfile(2)); reading them works.
    return sent.error == EINVAL ? System::send_file(fd, file, offset, size) : sent;
}

Result<> LinuxSystem::socket_family(int fd) const noexcept
{
    return socket_property(*this, fd, SO_DOMAIN);
}

Result<> LinuxSystem::socket_protocol(int fd) const noexcept
{
    return socket_property(*this, fd, SO_PROTOCOL);
}

HardwareAddress LinuxSystem::hardware_address(const sockaddr* address) const noexcept
{
    HardwareAddress hardware;
    if (address->sa_family == AF_PACKET) {
        sockaddr_ll link;
        std::memcpy(&link, address, sizeof link);
        hardware.size = std::min<std::size_t>(link.sll_halen, sizeof hardware.bytes);
        // getifaddrs gives room for long addresses (InfiniBand: 20 bytes) behind the 8 that sockaddr_ll declares.
        std::memcpy(hardware.bytes, reinterpret_cast<const char*>(address) + offsetof(sockaddr_ll, sll_addr),
                    hardware.size);
    }
    return hardware;
}

const System& host() noexcept
{
    static const LinuxSystem system;
    return system;
}

} // namespace llnet::sys
