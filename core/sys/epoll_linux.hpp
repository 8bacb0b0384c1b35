// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/result.hpp"

#include <cstdint>
#include <span>
#include <sys/epoll.h>

namespace llnet::sys {

// The calls of epoll(7). The descriptor is close-on-exec.
Result<> epoll_create() noexcept;
// `operation` is EPOLL_CTL_*; `key` comes back with each event.
Result<> epoll_control(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t key) noexcept;
// The number of events; a negative timeout waits for ever.
Result<> epoll_wait(int epoll, std::span<epoll_event> events, int timeout_ms) noexcept;

} // namespace llnet::sys
