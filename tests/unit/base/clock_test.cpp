// SPDX-License-Identifier: MIT
#include "core/base/clock.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace llnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Clock, never_goes_back)
{
    EXPECT_TRUE(Clock::is_steady);
}

TEST(Clock, rounds_what_remains_up_to_whole_milliseconds)
{
    const int left = remaining_ms(Clock::now() + milliseconds(3'600'000) + nanoseconds(1));
    EXPECT_GT(left, 3'590'000);
    EXPECT_LE(left, 3'600'001);
    EXPECT_GE(remaining_ms(Clock::now() + nanoseconds(500'000'000)), 1);
}

TEST(Clock, has_nothing_left_of_a_deadline_that_passed)
{
    EXPECT_EQ(remaining_ms(Clock::now()), 0);
    EXPECT_EQ(remaining_ms(Clock::now() - milliseconds(5)), 0);
}

TEST(Clock, holds_the_longest_timeout)
{
    constexpr int longest = std::numeric_limits<int>::max();
    EXPECT_GT(remaining_ms(Clock::now() + milliseconds(longest)), longest - 60'000);
}

} // namespace
} // namespace llnet
