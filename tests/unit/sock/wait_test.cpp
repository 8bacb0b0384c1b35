// SPDX-License-Identifier: MIT
#include "core/base/clock.hpp"
#include "core/sock/socket.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <limits>
#include <vector>

namespace llnet::test {
namespace {

using std::chrono::milliseconds;

class Wait : public DescriptorTest {
protected:
    [[nodiscard]] Outcome<bool> receivable(const Socket& socket, int timeout_ms) const
    {
        return wait(system, socket.fd.get(), Readiness::receive, false, timeout_ms);
    }

    FaultyHost system;
};

TEST_F(Wait, is_over_at_once_when_there_is_something_to_receive)
{
    const Pair pair = make_pair(SOCK_STREAM);
    send_all(pair.first.fd.get(), "x");
    EXPECT_THAT(receivable(pair.second, std::numeric_limits<int>::max()), is_done_with(true));
}

TEST_F(Wait, is_over_when_its_time_is_and_says_so)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const auto begin = Clock::now();
    EXPECT_THAT(receivable(pair.second, 0), is_done_with(false));
    EXPECT_THAT(receivable(pair.second, 3), is_done_with(false));
    EXPECT_GE(Clock::now() - begin, milliseconds(3));
}

TEST_F(Wait, is_over_when_the_peer_closes)
{
    EXPECT_THAT(receivable(make_abandoned(), 5000), is_done_with(true));
}

TEST_F(Wait, to_send_is_over_when_there_is_room)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    EXPECT_THAT(wait(system, pair.first.fd.get(), Readiness::send, false, 0), is_done_with(true));
    const std::string block(65536, 'x');
    while (system.send(pair.first.fd.get(), block.data(), block.size(), 0).ok()) {
    }
    EXPECT_THAT(wait(system, pair.first.fd.get(), Readiness::send, false, 0), is_done_with(false));
}

TEST_F(Wait, for_exceptions_is_over_when_urgent_data_comes)
{
    const Pair pair = make_connection();
    EXPECT_EQ(must(sys::host().send(pair.first.fd.get(), "!", 1, MSG_OOB)), 1);
    EXPECT_THAT(wait(system, pair.second.fd.get(), Readiness::receive, true, 5000), is_done_with(true));
    EXPECT_THAT(receivable(pair.second, 0), is_done_with(false));
}

TEST_F(Wait, of_an_empty_socket_is_ebadf_and_asks_nobody)
{
    EXPECT_THAT(receivable(Socket(), 5000), failed_with(EBADF, "poll"));
    EXPECT_EQ(system.calls(Call::poll), 0);
}

TEST_F(Wait, of_a_descriptor_that_was_closed_elsewhere_is_ebadf)
{
    const int closed = any_descriptor().get();
    EXPECT_THAT(wait(system, closed, Readiness::receive, false, 5000), failed_with(EBADF, "poll"));
}

// Its polls are interrupted a number of times, each after more than a millisecond.
class InterruptedSystem : public HostSystem {
public:
    explicit InterruptedSystem(std::size_t times) : times_(times) {}

    sys::Result<> poll(std::span<pollfd> fds, int timeout_ms) const noexcept override
    {
        timeouts.push_back(timeout_ms);
        if (timeouts.size() > times_) {
            return HostSystem::poll(fds, 0);
        }
        const auto later = Clock::now() + milliseconds(1);
        while (Clock::now() <= later) {
        }
        return {-1, EINTR};
    }

    mutable std::vector<int> timeouts;

private:
    std::size_t times_;
};

TEST(InterruptedWait, goes_on_for_what_is_left_of_its_time)
{
    const InterruptedSystem system(5);
    const Pair pair = make_pair(SOCK_STREAM);
    EXPECT_THAT(wait(system, pair.second.fd.get(), Readiness::receive, false, 60'000), is_done_with(false));
    ASSERT_EQ(system.timeouts.size(), 6U);
    EXPECT_EQ(system.timeouts[0], 60'000);
    for (std::size_t i = 1; i < system.timeouts.size(); ++i) {
        EXPECT_LT(system.timeouts[i], system.timeouts[i - 1]);
    }
}

TEST(InterruptedWait, ends_at_its_deadline)
{
    const InterruptedSystem system(4);
    const Pair pair = make_pair(SOCK_STREAM);
    EXPECT_THAT(wait(system, pair.second.fd.get(), Readiness::receive, false, 3), is_done_with(false));
    EXPECT_EQ(system.timeouts.front(), 3);
    EXPECT_EQ(system.timeouts.back(), 0) << "4 ms passed";
}

// Interrupted at once, again and again, until the time is over: a wait of no time cannot be interrupted.
class RestlessSystem : public HostSystem {
public:
    sys::Result<> poll(std::span<pollfd>, int timeout_ms) const noexcept override
    {
        last_timeout = timeout_ms;
        last_call = Clock::now();
        return timeout_ms > 0 && last_call < give_up_ ? sys::Result<>{-1, EINTR} : sys::Result<>{};
    }

    mutable int last_timeout = -1;
    mutable Clock::time_point last_call;

private:
    Clock::time_point give_up_ = Clock::now() + std::chrono::seconds(5);
};

TEST(InterruptedWait, rounds_what_is_left_up_and_so_never_ends_early)
{
    const RestlessSystem system;
    const auto begin = Clock::now();
    EXPECT_THAT(wait(system, 0, Readiness::receive, false, 3), is_done_with(false));
    EXPECT_EQ(system.last_timeout, 0);
    EXPECT_GE(system.last_call - begin, milliseconds(3));
}

TEST(InterruptedWait, still_sees_that_the_socket_became_ready)
{
    const InterruptedSystem system(3);
    EXPECT_THAT(wait(system, make_abandoned().fd.get(), Readiness::receive, false, 60'000), is_done_with(true));
}

TEST(InterruptedWait, of_no_time_asks_once_more)
{
    const InterruptedSystem system(1);
    EXPECT_THAT(wait(system, make_abandoned().fd.get(), Readiness::receive, false, 0), is_done_with(true));
    EXPECT_EQ(system.timeouts, (std::vector{0, 0}));
}

} // namespace
} // namespace llnet::test
