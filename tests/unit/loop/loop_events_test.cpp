// SPDX-License-Identifier: MIT
// What events bring to those who wait: data, room, hang-ups and deadlines, and none to nobody.
#include "core/loop/operations.hpp"
#include "tests/unit/support/watching.hpp"

#include <deque>

namespace llnet::test {
namespace {

template <class Maker>
class LoopEvents : public WatchingTest<Maker> {};

TYPED_TEST_SUITE(LoopEvents, BackendMakers, BackendNames);

TYPED_TEST(LoopEvents, rests_when_a_peer_hung_up_and_nobody_waits)
{
    this->pair.second = {};
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_LE(this->loop.stats().events, few);
    this->expect_that_others_work();
}

TYPED_TEST(LoopEvents, rests_after_the_end_of_a_stream_was_told)
{
    this->loop.start(this->receive, this->key, for_ever);
    this->pair.second = {};
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_THAT(this->receive.outcome(), is_end_of_stream());
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopEvents, rests_when_a_peer_shut_its_half_down_and_only_a_writer_waits)
{
    fill(this->pair.first);
    SendOperation send("x", 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    must(shutdown(sys::host(), this->pair.second.fd.get(), SHUT_WR));
    EXPECT_LE(this->idle_turns(), few);
    drain(this->pair.second);
    EXPECT_EQ(this->next(), &send);
}

TYPED_TEST(LoopEvents, tells_a_writer_that_its_peer_hung_up)
{
    fill(this->pair.first);
    SendOperation send("x", 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    this->pair.second = {};
    EXPECT_EQ(this->next(), &send);
    EXPECT_TRUE(send.outcome().error.code == EPIPE || send.outcome().error.code == ECONNRESET);
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopEvents, keeps_data_that_nobody_claimed_for_a_later_reader)
{
    this->peer_sends("early");
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_TRUE(this->loop.start(this->receive, this->key, for_ever));
    EXPECT_THAT(this->receive.outcome(), is_done_with(5U));
    ReceiveOperation later(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(later, this->key, for_ever));
    this->peer_sends("late");
    EXPECT_EQ(this->now(), &later);
    EXPECT_THAT(later.outcome(), is_done_with(4U));
}

TYPED_TEST(LoopEvents, keeps_data_that_came_for_a_reader_which_was_cancelled)
{
    this->loop.start(this->receive, this->key, for_ever);
    this->loop.cancel(this->receive, ECANCELED);
    EXPECT_EQ(this->loop.take(), &this->receive);
    this->peer_sends("for the next");
    EXPECT_LE(this->idle_turns(), few);
    WaitOperation wait(Direction::read);
    if (!this->loop.start(wait, this->key, for_ever)) {
        EXPECT_EQ(this->now(), &wait);
    }
    EXPECT_THAT(wait.outcome(), is_done());
}

TYPED_TEST(LoopEvents, lets_a_reader_and_a_writer_alternate)
{
    shrink_send_buffer(this->pair.first);
    for (int round = 0; round < 1000; ++round) {
        SCOPED_TRACE(round);
        fill(this->pair.first);
        ReceiveOperation reads(this->room, 0, true);
        SendOperation sends("x", 0);
        ASSERT_FALSE(this->loop.start(reads, this->key, for_ever));
        ASSERT_FALSE(this->loop.start(sends, this->key, for_ever));
        this->peer_sends("y");
        ASSERT_EQ(this->now(), &reads);
        drain(this->pair.second);
        ASSERT_EQ(this->now(), &sends);
    }
}

TYPED_TEST(LoopEvents, keeps_an_event_of_the_reader_when_a_writer_begins_to_wait)
{
    fill(this->pair.first);
    this->loop.start(this->receive, this->key, for_ever);
    this->peer_sends("before");
    SendOperation send("x", 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    EXPECT_EQ(this->now(), &this->receive);
    EXPECT_LE(this->idle_turns(), few);
    drain(this->pair.second);
    EXPECT_EQ(this->now(), &send);
}

TYPED_TEST(LoopEvents, keeps_an_event_of_the_writer_when_a_reader_begins_to_wait)
{
    fill(this->pair.first);
    SendOperation send("x", 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    drain(this->pair.second);
    EXPECT_FALSE(this->loop.start(this->receive, this->key, for_ever));
    EXPECT_EQ(this->now(), &send);
    EXPECT_LE(this->idle_turns(), few);
    this->peer_sends("x");
    EXPECT_EQ(this->now(), &this->receive);
}

TYPED_TEST(LoopEvents, wakes_who_waits_in_one_direction)
{
    fill(this->pair.first);
    SendOperation send("x", 0);
    this->loop.start(send, this->key, for_ever);
    EXPECT_FALSE(this->loop.wake(this->key, Direction::read, EPIPE));
    this->loop.start(this->receive, this->key, for_ever);
    EXPECT_TRUE(this->loop.wake(this->key, Direction::read, EPIPE));
    EXPECT_FALSE(this->loop.wake(this->key, Direction::read, EPIPE));
    EXPECT_EQ(this->loop.take(), &this->receive);
    EXPECT_EQ(this->receive.outcome().error.code, EPIPE);
    EXPECT_TRUE(send.pending());
    this->loop.release(this->key);
    EXPECT_FALSE(this->loop.wake(this->key, Direction::write, EPIPE));
    EXPECT_EQ(this->next(), &send);
    EXPECT_EQ(send.outcome().error.code, ECANCELED);
}

TYPED_TEST(LoopEvents, does_not_take_an_old_event_for_that_of_a_wait_which_begins_later)
{
    this->loop.start(this->receive, this->key, for_ever);
    this->loop.start(this->other_receive, this->other_key, for_ever);
    this->peer_sends("x");
    send_all(this->other.second.fd.get(), "x");
    must(this->loop.step(for_ever));
    const bool is_first = this->loop.take() == &this->receive;
    ReceiveOperation& untold = is_first ? this->other_receive : this->receive;
    this->loop.cancel(untold, ECANCELED);
    EXPECT_EQ(this->loop.take(), &untold);
    drain(is_first ? this->other.first : this->pair.first);
    WaitOperation wait(Direction::read);
    EXPECT_FALSE(this->loop.start(wait, is_first ? this->other_key : this->key, for_ever));
    EXPECT_EQ(this->loop.take(), nullptr) << "there is nothing to be read";
    EXPECT_EQ(this->now(), nullptr);
    send_all((is_first ? this->other.second : this->pair.second).fd.get(), "y");
    EXPECT_EQ(this->now(), &wait);
}

TYPED_TEST(LoopEvents, lets_one_of_many_events_release_what_a_later_one_is_of)
{
    this->loop.start(this->receive, this->key, for_ever);
    this->loop.start(this->other_receive, this->other_key, for_ever);
    this->peer_sends("x");
    send_all(this->other.second.fd.get(), "x");
    must(this->loop.step(for_ever));
    const bool is_first = this->loop.take() == &this->receive;
    const Operation& released = is_first ? this->other_receive : this->receive;
    this->loop.release(is_first ? this->other_key : this->key);
    EXPECT_EQ(this->loop.take(), &released);
    EXPECT_EQ(released.outcome().error.code, ECANCELED);
    const Loop::Key fresh = must(this->watched(is_first ? this->other : this->pair));
    WaitOperation wait(Direction::read);
    if (!this->loop.start(wait, fresh, for_ever)) {
        EXPECT_EQ(this->next(), &wait); // what came is still there
    }
    EXPECT_THAT(wait.outcome(), is_done());
}

TYPED_TEST(LoopEvents, lets_operations_share_the_memory_that_they_use)
{
    ReceiveOperation sharing(this->room, 0, true);
    this->loop.start(this->receive, this->key, for_ever);
    this->loop.start(sharing, this->other_key, for_ever);
    this->peer_sends("first");
    send_all(this->other.second.fd.get(), "other");
    must(this->loop.step(for_ever));
    for (int taken = 0; taken < 2; ++taken) {
        const Operation* operation = this->loop.take();
        ASSERT_NE(operation, nullptr);
        const std::string_view got(this->room.data(), operation->outcome().value);
        EXPECT_EQ(got, operation == &sharing ? "other" : "first");
    }
}

TYPED_TEST(LoopEvents, brings_more_events_than_one_step_has_room_for)
{
    struct Reader {
        Pair ends = make_pair(SOCK_STREAM, true);
        std::array<char, 1> byte{};
        ReceiveOperation receive{byte, 0, true};
    };
    std::deque<Reader> readers(600);
    for (Reader& reader : readers) {
        this->loop.start(reader.receive, must(this->watched(reader.ends)), in_ms(60'000));
        send_all(reader.ends.second.fd.get(), "x");
    }
    for (std::size_t taken = 0; taken < readers.size(); ++taken) {
        ASSERT_NE(this->next(), nullptr);
    }
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_EQ(this->loop.timers(), 0U);
}

TYPED_TEST(LoopEvents, prefers_what_came_to_a_deadline_that_passed_later)
{
    this->loop.start(this->receive, this->key, in_ms(20));
    this->peer_sends("in time");
    sleep_ms(30);
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_THAT(this->receive.outcome(), is_done_with(7U));
    EXPECT_FALSE(this->receive.timed_out());
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(LoopEvents, tells_of_a_deadline_once_although_data_comes_before_it_is_taken)
{
    this->loop.start(this->receive, this->key, in_ms(1));
    sleep_ms(5);
    must(this->loop.step(for_ever));
    must(this->loop.step(for_ever)); // finished now, and not yet taken
    this->peer_sends("too late");
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_TRUE(this->receive.timed_out());
    EXPECT_EQ(this->now(), nullptr);
    ReceiveOperation later(this->room, 0, true);
    if (!this->loop.start(later, this->key, for_ever)) {
        EXPECT_EQ(this->next(), &later);
    }
    EXPECT_THAT(later.outcome(), is_done_with(8U));
}

TYPED_TEST(LoopEvents, lets_what_others_took_long_for_be_in_time)
{
    this->loop.start(this->receive, this->key, for_ever);
    this->loop.start(this->other_receive, this->other_key, in_ms(40));
    this->peer_sends("x");
    must(this->loop.step(for_ever));
    EXPECT_EQ(this->loop.take(), &this->receive);
    send_all(this->other.second.fd.get(), "in time");
    sleep_ms(60); // whoever took it is busy
    EXPECT_EQ(this->next(), &this->other_receive);
    EXPECT_THAT(this->other_receive.outcome(), is_done_with(7U));
}

TYPED_TEST(LoopEvents, looks_before_it_says_that_a_deadline_has_passed)
{
    this->loop.start(this->other_receive, this->other_key, in_ms(60'000));
    send_all(this->other.second.fd.get(), "x");
    this->peer_sends("x");
    EXPECT_EQ(this->next(), &this->other_receive);
    WaitOperation wait(Direction::read);
    if (!this->loop.start(wait, this->key, Clock::now() - std::chrono::seconds(1))) {
        EXPECT_EQ(this->next(), &wait);
    }
    EXPECT_THAT(wait.outcome(), is_done());
}

} // namespace
} // namespace llnet::test
