// SPDX-License-Identifier: MIT
#include "core/sys/system.hpp"

#include "core/sys/control.hpp"
#include "core/sys/sigpipe.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace llnet::sys {

namespace {

// macOS before 26 and some others lack MSG_NOSIGNAL and have SO_NOSIGPIPE instead (set by prepare()).
#ifdef MSG_NOSIGNAL
constexpr int no_signal = MSG_NOSIGNAL;
#else
constexpr int no_signal = 0;
#endif

// Copies a NUL-terminated text, cut to the room.
void copy_text(const char* text, std::span<char> into) noexcept
{
    const std::size_t size = std::min(std::strlen(text), into.size() - 1);
    std::memcpy(into.data(), text, size);
    into[size] = '\0';
}

std::size_t size_of(std::span<const iovec> parts) noexcept
{
    std::size_t size = 0;
    for (const iovec& part : parts) {
        size += part.iov_len;
    }
    return size;
}

} // namespace

Result<> System::prepare(int fd, bool nonblock) const noexcept
{
    if (fd < 0) {
        return {-1, errno};
    }
    Result<> result = set_descriptor_flags(fd, FD_CLOEXEC);
    if (result.ok() && nonblock) {
        result = set_status_flags(fd, O_NONBLOCK);
    }
#if !defined(MSG_NOSIGNAL) && defined(SO_NOSIGPIPE)
    if (result.ok()) {
        const int on = 1;
        result = set_option(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    }
#endif
    if (!result.ok()) {
        ::close(fd);
        return {-1, result.error};
    }
    return {fd, 0};
}

Result<> System::socket(int family, int type, int protocol, bool nonblock) const noexcept
{
    return prepare(::socket(family, type, protocol), nonblock);
}

Result<> System::socket_pair(int family, int type, int protocol, bool nonblock, int (&fds)[2]) const noexcept
{
    int made[2];
    if (::socketpair(family, type, protocol, made) != 0) {
        return {-1, errno};
    }
    const Result<> first = prepare(made[0], nonblock);
    if (!first.ok()) {
        ::close(made[1]);
        return first;
    }
    const Result<> second = prepare(made[1], nonblock);
    if (!second.ok()) {
        ::close(made[0]);
        return second;
    }
    fds[0] = made[0];
    fds[1] = made[1];
    return {};
}

Result<> System::accept(int fd, sockaddr* address, socklen_t* size, bool nonblock) const noexcept
{
    // Asked for in any case: a connection that was gone before it was taken has no address on macOS.
    sockaddr_storage unwanted{};
    socklen_t unwanted_size = sizeof unwanted;
    sockaddr* room = address != nullptr ? address : reinterpret_cast<sockaddr*>(&unwanted);
    socklen_t* length = address != nullptr ? size : &unwanted_size;
    const Result<> accepted = prepare(::accept(fd, room, length), nonblock);
    if (accepted.ok() && *length == 0) {
        ::close(accepted.value);
        return {-1, ECONNABORTED};
    }
    return accepted;
}

Result<> System::duplicate(int fd) const noexcept
{
    return result_of(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

Result<> System::close(int fd) const noexcept
{
    const Result<> result = result_of(::close(fd));
    // The descriptor is gone in both cases, and trying again could close somebody else's.
    if (result.error == EINTR || result.error == EINPROGRESS) {
        return {};
    }
    return result;
}

Result<> System::shutdown(int fd, int how) const noexcept
{
    return result_of(::shutdown(fd, how));
}

Result<> System::bind(int fd, const sockaddr* address, socklen_t size) const noexcept
{
    return result_of(::bind(fd, address, size));
}

Result<> System::connect(int fd, const sockaddr* address, socklen_t size) const noexcept
{
    return result_of(::connect(fd, address, size));
}

Result<> System::listen(int fd, int backlog) const noexcept
{
    return result_of(::listen(fd, backlog));
}

Result<> System::socket_name(int fd, sockaddr* address, socklen_t* size) const noexcept
{
    return result_of(::getsockname(fd, address, size));
}

Result<> System::peer_name(int fd, sockaddr* address, socklen_t* size) const noexcept
{
    return result_of(::getpeername(fd, address, size));
}

Result<ssize_t> System::send(int fd, const void* data, std::size_t size, int flags) const noexcept
{
    return result_of(::send(fd, data, size, flags | no_signal));
}

Result<ssize_t> System::send_to(int fd, const void* data, std::size_t size, int flags, const sockaddr* address,
                                socklen_t address_size) const noexcept
{
    return result_of(::sendto(fd, data, size, flags | no_signal, address, address_size));
}

Result<ssize_t> System::send_message(int fd, const msghdr& message, int flags) const noexcept
{
    return result_of(::sendmsg(fd, &message, flags | no_signal));
}

Result<ssize_t> System::receive(int fd, void* data, std::size_t size, int flags) const noexcept
{
    return result_of(::recv(fd, data, size, flags));
}

Result<ssize_t> System::receive_from(int fd, void* data, std::size_t size, int flags, sockaddr* address,
                                     socklen_t* address_size) const noexcept
{
    return result_of(::recvfrom(fd, data, size, flags, address, address_size));
}

Result<ssize_t> System::receive_message(int fd, msghdr& message, int flags) const noexcept
{
    const Result<ssize_t> received = result_of(::recvmsg(fd, &message, flags));
    if (!received.ok()) {
        return received;
    }
    int error = 0;
    each_descriptor(message, [&](int passed) {
        const Result<> marked = set_descriptor_flags(passed, FD_CLOEXEC);
        error = marked.ok() ? error : marked.error;
    });
    if (error != 0) {
        each_descriptor(message, [](int passed) { ::close(passed); });
        return {-1, error};
    }
    return received;
}

Result<ssize_t> System::write_vector(int fd, std::span<const iovec> parts) const noexcept
{
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(parts.size());
    const Result<ssize_t> sent = send_message(fd, message, 0);
    if (sent.error != ENOTSOCK) {
        return sent;
    }
    SigpipeGuard guard;
    const Result<ssize_t> written = result_of(::writev(fd, parts.data(), static_cast<int>(parts.size())));
    if (!written.ok() || static_cast<std::size_t>(written.value) < size_of(parts)) {
        guard.discard();
    }
    return written;
}

Result<ssize_t> System::read_vector(int fd, std::span<const iovec> parts) const noexcept
{
    return result_of(::readv(fd, parts.data(), static_cast<int>(parts.size())));
}

Result<ssize_t> System::read_at(int file, void* data, std::size_t size, off_t offset) const noexcept
{
    return result_of(::pread(file, data, size, offset));
}

Result<ssize_t> System::send_file(int fd, int file, off_t offset, std::size_t size) const noexcept
{
    std::array<char, 16384> chunk;
    std::size_t total = 0;
    while (total < size) {
        const std::size_t wanted = std::min(chunk.size(), size - total);
        const Result<ssize_t> read = read_at(file, chunk.data(), wanted, offset + static_cast<off_t>(total));
        const Result<ssize_t> sent =
            read.value > 0 ? send(fd, chunk.data(), static_cast<std::size_t>(read.value), 0) : read;
        if (!sent.ok() && total == 0) {
            return sent;
        }
        if (sent.value <= 0) {
            break;
        }
        total += static_cast<std::size_t>(sent.value);
        if (sent.value < read.value) {
            break;
        }
    }
    return {static_cast<ssize_t>(total), 0};
}

Result<> System::flush(std::FILE* stream) const noexcept
{
    SigpipeGuard guard;
    const Result<> flushed = result_of(std::fflush(stream));
    if (flushed.error == EPIPE) {
        guard.discard();
    }
    return flushed;
}

Result<> System::get_option(int fd, int level, int name, void* value, socklen_t* size) const noexcept
{
    return result_of(::getsockopt(fd, level, name, value, size));
}

Result<> System::set_option(int fd, int level, int name, const void* value, socklen_t size) const noexcept
{
    return result_of(::setsockopt(fd, level, name, value, size));
}

Result<> System::descriptor_flags(int fd) const noexcept
{
    return result_of(::fcntl(fd, F_GETFD));
}

Result<> System::set_descriptor_flags(int fd, int flags) const noexcept
{
    return result_of(::fcntl(fd, F_SETFD, flags));
}

Result<> System::status_flags(int fd) const noexcept
{
    return result_of(::fcntl(fd, F_GETFL));
}

Result<> System::set_status_flags(int fd, int flags) const noexcept
{
    return result_of(::fcntl(fd, F_SETFL, flags));
}

Result<> System::at_mark(int fd) const noexcept
{
    return result_of(::sockatmark(fd));
}

Result<> System::poll(std::span<pollfd> fds, int timeout_ms) const noexcept
{
    return result_of(::poll(fds.data(), static_cast<nfds_t>(fds.size()), timeout_ms));
}

Result<> System::socket_family(int fd) const noexcept
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const Result<> named = socket_name(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return named.ok() ? Result<>{address.ss_family, 0} : named;
}

Result<> System::socket_protocol(int) const noexcept
{
    return {};
}

Result<> System::resolve(const char* host, const char* service, const addrinfo& hints, addrinfo** list) const noexcept
{
    const int code = ::getaddrinfo(host, service, &hints, list);
    return {code, code == EAI_SYSTEM ? errno : 0};
}

Result<> System::name_info(const sockaddr* address, socklen_t size, std::span<char> host, std::span<char> service,
                           int flags) const noexcept
{
    const int code = ::getnameinfo(address, size, host.data(), static_cast<socklen_t>(host.size()), service.data(),
                                   static_cast<socklen_t>(service.size()), flags);
    return {code, code == EAI_SYSTEM ? errno : 0};
}

Result<> System::interface_addresses(ifaddrs** list) const noexcept
{
    return result_of(::getifaddrs(list));
}

Result<unsigned> System::interface_index(const char* name) const noexcept
{
    const unsigned index = ::if_nametoindex(name);
    return {index, index == 0 ? errno : 0};
}

Result<> System::interface_name(unsigned index, std::span<char> name) const noexcept
{
    char buffer[IF_NAMESIZE] = {};
    if (::if_indextoname(index, buffer) == nullptr) {
        return {-1, errno};
    }
    copy_text(buffer, name);
    return {};
}

Result<> System::interface_mtu(const char* name) const noexcept
{
    ifreq request{};
    const std::size_t size = std::strlen(name);
    if (size >= sizeof request.ifr_name) {
        return {-1, ENODEV};
    }
    std::memcpy(request.ifr_name, name, size);
    const Result<> probe = socket(AF_INET, SOCK_DGRAM, 0, false);
    if (!probe.ok()) {
        return probe;
    }
    const Result<> asked = result_of(::ioctl(probe.value, SIOCGIFMTU, &request));
    ::close(probe.value);
    return asked.ok() ? Result<>{request.ifr_mtu, 0} : asked;
}

Result<> System::kernel_name(std::span<char> name) const noexcept
{
    utsname names{};
    const Result<> asked = result_of(::uname(&names));
    copy_text(names.sysname, name);
    return asked;
}

HardwareAddress System::hardware_address(const sockaddr*) const noexcept
{
    return {};
}

} // namespace llnet::sys
