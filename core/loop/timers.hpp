// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/timer_heap.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace llnet {

// Armed timers by deadline. Those that come soon are in a heap; the others wait unsorted in the slots of a
// hierarchical wheel (Varghese and Lauck, 1987), so that to arm and to disarm one of them takes constant time. Its
// levels and slots are digits of the deadline, to the base 64: a timer is on the level of the highest digit that
// differs from those of `horizon_`. When the heap is empty, the nearest slot is what comes soon, and the horizon moves
// there. Nothing is allocated, and each timer comes at its exact turn.
class Timers {
public:
    // The timer is not armed yet and stays where it is until it is disarmed.
    void arm(Timer& timer, Deadline when) noexcept;

    // Does nothing to a timer that is not armed.
    void disarm(Timer& timer) noexcept;

    // The timer with the nearest deadline; nullptr if there is none.
    [[nodiscard]] Timer* first() noexcept;

    // The same, if that deadline has passed at this time.
    [[nodiscard]] Timer* passed(Deadline now) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    using Tick = std::uint64_t; // about a millisecond

    static constexpr unsigned digit_bits = 6;
    static constexpr std::size_t slot_count = std::size_t{1} << digit_bits;
    static constexpr std::size_t level_count = 8; // more than a deadline has digits

    struct Level {
        std::uint64_t used = 0; // a bit for each slot with timers
        std::array<Timer*, slot_count> slots{};
    };
    struct Place {
        std::size_t level;
        std::size_t slot;
    };

    TimerHeap soon_;
    Tick horizon_ = 0; // till when, and including which, timers are in the heap
    std::array<Level, level_count> levels_;
    std::size_t size_ = 0;
    std::uint64_t next_serial_ = 1;

    static Tick tick_of(Deadline when) noexcept;
    [[nodiscard]] Place place_of(Tick tick) const noexcept;
    void put(Timer& timer) noexcept;
    void take_from_wheel(Timer& timer, Place place) noexcept;
    bool move_horizon(Tick limit) noexcept;
};

} // namespace llnet
