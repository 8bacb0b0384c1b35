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
    const Timers timers;
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
TEST(Timers, behave_like_a_sorted_map)
{
    std::mt19937 random(20261121); // NOLINT(cert-msc51-cpp): the same in each run
    Timers timers;
    std::deque<Timer> pool(500);
    std::multimap<Deadline, Timer*> model; // equal keys stay in the order of insertion
    const auto drop_from_model = [&](Timer& timer) {
        const auto found =
            std::find_if(model.begin(), model.end(), [&](const auto& entry) { return entry.second == &timer; });
        model.erase(found);
    };
    for (int turn = 0; turn < 100'000; ++turn) {
        Timer& timer = pool[random() % pool.size()];
        if (!timer.armed()) {
            const Deadline when = at(static_cast<int>(random() % 200));
            timers.arm(timer, when);
            model.emplace(when, &timer);
        } else if (random() % 2 == 0) {
            timers.disarm(timer);
            drop_from_model(timer);
        } else {
            ASSERT_EQ(take_first(timers), model.begin()->second);
            model.erase(model.begin());
        }
        ASSERT_EQ(timers.size(), model.size());
        ASSERT_EQ(timers.first(), model.empty() ? nullptr : model.begin()->second);
    }
}

} // namespace
} // namespace llnet::test
