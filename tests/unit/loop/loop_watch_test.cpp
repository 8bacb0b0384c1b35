// SPDX-License-Identifier: MIT
// What a loop makes of numbers and sockets that are closed, replaced, taken over or released, and of its own end.
#include "core/loop/operations.hpp"
#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/watching.hpp"

#include <memory>
#include <optional>

namespace llnet::test {
namespace {

template <class Maker>
class LoopWatch : public WatchingTest<Maker> {};

TYPED_TEST_SUITE(LoopWatch, BackendMakers, BackendNames);

TYPED_TEST(LoopWatch, ends_what_waits_beside_a_descriptor_with_it)
{
    WaitOperation beside(Direction::read);
    WaitOperation another(Direction::read);
    EXPECT_FALSE(this->loop.start_beside(beside, this->key, in_ms(60'000)));
    EXPECT_FALSE(this->loop.start_beside(another, this->key, for_ever));
    this->loop.start(this->receive, this->key, for_ever);
    this->peer_sends("x");
    EXPECT_EQ(this->next(), &this->receive); // which leaves the others waiting
    EXPECT_LE(this->idle_turns(), few);
    this->loop.release(this->key);
    EXPECT_EQ(this->loop.take(), &beside);
    EXPECT_EQ(this->loop.take(), &another);
    EXPECT_EQ(beside.outcome().error.code, ECANCELED);
    EXPECT_EQ(this->loop.pending(), 0U);
    EXPECT_EQ(this->loop.timers(), 0U);
    EXPECT_TRUE(this->loop.start_beside(beside, this->key, for_ever));
    EXPECT_EQ(beside.outcome().error.code, EBADF);
}

TYPED_TEST(LoopWatch, ends_what_waits_beside_a_descriptor_once)
{
    WaitOperation completed(Direction::read);
    WaitOperation late(Direction::read);
    WaitOperation withdrawn(Direction::read);
    std::optional<WaitOperation> destroyed(std::in_place, Direction::read);
    this->loop.start_beside(completed, this->key, in_ms(1));
    this->loop.start_beside(late, this->key, in_ms(1));
    this->loop.start_beside(withdrawn, this->key, in_ms(1));
    this->loop.start_beside(*destroyed, this->key, in_ms(1));
    EXPECT_TRUE(this->loop.complete(completed, done<std::size_t>(7)));
    EXPECT_TRUE(this->loop.withdraw(withdrawn, done<std::size_t>(8)));
    EXPECT_FALSE(this->loop.complete(withdrawn, done<std::size_t>(9)));
    EXPECT_FALSE(this->loop.withdraw(completed, done<std::size_t>(9)));
    destroyed.reset();
    sleep_ms(2);
    EXPECT_EQ(this->next(), &completed);
    EXPECT_EQ(this->next(), &late);
    EXPECT_THAT(completed.outcome(), is_done_with(7U));
    EXPECT_THAT(withdrawn.outcome(), is_done_with(8U));
    EXPECT_TRUE(late.timed_out());
    this->loop.release(this->key);
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_EQ(this->loop.pending(), 0U);
}

TYPED_TEST(LoopWatch, lets_what_waits_beside_a_descriptor_go_when_it_is_destroyed)
{
    WaitOperation beside(Direction::read);
    {
        Loop shorter(sys::host(), TypeParam::make(sys::host()));
        shorter.start_beside(beside, must(TypeParam::watch(shorter, this->pair.second)), in_ms(60'000));
    }
    EXPECT_FALSE(beside.pending());
}

TYPED_TEST(LoopWatch, makes_no_room_for_a_number_that_is_not_open)
{
    this->loop.release(this->other_key); // whose slot is free now
    const bool allocates = fails_at_allocation(1, [&] { EXPECT_EQ(this->loop.watch(10'000'000).error.code, EBADF); });
    EXPECT_FALSE(allocates);
}

TYPED_TEST(LoopWatch, looks_no_longer_for_a_number_that_it_took_over_for_a_socket)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    fill(ends.first);
    SendOperation send("x", 0);
    const Loop::Key of_number = must(this->loop.watch(ends.first.fd.get()));
    this->loop.start(this->receive, of_number, for_ever);
    this->loop.start(send, of_number, for_ever);
    EXPECT_TRUE(this->loop.next_deadline());
    EXPECT_EQ(must(this->loop.watch(ends.first)), of_number);
    EXPECT_FALSE(this->loop.next_deadline());
    drain(ends.second);
    EXPECT_EQ(this->now(), &send);
    EXPECT_EQ(this->loop.take(), nullptr);
    EXPECT_FALSE(this->loop.next_deadline());
    send_all(ends.second.fd.get(), "x");
    EXPECT_EQ(this->now(), &this->receive);
    ReceiveOperation later(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(later, of_number, for_ever));
    EXPECT_EQ(this->loop.take(), nullptr);
    EXPECT_FALSE(this->loop.next_deadline());
    ends.first = {};
    EXPECT_EQ(this->loop.take(), &later);
    EXPECT_EQ(later.outcome().error.code, ECANCELED);
    EXPECT_FALSE(this->loop.next_deadline());
}

TYPED_TEST(LoopWatch, lets_an_operation_that_sleeps_for_ever_go_when_it_is_destroyed)
{
    WaitOperation sleep(Direction::read);
    {
        Loop shorter(sys::host(), TypeParam::make(sys::host()));
        shorter.start_alone(sleep, for_ever);
        EXPECT_EQ(shorter.pending(), 1U);
    }
    EXPECT_FALSE(sleep.pending());
}

TYPED_TEST(LoopWatch, may_go_before_its_sockets_do)
{
    {
        Loop shorter(sys::host(), TypeParam::make(sys::host()));
        shorter.start(this->receive, must(TypeParam::watch(shorter, this->pair.second)), in_ms(60'000));
    }
    EXPECT_FALSE(this->receive.pending());
    this->pair.second = {};
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopWatch, rests_when_a_descriptor_with_a_duplicate_is_closed_behind_it)
{
    const Fd duplicate = duplicate_of(this->number());
    close_behind(this->pair.first);
    this->peer_sends("for nobody");
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
}

TYPED_TEST(LoopWatch, tells_who_waits_on_a_descriptor_with_a_duplicate_that_is_closed_behind_it)
{
    const Fd duplicate = duplicate_of(this->number());
    this->loop.start(this->receive, this->key, for_ever);
    close_behind(this->pair.first);
    this->peer_sends("for nobody");
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_EQ(this->receive.outcome().error.code, EBADF);
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
}

TYPED_TEST(LoopWatch, rests_when_what_was_closed_behind_it_is_released)
{
    const Fd duplicate = duplicate_of(this->number());
    this->loop.start(this->receive, this->key, for_ever);
    this->loop.start(this->other_receive, this->other_key, for_ever);
    close_behind(this->pair.first);
    this->loop.release(this->key);
    EXPECT_EQ(this->loop.take(), &this->receive);
    this->peer_sends("for nobody");
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopWatch, fails_what_waits_on_a_number_that_is_closed_behind_it)
{
    for (const bool has_duplicate : {false, true}) {
        Pair ends = make_pair(SOCK_STREAM, true);
        const Fd duplicate = has_duplicate ? duplicate_of(ends.first.fd.get()) : Fd();
        const Loop::Key of_number = must(this->loop.watch(ends.first.fd.get()));
        fill(ends.first);
        ReceiveOperation reads(this->room, 0, true);
        SendOperation sends("x", 0);
        this->loop.start(reads, of_number, for_ever);
        this->loop.start(sends, of_number, for_ever);
        const Deadline latest = in_ms(2000);
        close_behind(ends.first);
        EXPECT_EQ(this->next(), &reads);
        EXPECT_EQ(this->next(), &sends);
        EXPECT_LE(Clock::now(), latest);
        EXPECT_EQ(reads.outcome().error.code, EBADF);
        EXPECT_EQ(sends.outcome().error.code, EBADF);
        EXPECT_EQ(this->loop.pending(), 0U);
        EXPECT_LE(this->idle_turns(), few);
    }
    this->expect_that_others_work();
}

TYPED_TEST(LoopWatch, fails_what_waits_on_a_number_although_the_loop_looks_late)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    this->loop.start(this->receive, must(this->loop.watch(ends.first.fd.get())), for_ever);
    close_behind(ends.first);
    sleep_ms(1100); // it looks for such numbers once a second
    EXPECT_THAT(this->loop.step(Clock::now()), is_done());
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_EQ(this->receive.outcome().error.code, EBADF);
}

TYPED_TEST(LoopWatch, tells_a_host_when_it_will_look_for_numbers_that_were_closed)
{
    const Fd number = duplicate_of(this->number());
    this->loop.start(this->receive, must(this->loop.watch(number.get())), for_ever);
    EXPECT_TRUE(this->loop.next_deadline()) << "a host would wait for ever, and what waits here with it";
}

TYPED_TEST(LoopWatch, watches_anew_a_number_of_a_file_that_is_a_socket_now)
{
    const Fd number = file_with("content");
    const Loop::Key of_file = must(this->loop.watch(number.get()));
    WaitOperation wait(Direction::read);
    if (!this->loop.start(wait, of_file, for_ever)) {
        EXPECT_EQ(this->next(), &wait);
    }
    EXPECT_THAT(wait.outcome(), is_done());
    replace(number.get(), this->number());
    const Loop::Key of_socket = must(this->loop.watch(number.get()));
    EXPECT_FALSE(this->loop.start(this->receive, of_socket, for_ever));
    EXPECT_LE(this->idle_turns(), few);
    this->peer_sends("x");
    EXPECT_EQ(this->next(), &this->receive);
}

TYPED_TEST(LoopWatch, watches_anew_a_number_of_a_socket_that_is_a_file_now)
{
    const Fd number = duplicate_of(this->number());
    must(this->loop.watch(number.get()));
    const Fd file = file_with("content");
    replace(number.get(), file.get());
    WaitOperation wait(Direction::read);
    if (!this->loop.start(wait, must(this->loop.watch(number.get())), for_ever)) {
        EXPECT_EQ(this->next(), &wait);
    }
    EXPECT_THAT(wait.outcome(), is_done());
}

TYPED_TEST(LoopWatch, takes_a_number_over_for_the_socket_that_it_is_of)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    const Loop::Key of_number = must(this->loop.watch(ends.first.fd.get()));
    this->loop.start(this->receive, of_number, for_ever);
    EXPECT_EQ(must(this->loop.watch(ends.first)), of_number);
    EXPECT_EQ(this->loop.take(), nullptr);
    EXPECT_EQ(must(this->loop.watch(ends.first.fd.get())), of_number);
    ends.first = {};
    EXPECT_EQ(this->loop.take(), &this->receive);
    EXPECT_EQ(this->receive.outcome().error.code, ECANCELED);
}

TYPED_TEST(LoopWatch, forgets_a_socket_however_it_gives_its_descriptor_away)
{
    enum { destroyed, closed, unwrapped, moved, moved_over, opened_anew, ways };
    for (int way = 0; way < ways; ++way) {
        SCOPED_TRACE(way);
        Pair ends = make_pair(SOCK_STREAM, true);
        std::optional<Socket> socket(std::move(ends.first));
        Socket target;
        Fd given;
        const int number = socket->fd.get();
        ReceiveOperation reads(this->room, 0, true);
        this->loop.start(reads, must(this->loop.watch(*socket)), in_ms(60'000));
        switch (way) {
        case destroyed:
            socket.reset();
            break;
        case closed:
            must(close(sys::host(), *socket, nullptr));
            break;
        case unwrapped:
            given = Fd(unwrap(*socket));
            break;
        case moved:
            target = std::move(*socket);
            break;
        case moved_over:
            *socket = make_socket(AF_UNIX, SOCK_STREAM, true);
            break;
        default:
            must(open(sys::host(), *socket, AF_UNIX, SOCK_STREAM, 0, true));
        }
        EXPECT_EQ(this->loop.take(), &reads);
        EXPECT_EQ(reads.outcome().error.code, ECANCELED);
        EXPECT_EQ(this->loop.key_of(number), std::nullopt);
        EXPECT_EQ(this->now(), nullptr);
        if (way == moved) {
            ReceiveOperation later(this->room, 0, true);
            EXPECT_FALSE(this->loop.start(later, must(this->loop.watch(target)), for_ever));
            send_all(ends.second.fd.get(), "x");
            EXPECT_EQ(this->next(), &later);
        }
    }
    EXPECT_EQ(this->loop.pending(), 0U);
    EXPECT_EQ(this->loop.timers(), 0U);
}

TYPED_TEST(LoopWatch, rests_when_a_socket_with_a_duplicate_is_moved_over)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    const Fd duplicate = duplicate_of(ends.first.fd.get());
    this->loop.start(this->receive, must(this->loop.watch(ends.first)), for_ever);
    ends.first = make_socket(AF_UNIX, SOCK_STREAM, true);
    EXPECT_EQ(this->loop.take(), &this->receive);
    send_all(ends.second.fd.get(), "for nobody");
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
}

TYPED_TEST(LoopWatch, lets_a_socket_go_that_another_loop_watches)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    const int number = ends.first.fd.get();
    Loop first(sys::host(), TypeParam::make(sys::host()));
    must(first.watch(ends.first));
    this->loop.start(this->receive, must(this->loop.watch(ends.first)), for_ever);
    ASSERT_EQ(first.key_of(number), std::nullopt) << "it does not learn when the socket is closed";
    ends.first = {};
    EXPECT_EQ(this->loop.take(), &this->receive);
    EXPECT_EQ(this->loop.key_of(number), std::nullopt);
}

TYPED_TEST(LoopWatch, stays_tied_to_a_socket_that_another_loop_watched_before)
{
    auto first = std::make_unique<Loop>(sys::host(), TypeParam::make(sys::host()));
    Pair ends = make_pair(SOCK_STREAM, true);
    must(first->watch(ends.first));
    this->loop.start(this->receive, must(this->loop.watch(ends.first)), for_ever);
    first.reset();
    ends.first = {};
    EXPECT_EQ(this->loop.take(), &this->receive);
}

} // namespace
} // namespace llnet::test
