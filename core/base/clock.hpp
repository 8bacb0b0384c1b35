// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <climits>

namespace llnet {

// The one clock of deadlines: steady_clock is CLOCK_MONOTONIC on POSIX systems.
using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

// Whole milliseconds until `deadline`, rounded up so that a wait never ends early and spins; 0 when it has passed, and
// at most what a system call takes.
inline int remaining_ms(Deadline deadline) noexcept
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
}

} // namespace llnet
