// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/clock.hpp"

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
    friend class TimerHeap;
    friend class Timers;

    Deadline when_{};
    std::uint64_t serial_ = 0; // equal deadlines go in the order in which they were armed; 0: it is not
    Timer* child_ = nullptr;   // in a heap, the first
    Timer* next_ = nullptr;    // sibling, or the next in a list
    Timer* before_ = nullptr;  // the one before, or the parent of the first sibling
};

// Timers by deadline: a pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986). Adding takes constant time, and so
// does removing one that nothing hangs on; removing the first takes O(log n), amortized. Nothing is allocated.
class TimerHeap {
public:
    void add(Timer& timer) noexcept { root_ = merge(root_, &timer); }
    void remove(Timer& timer) noexcept;

    // nullptr if there is none.
    [[nodiscard]] Timer* first() const noexcept { return root_; }

private:
    Timer* root_ = nullptr;

    static bool goes_before(const Timer& a, const Timer& b) noexcept;
    static Timer* merge(Timer* a, Timer* b) noexcept;
    static Timer* merge_siblings(Timer* first) noexcept;
    static void detach(Timer& timer) noexcept;
};

} // namespace llnet
