// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/clock.hpp"

#include <cstddef>
#include <cstdint>

namespace llnet {

// A deadline that is part of what waits for it; Timers links it in, and copies nothing.
class Timer {
public:
    Timer() noexcept = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() = default;

    [[nodiscard]] bool armed() const noexcept { return serial_ != 0; }
    [[nodiscard]] Deadline when() const noexcept { return when_; }

private:
    friend class Timers;

    Deadline when_{};
    std::uint64_t serial_ = 0; // equal deadlines go in the order in which they were armed; 0: it is not
    Timer* child_ = nullptr;   // the first
    Timer* next_ = nullptr;    // sibling
    Timer* before_ = nullptr;  // the sibling before, or the parent of the first
};

// Armed timers by deadline: a pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986). Arming takes constant time
// and so does disarming a timer that nothing hangs on, which is the fate of most deadlines; taking the first takes
// O(log n), amortized. Nothing is allocated.
class Timers {
public:
    // The timer is not armed yet and stays where it is until it is disarmed.
    void arm(Timer& timer, Deadline when) noexcept;

    // Does nothing to a timer that is not armed.
    void disarm(Timer& timer) noexcept;

    // The timer with the nearest deadline; nullptr if there is none.
    [[nodiscard]] Timer* first() const noexcept { return root_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    Timer* root_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t next_serial_ = 1;

    static bool goes_before(const Timer& a, const Timer& b) noexcept;
    static Timer* merge(Timer* a, Timer* b) noexcept;
    static Timer* merge_siblings(Timer* first) noexcept;
    static void detach(Timer& timer) noexcept;
};

} // namespace llnet
