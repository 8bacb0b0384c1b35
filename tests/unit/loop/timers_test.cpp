// SPDX-License-Identifier: MIT
#include "core/loop/timers.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <vector>

namespace llnet::test {
namespace {

Deadline at(int ms)
{
    return Deadline(std::chrono::milliseconds(ms));
}

Timer* take_first(Timers& timers)
{
    Timer* first = timers.first();
    timers.disarm(*first);
    return first;
}

TEST(Timers, without_a_timer_have_no_first)
{
    Timers timers;
    EXPECT_EQ(timers.first(), nullptr);
    EXPECT_EQ(timers.size(), 0U);
}

TEST(Timers, come_by_deadline)
{
    Timers timers;
    Timer late;
    Timer early;
    Timer middle;
    timers.arm(late, at(30));
    timers.arm(early, at(10));
    timers.arm(middle, at(20));
    EXPECT_EQ(timers.size(), 3U);
    EXPECT_EQ(take_first(timers), &early);
    EXPECT_EQ(take_first(timers), &middle);
    EXPECT_EQ(take_first(timers), &late);
    EXPECT_EQ(timers.first(), nullptr);
    EXPECT_FALSE(late.armed());
}

TEST(Timers, with_one_deadline_come_in_the_order_in_which_they_were_armed)
{
    Timers timers;
    std::deque<Timer> all(1000);
    for (Timer& timer : all) {
        timers.arm(timer, at(5));
    }
    for (Timer& timer : all) {
        EXPECT_EQ(take_first(timers), &timer);
    }
}

TEST(Timers, that_are_disarmed_never_come)
{
    Timers timers;
    std::deque<Timer> all(5);
    for (int i = 0; i < 5; ++i) {
        timers.arm(all[static_cast<std::size_t>(i)], at(i));
    }
    timers.disarm(all[3]);
    timers.disarm(all[0]);
    timers.disarm(all[0]); // again: nothing
    EXPECT_EQ(timers.size(), 3U);
    EXPECT_EQ(take_first(timers), &all[1]);
    EXPECT_EQ(take_first(timers), &all[2]);
    EXPECT_EQ(take_first(timers), &all[4]);
}

TEST(Timers, pass_at_their_deadline_and_not_before)
{
    Timers timers;
    std::deque<Timer> all(4);
    timers.arm(all[0], at(5'000'000));
    timers.arm(all[1], at(70));
    timers.arm(all[2], at(70) + std::chrono::nanoseconds(1));
    timers.arm(all[3], at(-10));
    EXPECT_EQ(timers.passed(at(-11)), nullptr);
    EXPECT_EQ(timers.passed(at(-10)), &all[3]);
    timers.disarm(all[3]);
    EXPECT_EQ(timers.passed(at(69)), nullptr);
    EXPECT_EQ(timers.passed(at(70)), &all[1]);
    timers.disarm(all[1]);
    EXPECT_EQ(timers.passed(at(70)), nullptr);
    EXPECT_EQ(timers.passed(at(71)), &all[2]);
    timers.disarm(all[2]);
    EXPECT_EQ(timers.passed(at(4'999'999)), nullptr);
    EXPECT_EQ(timers.passed(Deadline::max()), &all[0]);
}

TEST(Timers, come_however_far_they_are_apart)
{
    Timers timers;
    std::deque<Timer> all(64);
    for (std::size_t i = all.size() - 1; i-- > 0;) {
        timers.arm(all[i], Deadline(Clock::duration(std::int64_t{1} << i)));
    }
    timers.arm(all.back(), Deadline::max());
    for (Timer& timer : all) {
        ASSERT_EQ(take_first(timers), &timer);
    }
}

TEST(Timers, armed_for_sooner_than_what_was_the_next_come_first)
{
    Timers timers;
    Timer far;
    Timer soon;
    timers.arm(far, at(3'600'000));
    EXPECT_EQ(timers.first(), &far);
    timers.arm(soon, at(10));
    EXPECT_EQ(timers.first(), &soon);
    timers.disarm(far);
    EXPECT_EQ(take_first(timers), &soon);
}

TEST(Timers, can_be_armed_again)
{
    Timers timers;
    Timer timer;
    Timer other;
    timers.arm(timer, at(1));
    timers.arm(other, at(2));
    timers.disarm(timer);
    timers.arm(timer, at(3));
    EXPECT_EQ(take_first(timers), &other);
    EXPECT_EQ(take_first(timers), &timer);
}

TEST(Timers, in_any_number_use_no_more_stack)
{
    Timers timers;
    std::deque<Timer> all(300'000);
    int ms = 0;
    for (Timer& timer : all) {
        timers.arm(timer, at(++ms)); // each becomes a sibling of all before
    }
    for (Timer& timer : all) {
        ASSERT_EQ(take_first(timers), &timer);
    }
}

// Random arming, disarming and taking, beside a sorted map as the model.
class TimersBesideModel : public testing::Test {
protected:
    std::mt19937 random{20261121}; // NOLINT(cert-msc51-cpp): the same in each run
    Timers timers;
    std::deque<Timer> pool{500};
    std::multimap<Deadline, Timer*> model; // equal keys stay in the order of insertion

    void arm(Timer& timer, Deadline when)
    {
        timers.arm(timer, when);
        model.emplace(when, &timer);
    }

    void disarm(Timer& timer)
    {
        timers.disarm(timer);
        model.erase(
            std::find_if(model.begin(), model.end(), [&](const auto& entry) { return entry.second == &timer; }));
    }

    void take_first_of_both()
    {
        ASSERT_EQ(take_first(timers), model.begin()->second);
        model.erase(model.begin());
    }

    // Of one of many sizes, or in the crowd.
    Deadline any_deadline() { return at(static_cast<int>(random() % (random() % 2 == 0 ? 200 : 1U << random() % 31))); }

    void take_what_passed(Deadline now)
    {
        while (Timer* passed = timers.passed(now)) {
            ASSERT_FALSE(model.empty());
            ASSERT_EQ(passed, model.begin()->second);
            take_first_of_both();
        }
        ASSERT_TRUE(model.empty() || model.begin()->first > now);
    }
};

TEST_F(TimersBesideModel, are_a_sorted_map)
{
    for (int turn = 0; turn < 100'000; ++turn) {
        Timer& timer = pool[random() % pool.size()];
        if (!timer.armed()) {
            arm(timer, any_deadline());
        } else if (random() % 2 == 0) {
            disarm(timer);
        } else {
            take_first_of_both();
        }
        ASSERT_EQ(timers.size(), model.size());
        ASSERT_EQ(timers.first(), model.empty() ? nullptr : model.begin()->second);
    }
}

TEST_F(TimersBesideModel, pass_as_the_clock_goes_on)
{
    Deadline now{};
    for (int turn = 0; turn < 100'000; ++turn) {
        Timer& timer = pool[random() % pool.size()];
        if (!timer.armed()) {
            arm(timer, now + any_deadline().time_since_epoch());
        } else if (random() % 2 == 0) {
            disarm(timer);
        } else {
            now += std::chrono::microseconds(random() % (1U << random() % 24));
            take_what_passed(now);
        }
        ASSERT_EQ(timers.size(), model.size());
    }
}

} // namespace
} // namespace llnet::test
