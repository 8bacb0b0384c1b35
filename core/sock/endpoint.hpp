// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/resolver.hpp"
#include "core/sock/socket.hpp"

#include <span>

namespace llnet {

// How a socket is made that is bound or connected at once.
struct EndpointOptions {
    bool nonblock = false;
    bool reuse_address = false; // SO_REUSEADDR
};

// A new socket bound to, or connected with, an address. A connection that is still being made on a non-blocking socket
// is success; on one that blocks, EINTR says that a signal ended it.
Outcome<> open_bound(const sys::System& system, Socket& into, const AddressInfo& info,
                     const EndpointOptions& options) noexcept;
Outcome<> open_connected(const sys::System& system, Socket& into, const AddressInfo& info,
                         const EndpointOptions& options) noexcept;

// Tries one of the two with each answer of the resolver until one succeeds or a signal comes; the last error is told.
Outcome<> open_first(const sys::System& system, Socket& into, std::span<const Resolved> answers,
                     const EndpointOptions& options, decltype(&open_bound) open) noexcept;

} // namespace llnet
