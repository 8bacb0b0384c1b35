// SPDX-License-Identifier: MIT
#include "core/sock/socket.hpp"

#include "core/base/clock.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <utility>

namespace llnet {

namespace {

Outcome<> outcome_of(sys::Result<> result, const char* op) noexcept
{
    return result.ok() ? done() : failed(result.error, op);
}

// The type without the flags that Linux lets socket(2) carry in it.
int plain_type(int type) noexcept
{
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
    return type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
    return type;
#endif
}

using NameCall = sys::Result<> (sys::System::*)(int, sockaddr*, socklen_t*) const noexcept;

Outcome<Address> name_of(const sys::System& system, int fd, NameCall call, const char* op) noexcept
{
    Address address;
    socklen_t size = Address::capacity;
    const sys::Result<> named = (system.*call)(fd, address.writable(), &size);
    if (!named.ok()) {
        return failed<Address>(named.error, op);
    }
    address.resize(size);
    return done(address);
}

Outcome<> accept_as(const sys::System& system, SocketRef listener, Socket& into, Address* peer, bool nonblock) noexcept
{
    socklen_t size = Address::capacity;
    sockaddr* room = peer != nullptr ? peer->writable() : nullptr;
    const sys::Result<> made = system.accept(listener.fd, room, peer != nullptr ? &size : nullptr, nonblock);
    if (is_of_lost_connection(made.error)) {
        return {Status::again, {}, system_error(made.error, "accept")};
    }
    if (!made.ok()) {
        return again_or_failed(made.error, "accept");
    }
    if (peer != nullptr) {
        peer->resize(size);
    }
    into = {Fd(made.value), listener.family, listener.type, listener.protocol};
    return done();
}

short poll_events(Readiness readiness, bool exception) noexcept
{
    const int events = (readiness == Readiness::receive ? POLLIN : POLLOUT) | (exception ? POLLPRI : 0);
    return static_cast<short>(events);
}

} // namespace

bool is_of_lost_connection(int error) noexcept
{
    switch (error) {
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
#ifdef ENONET
    case ENONET:
#endif
        return true;
    default:
        return false;
    }
}

Outcome<int> socket_type(const sys::System& system, int fd) noexcept
{
    int type = 0;
    socklen_t size = sizeof type;
    const sys::Result<> asked = system.get_option(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    return asked.ok() ? done(type) : failed<int>(asked.error, "getsockopt");
}

int type_of(const sys::System& system, SocketRef socket) noexcept
{
    return socket.type != 0 ? socket.type : socket_type(system, socket.fd).value;
}

bool is_stream(const sys::System& system, SocketRef socket) noexcept
{
    return socket.fd >= 0 && type_of(system, socket) == SOCK_STREAM;
}

bool nothing_means_end(const sys::System& system, SocketRef socket, int flags) noexcept
{
#ifdef MSG_ERRQUEUE
    if ((flags & MSG_ERRQUEUE) != 0) {
        return false;
    }
#else
    static_cast<void>(flags);
#endif
    const int type = type_of(system, socket);
    return type != SOCK_DGRAM && type != SOCK_RAW;
}

Outcome<> open(const sys::System& system, Socket& into, int family, int type, int protocol, bool nonblock) noexcept
{
    const sys::Result<> made = system.socket(family, type, protocol, nonblock);
    if (!made.ok()) {
        return failed(made.error, "socket");
    }
    into = {Fd(made.value), family, plain_type(type), protocol};
    return done();
}

Outcome<> open_pair(const sys::System& system, Socket& first, Socket& second, int type, int protocol,
                    bool nonblock) noexcept
{
    int fds[2] = {-1, -1};
    const sys::Result<> made = system.socket_pair(AF_UNIX, type, protocol, nonblock, fds);
    if (!made.ok()) {
        return failed(made.error, "socketpair");
    }
    first = {Fd(fds[0]), AF_UNIX, plain_type(type), protocol};
    second = {Fd(fds[1]), AF_UNIX, plain_type(type), protocol};
    return done();
}

Outcome<> wrap(const sys::System& system, Socket& into, int fd, bool nonblock) noexcept
{
    const Outcome<int> type = socket_type(system, fd);
    if (!type.done()) {
        return failed(type.error);
    }
    const sys::Result<> family = system.socket_family(fd);
    if (!family.ok()) {
        return failed(family.error, "getsockname");
    }
    const sys::Result<> protocol = system.socket_protocol(fd);
    if (!protocol.ok()) {
        return failed(protocol.error, "getsockopt");
    }
    if (const Outcome<> marked = set_close_on_exec(system, fd, true); !marked.done()) {
        return marked;
    }
    if (nonblock) {
        if (const Outcome<> marked = set_nonblock(system, fd, true); !marked.done()) {
            return marked;
        }
    }
    into = {Fd(fd), family.value, type.value, protocol.value};
    return done();
}

Outcome<> duplicate(const sys::System& system, SocketRef socket, Socket& into) noexcept
{
    const sys::Result<> made = system.duplicate(socket.fd);
    if (!made.ok()) {
        return failed(made.error, "dup");
    }
    into = {Fd(made.value), socket.family, socket.type, socket.protocol};
    return done();
}

Outcome<> accept(const sys::System& system, SocketRef listener, Socket& into, Address* peer) noexcept
{
    const Outcome<bool> inherited = nonblock(system, listener.fd);
    if (!inherited.done()) {
        return failed(inherited.error.code, "accept");
    }
    return accept_as(system, listener, into, peer, inherited.value);
}

Outcome<int> accept_number(const sys::System& system, SocketRef listener) noexcept
{
    Socket accepted;
    const Outcome<> out = accept(system, listener, accepted, nullptr);
    return {out.status, accepted.fd.release(), out.error};
}

Outcome<int> accept_blocking_number(const sys::System& system, SocketRef listener) noexcept
{
    Socket accepted;
    const Outcome<> out = accept_as(system, listener, accepted, nullptr, false);
    return {out.status, accepted.fd.release(), out.error};
}

Outcome<> shutdown(const sys::System& system, int fd, int how) noexcept
{
    return outcome_of(system.shutdown(fd, how), "shutdown");
}

Outcome<> close_number(const sys::System& system, int fd, const int* how) noexcept
{
    const Outcome<> shut = how != nullptr ? shutdown(system, fd, *how) : done();
    const Outcome<> closed = outcome_of(system.close(fd), "close");
    return shut.done() ? closed : shut;
}

Outcome<> close(const sys::System& system, Socket& socket, const int* how) noexcept
{
    const int fd = socket.fd.release();
    return fd < 0 ? done() : close_number(system, fd, how);
}

int unwrap(Socket& socket) noexcept
{
    return socket.fd.release();
}

Outcome<> bind(const sys::System& system, int fd, const Address& address) noexcept
{
    return outcome_of(system.bind(fd, address.data(), address.size()), "bind");
}

Outcome<> listen(const sys::System& system, int fd, int backlog) noexcept
{
    return outcome_of(system.listen(fd, backlog), "listen");
}

Outcome<int> connect(const sys::System& system, int fd, const Address& address) noexcept
{
    const sys::Result<> result = system.connect(fd, address.data(), address.size());
    switch (result.error) {
    case 0:
        return done(0);
    case EISCONN: // Linux says so of a listener as well, which has no peer
        return peer_name(system, fd).done() ? done(0) : failed<int>(EISCONN, "connect");
    case EINPROGRESS:
    case EALREADY:
        return {Status::done, result.error, system_error(result.error, "connect")};
    case EINTR:
        if (address.family() == AF_UNIX) { // Linux was waiting for room in the listener's queue: nothing has begun
            return again_or_failed<int>(EINTR, "connect");
        }
        // The connection goes on being made (POSIX, connect).
        return {Status::done, EINPROGRESS, system_error(EINPROGRESS, "connect")};
    default:
        return again_or_failed<int>(result.error, "connect");
    }
}

Outcome<Address> socket_name(const sys::System& system, int fd) noexcept
{
    return name_of(system, fd, &sys::System::socket_name, "getsockname");
}

Outcome<Address> peer_name(const sys::System& system, int fd) noexcept
{
    return name_of(system, fd, &sys::System::peer_name, "getpeername");
}

Outcome<bool> at_mark(const sys::System& system, int fd) noexcept
{
    const sys::Result<> mark = system.at_mark(fd);
    return mark.ok() ? done(mark.value == 1) : failed<bool>(mark.error, "sockatmark");
}

Outcome<bool> close_on_exec(const sys::System& system, int fd) noexcept
{
    const sys::Result<> flags = system.descriptor_flags(fd);
    return flags.ok() ? done((flags.value & FD_CLOEXEC) != 0) : failed<bool>(flags.error, "fcntl");
}

Outcome<> set_close_on_exec(const sys::System& system, int fd, bool enable) noexcept
{
    const sys::Result<> flags = system.descriptor_flags(fd);
    if (!flags.ok()) {
        return failed(flags.error, "fcntl");
    }
    const int wanted = enable ? flags.value | FD_CLOEXEC : flags.value & ~FD_CLOEXEC;
    return wanted == flags.value ? done() : outcome_of(system.set_descriptor_flags(fd, wanted), "fcntl");
}

Outcome<bool> nonblock(const sys::System& system, int fd) noexcept
{
    const sys::Result<> flags = system.status_flags(fd);
    return flags.ok() ? done((flags.value & O_NONBLOCK) != 0) : failed<bool>(flags.error, "fcntl");
}

Outcome<> set_nonblock(const sys::System& system, int fd, bool enable) noexcept
{
    const sys::Result<> flags = system.status_flags(fd);
    if (!flags.ok()) {
        return failed(flags.error, "fcntl");
    }
    const int wanted = enable ? flags.value | O_NONBLOCK : flags.value & ~O_NONBLOCK;
    return wanted == flags.value ? done() : outcome_of(system.set_status_flags(fd, wanted), "fcntl");
}

Outcome<int> pending_error(const sys::System& system, int fd) noexcept
{
    int error = 0;
    socklen_t size = sizeof error;
    const sys::Result<> asked = system.get_option(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return asked.ok() ? done(error) : failed<int>(asked.error, "getsockopt");
}

Outcome<bool> wait(const sys::System& system, int fd, Readiness readiness, bool exception, int timeout_ms) noexcept
{
    if (fd < 0) { // poll(2) ignores negative numbers
        return failed<bool>(EBADF, "poll");
    }
    const Deadline deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    pollfd entry{fd, poll_events(readiness, exception), 0};
    sys::Result<> polled = system.poll({&entry, 1}, timeout_ms);
    while (polled.error == EINTR) {
        polled = system.poll({&entry, 1}, remaining_ms(deadline));
    }
    if (!polled.ok()) {
        return failed<bool>(polled.error, "poll");
    }
    if ((entry.revents & POLLNVAL) != 0) {
        return failed<bool>(EBADF, "poll");
    }
    return done(polled.value > 0);
}

} // namespace llnet
