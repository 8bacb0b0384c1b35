// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/address.hpp"
#include "core/base/fd.hpp"
#include "core/base/outcome.hpp"
#include "core/sock/watch.hpp"
#include "core/sys/system.hpp"

namespace llnet {

// A socket that somebody else owns: what a call on it needs to know. Where no type is given (0), a call to which it
// matters asks the kernel.
struct SocketRef {
    int fd = -1;
    int family = AF_UNSPEC;
    int type = 0;
    int protocol = 0;
};

// A socket's descriptor, owned, and what it was made as. Empty until one of the functions below fills it; on failure
// they leave it as it was.
struct Socket {
    WatchedFd fd;
    int family = AF_UNSPEC;
    int type = 0;
    int protocol = 0;

    operator SocketRef() const noexcept { return {fd.get(), family, type, protocol}; }
};

// SO_TYPE: SOCK_STREAM and so on.
Outcome<int> socket_type(const sys::System& system, int fd) noexcept;

// The type, which is asked of the kernel where it is not given; 0 if that does not tell.
int type_of(const sys::System& system, SocketRef socket) noexcept;

// Whether it is an open socket of type SOCK_STREAM.
bool is_stream(const sys::System& system, SocketRef socket) noexcept;

// Whether receiving no bytes with these flags tells that the peer closed: not where a message may be empty, and not in
// the error queue (ip(7), MSG_ERRQUEUE), whose entries can be all control data.
bool nothing_means_end(const sys::System& system, SocketRef socket, int flags) noexcept;

// socket(2). `type` may carry SOCK_NONBLOCK and SOCK_CLOEXEC where the platform has them.
Outcome<> open(const sys::System& system, Socket& into, int family, int type, int protocol, bool nonblock) noexcept;

// socketpair(2) in the unix family.
Outcome<> open_pair(const sys::System& system, Socket& first, Socket& second, int type, int protocol,
                    bool nonblock) noexcept;

// Takes over a descriptor that must be a socket, and makes it close-on-exec. On failure it stays the caller's.
Outcome<> wrap(const sys::System& system, Socket& into, int fd, bool nonblock) noexcept;

// A second descriptor of the same open socket.
Outcome<> duplicate(const sys::System& system, SocketRef socket, Socket& into) noexcept;

// Whether an error of accept(2) is that of a connection which was gone before it was taken: the next one may be well.
// Linux passes on whatever happened to it.
bool is_of_lost_connection(int error) noexcept;

// accept(2). The new socket takes the listener's non-blocking state. Where `peer` is given it gets the peer's address.
// A connection that was gone before it was taken is "again".
Outcome<> accept(const sys::System& system, SocketRef listener, Socket& into, Address* peer) noexcept;

// The same, giving the bare number.
Outcome<int> accept_number(const sys::System& system, SocketRef listener) noexcept;

// The same, but whatever the listener is, the new socket blocks.
Outcome<int> accept_blocking_number(const sys::System& system, SocketRef listener) noexcept;

// shutdown(2) when `how` is given (SHUT_*), then close(2). Closed in any case; the first error is told. An empty socket
// is left alone.
Outcome<> close(const sys::System& system, Socket& socket, const int* how) noexcept;
Outcome<> shutdown(const sys::System& system, int fd, int how) noexcept;

// The same for a bare number that the program owns.
Outcome<> close_number(const sys::System& system, int fd, const int* how) noexcept;

// Gives the descriptor away; the socket is as if closed.
int unwrap(Socket& socket) noexcept;

Outcome<> bind(const sys::System& system, int fd, const Address& address) noexcept;
Outcome<> listen(const sys::System& system, int fd, int backlog) noexcept;

// connect(2). Done without an error code when connected (also if it was before: EISCONN); done with EINPROGRESS or
// EALREADY in `value` while a connection is being made.
Outcome<int> connect(const sys::System& system, int fd, const Address& address) noexcept;

Outcome<Address> socket_name(const sys::System& system, int fd) noexcept;
Outcome<Address> peer_name(const sys::System& system, int fd) noexcept;
Outcome<bool> at_mark(const sys::System& system, int fd) noexcept;

// FD_CLOEXEC and O_NONBLOCK.
Outcome<bool> close_on_exec(const sys::System& system, int fd) noexcept;
Outcome<> set_close_on_exec(const sys::System& system, int fd, bool enable) noexcept;
Outcome<bool> nonblock(const sys::System& system, int fd) noexcept;
Outcome<> set_nonblock(const sys::System& system, int fd, bool enable) noexcept;

// SO_ERROR, which reading clears: the pending errno or 0.
Outcome<int> pending_error(const sys::System& system, int fd) noexcept;

// What to wait for.
enum class Readiness { receive, send };

// poll(2): true when ready, false when `timeout_ms` passed first. `exception` also waits for out-of-band data. An
// interrupted wait goes on for what is left of its time.
Outcome<bool> wait(const sys::System& system, int fd, Readiness readiness, bool exception, int timeout_ms) noexcept;

} // namespace llnet
