// SPDX-License-Identifier: MIT
// Encryption by the kernel of what a TCP socket sends: see Documentation/networking/tls.rst of Linux.
#pragma once

#include "core/sys/system.hpp"

#include <atomic>

namespace llnet::sys {

// Whether this kernel can do that, which is asked once.
bool has_kernel_tls(const System& system) noexcept;

// How many sockets of this process were given their keys.
inline std::atomic<unsigned long> kernel_tls_sockets = 0;

// Makes the socket one that takes keys.
Result<> enable_kernel_tls(const System& system, int fd) noexcept;

// Sends bytes as a record of another type than that of data (RFC 8446, 5.1).
Result<ssize_t> send_record(const System& system, int fd, unsigned char type, const void* data, std::size_t size,
                            int flags) noexcept;

} // namespace llnet::sys
