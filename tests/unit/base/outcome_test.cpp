// SPDX-License-Identifier: MIT
#include "core/base/outcome.hpp"

#include "core/addr/resolver.hpp"
#include "core/sock/option.hpp"
#include "tests/unit/support/outcomes.hpp"

#include <gtest/gtest.h>
#include <type_traits>

namespace llnet {
namespace {

using test::failed_with;
using test::is_done;
using test::is_done_with;
using test::is_end_of_stream;
using test::says_again;

// Lua may leave the frames that hold these by longjmp, which runs no destructor.
static_assert(std::is_trivially_destructible_v<Outcome<>>);
static_assert(std::is_trivially_destructible_v<Outcome<std::size_t>>);
static_assert(std::is_trivially_destructible_v<Outcome<Address>>);
static_assert(std::is_trivially_destructible_v<Outcome<NameInfo>>);
static_assert(std::is_trivially_destructible_v<Outcome<OptionValue>>);
static_assert(std::is_trivially_copyable_v<Address>);

TEST(Outcome, is_done_unless_told_otherwise)
{
    EXPECT_THAT(done(), is_done());
    EXPECT_THAT(done(5), is_done_with(5));
}

TEST(Outcome, tells_the_end_of_a_stream_from_a_failure)
{
    EXPECT_THAT(end_of_stream<int>(), is_end_of_stream());
    EXPECT_FALSE(end_of_stream<int>().done());
}

TEST(Outcome, takes_eagain_ewouldblock_and_eintr_as_again)
{
    for (const int code : {EAGAIN, EWOULDBLOCK, EINTR}) {
        EXPECT_THAT(again_or_failed(code, "recv"), says_again());
    }
    EXPECT_THAT(again_or_failed(EPIPE, "send"), failed_with(EPIPE, "send"));
}

TEST(Error, is_the_same_whatever_call_failed)
{
    EXPECT_EQ(system_error(EPIPE, "send"), system_error(EPIPE, "sendmsg"));
    EXPECT_FALSE(system_error(EPIPE, "send") == system_error(ECONNRESET, "send"));
}

TEST(Error, of_the_resolver_is_not_an_errno_of_the_same_number)
{
    EXPECT_FALSE((Error{ErrorKind::resolver, 11, "x"}) == system_error(11, "x"));
}

} // namespace
} // namespace llnet
