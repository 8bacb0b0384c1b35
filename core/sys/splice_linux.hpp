// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/result.hpp"

#include <cstddef>
#include <sys/types.h>

namespace llnet::sys {

// pipe2(2): both ends close-on-exec and non-blocking.
Result<> make_pipe(int (&fds)[2]) noexcept;

// splice(2) of up to `size` bytes between a pipe and something else, without blocking on either and without SIGPIPE.
Result<ssize_t> splice(int from, int to, std::size_t size) noexcept;

} // namespace llnet::sys
