// SPDX-License-Identifier: MIT
// Who is told in vain again and again, and who always has more to do.
#include "core/loop/operations.hpp"
#include "tests/unit/support/watching.hpp"

namespace llnet::test {
namespace {

template <class Maker>
class LoopDoze : public WatchingTest<Maker> {
protected:
    WaitOperation writable{Direction::write};

    void start_dozing(const std::optional<Deadline>& deadline = std::nullopt)
    {
        EXPECT_FALSE(this->loop.start_dozing(writable, this->key, deadline));
    }
};

TYPED_TEST_SUITE(LoopDoze, BackendMakers, BackendNames);

// There is never what it wants, whatever events tell.
class Blocked final : public Operation {
public:
    explicit Blocked(Direction direction) noexcept : Operation(direction) {}

protected:
    Progress perform(const sys::System&, int) noexcept override { return Progress::blocked; }
};

// There is always more of it.
class Endless final : public Operation {
public:
    Endless() noexcept : Operation(Direction::read) {}

protected:
    Progress perform(const sys::System&, int) noexcept override
    {
        outcome_.value += 65536;
        return Progress::more;
    }
};

TYPED_TEST(LoopDoze, looks_some_moments_later)
{
    const Deadline before = Clock::now();
    this->start_dozing();
    EXPECT_EQ(this->next(), &this->writable);
    EXPECT_THAT(this->writable.outcome(), is_done_with(0U));
    EXPECT_GE(Clock::now() - before, std::chrono::milliseconds(10));
}

TYPED_TEST(LoopDoze, ends_in_time)
{
    this->start_dozing(in_ms(1));
    EXPECT_EQ(this->next(), &this->writable);
    EXPECT_TRUE(this->writable.timed_out());
}

TYPED_TEST(LoopDoze, ends_when_it_is_woken_or_cancelled_or_its_descriptor_is_closed)
{
    this->start_dozing();
    EXPECT_TRUE(this->loop.wake(this->key, Direction::write, ECANCELED));
    EXPECT_EQ(this->next(), &this->writable);
    EXPECT_EQ(this->writable.outcome().error.code, ECANCELED);
    this->start_dozing();
    this->loop.cancel(this->writable, EINTR);
    EXPECT_EQ(this->next(), &this->writable);
    EXPECT_EQ(this->writable.outcome().error.code, EINTR);
    this->start_dozing();
    this->loop.release(this->key);
    EXPECT_EQ(this->next(), &this->writable);
    EXPECT_EQ(this->writable.outcome().error.code, ECANCELED);
}

TYPED_TEST(LoopDoze, ends_at_once_when_it_is_nudged)
{
    this->start_dozing();
    this->loop.nudge(this->key, Direction::write);
    EXPECT_EQ(this->loop.take(), &this->writable);
    EXPECT_THAT(this->writable.outcome(), is_done_with(0U));
}

TYPED_TEST(LoopDoze, keeps_its_place_and_leaves_the_other_direction_alone)
{
    this->start_dozing();
    SendOperation send("x", 0);
    EXPECT_TRUE(this->loop.start(send, this->key, for_ever));
    EXPECT_EQ(send.outcome().error.code, EBUSY);
    EXPECT_FALSE(this->loop.start(this->receive, this->key, for_ever));
    this->peer_sends("x");
    EXPECT_EQ(this->now(), &this->receive);
    EXPECT_TRUE(this->writable.pending());
}

TYPED_TEST(LoopDoze, forgets_one_that_is_destroyed)
{
    {
        WaitOperation dozing(Direction::write);
        EXPECT_FALSE(this->loop.start_dozing(dozing, this->key, for_ever));
    }
    EXPECT_EQ(this->loop.pending(), 0U);
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(LoopDoze, is_what_becomes_of_a_reader_and_a_writer_that_are_told_in_vain)
{
    this->peer_sends("x");
    for (const Direction direction : {Direction::read, Direction::write}) {
        Blocked blocked(direction);
        EXPECT_FALSE(this->loop.start(blocked, this->key, for_ever));
        EXPECT_LE(this->idle_turns(), few + 8);
        EXPECT_TRUE(blocked.pending());
    }
}

TYPED_TEST(LoopDoze, leaves_others_their_turn_when_one_always_has_more)
{
    constexpr std::size_t in_turn = 262144;
    this->loop.start(this->other_receive, this->other_key, for_ever);
    Endless endless;
    EXPECT_FALSE(this->loop.start(endless, this->key, for_ever));
    EXPECT_EQ(endless.outcome().value, in_turn);
    send_all(this->other.second.fd.get(), "y");
    EXPECT_EQ(this->now(), &this->other_receive);
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_GT(endless.outcome().value, in_turn);
    EXPECT_LE(endless.outcome().value, 3 * in_turn);
    this->loop.cancel(endless, ECANCELED);
    EXPECT_EQ(this->loop.take(), &endless);
}

// Loops that learn when a socket is closed.
#ifdef __linux__
using OwningMakers = ::testing::Types<PollMaker, EpollMaker>;
#else
using OwningMakers = ::testing::Types<PollMaker>;
#endif

template <class Maker>
class SecondObject : public LoopDoze<Maker> {
protected:
    // Whether the operation ends with the first socket although a second object has its number.
    void expect_that_it_ends_with_its_socket(const Operation& operation)
    {
        Socket second{Fd(this->pair.first.fd.get()), AF_UNIX, SOCK_STREAM, 0};
        must(this->loop.watch(second));
        this->pair.first = {};
        EXPECT_EQ(this->next(), &operation);
        EXPECT_EQ(operation.outcome().error.code, ECANCELED);
        static_cast<void>(second.fd.release());
    }
};

TYPED_TEST_SUITE(SecondObject, OwningMakers, BackendNames);

TYPED_TEST(SecondObject, does_not_take_the_descriptor_from_one_that_dozes)
{
    this->start_dozing();
    this->expect_that_it_ends_with_its_socket(this->writable);
}

TYPED_TEST(SecondObject, does_not_take_the_descriptor_from_one_that_is_put_off)
{
    while (this->loop.spend()) {
    }
    EXPECT_FALSE(this->loop.start(this->receive, this->key, for_ever));
    this->expect_that_it_ends_with_its_socket(this->receive);
}

} // namespace
} // namespace llnet::test
