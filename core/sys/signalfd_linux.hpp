// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/result.hpp"

#include <csignal>

namespace llnet::sys {

// signalfd(2): a descriptor that is readable while a signal of the set is pending; close-on-exec and non-blocking. -1
// makes one, its number gives it another set.
Result<> signal_descriptor(int fd, const sigset_t& set) noexcept;

// sigtimedwait(2) without waiting: takes a pending signal of the set, which must be blocked, and gives its number;
// EAGAIN if there is none.
Result<> take_signal(const sigset_t& set) noexcept;

} // namespace llnet::sys
