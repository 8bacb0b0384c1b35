// SPDX-License-Identifier: MIT
#pragma once

#include "core/sock/socket.hpp"

#include <string>
#include <string_view>

namespace llnet::test {

struct Pair {
    Socket first;
    Socket second;
};

// Two connected unix sockets.
Pair make_pair(int type, bool nonblock = false);

Socket make_socket(int family, int type, bool nonblock = false);

// 127.0.0.1 or ::1.
Address loopback(int family, int port = 0);
// An abstract unix name that no other test has.
Address unique_unix_address();

// Bound to a free port of the loopback device, or to a unique unix name.
Socket make_bound(int family, int type);
// The same, listening.
Socket make_listener(int family, int type, bool nonblock = false);

// A TCP connection over the loopback device: its two ends.
Pair make_connection(int family = AF_INET);

// A peer that has closed, so that the next write to `first` gets EPIPE.
Socket make_abandoned(int type = SOCK_STREAM);

// Writes all of `bytes`, and reads exactly `size` bytes; for blocking sockets.
void send_all(int fd, std::string_view bytes);
std::string receive_exactly(int fd, std::size_t size);

// Shrinks the send buffer as far as the kernel lets us.
void shrink_send_buffer(const Socket& socket);

bool has_ipv6();

} // namespace llnet::test
