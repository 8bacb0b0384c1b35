// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/result.hpp"

#include <cstddef>
#include <cstdio>
#include <netdb.h>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct ifaddrs;

namespace llnet::sys {

// A hardware (MAC) address: bytes in use and the bytes.
struct HardwareAddress {
    std::size_t size = 0;
    unsigned char bytes[20] = {};
};

// Every system call that the library makes. This class is plain POSIX; a platform that can do better (atomic
// close-on-exec, in-kernel sendfile) overrides those calls, and a test overrides what it wants to see fail.
//
// Promises of every implementation: descriptors are close-on-exec, no call raises SIGPIPE, nothing is retried, and
// buffers are the caller's.
class System {
public:
    System() = default;
    System(const System&) = delete;
    System& operator=(const System&) = delete;
    virtual ~System() = default;

    virtual Result<> socket(int family, int type, int protocol, bool nonblock) const noexcept;
    virtual Result<> socket_pair(int family, int type, int protocol, bool nonblock, int (&fds)[2]) const noexcept;
    virtual Result<> accept(int fd, sockaddr* address, socklen_t* size, bool nonblock) const noexcept;
    virtual Result<> duplicate(int fd) const noexcept;
    virtual Result<> close(int fd) const noexcept;
    virtual Result<> shutdown(int fd, int how) const noexcept;

    virtual Result<> bind(int fd, const sockaddr* address, socklen_t size) const noexcept;
    virtual Result<> connect(int fd, const sockaddr* address, socklen_t size) const noexcept;
    virtual Result<> listen(int fd, int backlog) const noexcept;
    virtual Result<> socket_name(int fd, sockaddr* address, socklen_t* size) const noexcept;
    virtual Result<> peer_name(int fd, sockaddr* address, socklen_t* size) const noexcept;

    virtual Result<ssize_t> send(int fd, const void* data, std::size_t size, int flags) const noexcept;
    virtual Result<ssize_t> send_to(int fd, const void* data, std::size_t size, int flags, const sockaddr* address,
                                    socklen_t address_size) const noexcept;
    virtual Result<ssize_t> send_message(int fd, const msghdr& message, int flags) const noexcept;
    virtual Result<ssize_t> receive(int fd, void* data, std::size_t size, int flags) const noexcept;
    virtual Result<ssize_t> receive_from(int fd, void* data, std::size_t size, int flags, sockaddr* address,
                                         socklen_t* address_size) const noexcept;
    virtual Result<ssize_t> receive_message(int fd, msghdr& message, int flags) const noexcept;
    virtual Result<ssize_t> write_vector(int fd, std::span<const iovec> parts) const noexcept;
    virtual Result<ssize_t> read_vector(int fd, std::span<const iovec> parts) const noexcept;
    virtual Result<ssize_t> read_at(int file, void* data, std::size_t size, off_t offset) const noexcept;
    // Sends up to `size` bytes of the file from `offset` on; the file's own position stays. 0 is its end.
    virtual Result<ssize_t> send_file(int fd, int file, off_t offset, std::size_t size) const noexcept;
    // Writes out what a C stream still holds.
    virtual Result<> flush(std::FILE* stream) const noexcept;

    virtual Result<> get_option(int fd, int level, int name, void* value, socklen_t* size) const noexcept;
    virtual Result<> set_option(int fd, int level, int name, const void* value, socklen_t size) const noexcept;
    virtual Result<> descriptor_flags(int fd) const noexcept;
    virtual Result<> set_descriptor_flags(int fd, int flags) const noexcept;
    virtual Result<> status_flags(int fd) const noexcept;
    virtual Result<> set_status_flags(int fd, int flags) const noexcept;
    virtual Result<> at_mark(int fd) const noexcept;
    virtual Result<> poll(std::span<pollfd> fds, int timeout_ms) const noexcept;
    // The address family that a socket was made with, and its protocol (0 where the system cannot tell).
    virtual Result<> socket_family(int fd) const noexcept;
    virtual Result<> socket_protocol(int fd) const noexcept;

    // `value` is getaddrinfo's result (0 or EAI_*), `error` the errno beside EAI_SYSTEM.
    virtual Result<> resolve(const char* host, const char* service, const addrinfo& hints,
                             addrinfo** list) const noexcept;
    virtual Result<> name_info(const sockaddr* address, socklen_t size, std::span<char> host, std::span<char> service,
                               int flags) const noexcept;

    virtual Result<> interface_addresses(ifaddrs** list) const noexcept;
    virtual Result<unsigned> interface_index(const char* name) const noexcept;
    virtual Result<> interface_name(unsigned index, std::span<char> name) const noexcept;
    virtual Result<> interface_mtu(const char* name) const noexcept;
    // The hardware address in an entry of interface_addresses; of size 0 if the entry holds none.
    virtual HardwareAddress hardware_address(const sockaddr* address) const noexcept;
    // The kernel's name as uname(2) tells it ("Linux").
    virtual Result<> kernel_name(std::span<char> name) const noexcept;

protected:
    // Marks a fresh descriptor close-on-exec and, if asked, non-blocking; closes it when that fails.
    Result<> prepare(int fd, bool nonblock) const noexcept;
};

// The best implementation on this platform.
const System& host() noexcept;

} // namespace llnet::sys
