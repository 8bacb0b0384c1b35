// SPDX-License-Identifier: MIT
#include "core/loop/timers.hpp"

#include <bit>
#include <chrono>
#include <limits>
#include <utility>

namespace llnet {

void Timers::arm(Timer& timer, Deadline when) noexcept
{
    if (size_++ == 0) {
        horizon_ = 0;
    }
    timer.when_ = when;
    timer.serial_ = next_serial_++;
    put(timer);
}

void Timers::disarm(Timer& timer) noexcept
{
    if (!timer.armed()) {
        return;
    }
    const Tick tick = tick_of(timer.when_);
    if (tick <= horizon_) {
        soon_.remove(timer);
    } else {
        take_from_wheel(timer, place_of(tick));
    }
    timer.serial_ = 0;
    --size_;
}

Timer* Timers::first() noexcept
{
    while (soon_.first() == nullptr && move_horizon(std::numeric_limits<Tick>::max())) {
    }
    return soon_.first();
}

Timer* Timers::passed(Deadline now) noexcept
{
    while (soon_.first() == nullptr && move_horizon(tick_of(now))) {
    }
    Timer* first = soon_.first();
    return first != nullptr && first->when() <= now ? first : nullptr;
}

Timers::Tick Timers::tick_of(Deadline when) noexcept
{
    constexpr unsigned tick_bits = 20; // of nanoseconds
    const auto time = std::chrono::nanoseconds(when.time_since_epoch()).count();
    return time < 0 ? 0 : static_cast<Tick>(time) >> tick_bits;
}

// Where in the wheel a timer of this tick belongs, which is after the horizon.
Timers::Place Timers::place_of(Tick tick) const noexcept
{
    const std::size_t level = (static_cast<unsigned>(std::bit_width(tick ^ horizon_)) - 1) / digit_bits;
    return {level, (tick >> (level * digit_bits)) % slot_count};
}

void Timers::put(Timer& timer) noexcept
{
    const Tick tick = tick_of(timer.when_);
    if (tick <= horizon_) {
        soon_.add(timer);
        return;
    }
    const Place place = place_of(tick);
    Level& level = levels_[place.level];
    Timer*& head = level.slots[place.slot];
    timer.next_ = head;
    if (head != nullptr) {
        head->before_ = &timer;
    }
    head = &timer;
    level.used |= std::uint64_t{1} << place.slot;
}

void Timers::take_from_wheel(Timer& timer, Place place) noexcept
{
    Level& level = levels_[place.level];
    (timer.before_ != nullptr ? timer.before_->next_ : level.slots[place.slot]) = timer.next_;
    if (timer.next_ != nullptr) {
        timer.next_->before_ = timer.before_;
    }
    timer.next_ = timer.before_ = nullptr;
    if (level.slots[place.slot] == nullptr) {
        level.used &= ~(std::uint64_t{1} << place.slot);
    }
}

// Moves the horizon to the begin of the nearest slot that is in use and not after the limit, and the timers in there to
// where they belong now. False if there is no such slot.
bool Timers::move_horizon(Tick limit) noexcept
{
    for (std::size_t number = 0; number < level_count; ++number) {
        Level& level = levels_[number];
        if (level.used == 0) {
            continue;
        }
        const auto slot = static_cast<std::size_t>(std::countr_zero(level.used));
        const std::size_t shift = number * digit_bits;
        const Tick above = horizon_ >> (shift + digit_bits) << digit_bits;
        const Tick start = (above | slot) << shift;
        if (start > limit) {
            return false;
        }
        horizon_ = start;
        level.used &= level.used - 1;
        Timer* timer = std::exchange(level.slots[slot], nullptr);
        while (timer != nullptr) {
            Timer* next = std::exchange(timer->next_, nullptr);
            timer->before_ = nullptr;
            put(*timer);
            timer = next;
        }
        return true;
    }
    return false;
}

} // namespace llnet
