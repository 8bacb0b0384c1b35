// SPDX-License-Identifier: MIT
// What a loop makes of descriptors that hang up, are closed, are replaced, or are inherited by a child.
#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"
#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"

#include <array>
#include <deque>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#ifdef __linux__
#include <netinet/in.h>
#include <sys/epoll.h>
#endif

namespace llnet::test {
namespace {

constexpr std::nullopt_t for_ever = std::nullopt;
constexpr std::uint64_t few = 6; // turns of a loop that does not spin

void sleep_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

Fd duplicate_of(int fd)
{
    return Fd(must(sys::host().duplicate(fd)));
}

// Makes `number` stand for what `fd` is, behind everybody's back.
void replace(int number, int fd)
{
    must(sys::result_of(::dup2(fd, number)));
}

// Without telling whoever watches it.
void close_behind(Socket& socket)
{
    socket.fd.watch().untie();
    must(sys::result_of(::close(socket.fd.release())));
}

void fill(const Socket& socket)
{
    const std::string bytes(4096, 'x');
    while (sys::host().send(socket.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT).ok()) {
    }
}

void drain(const Socket& socket)
{
    std::array<char, 4096> bytes{};
    while (sys::host().receive(socket.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT).ok()) {
    }
}

// What `work` gives in a child process.
template <class Work>
int in_child(Work work)
{
    Pipe pipe;
    const pid_t child = ::fork();
    if (child == 0) {
        const int told = work();
        ::_exit(::write(pipe.writer.get(), &told, sizeof told) == sizeof told ? 0 : 1);
    }
    pipe.writer = {};
    int told = -1;
    EXPECT_EQ(::read(pipe.reader.get(), &told, sizeof told), static_cast<ssize_t>(sizeof told));
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    return told;
}

// A child process that has all descriptors as well and does nothing for as long as this lives.
class IdleChild {
public:
    IdleChild()
    {
        child_ = ::fork();
        if (child_ == 0) {
            pipe_.writer = {};
            char byte = 0;
            ::_exit(static_cast<int>(::read(pipe_.reader.get(), &byte, 1)));
        }
    }
    ~IdleChild()
    {
        pipe_.writer = {};
        EXPECT_EQ(::waitpid(child_, nullptr, 0), child_);
    }
    IdleChild(const IdleChild&) = delete;
    IdleChild& operator=(const IdleChild&) = delete;

private:
    Pipe pipe_;
    pid_t child_ = -1;
};

template <class Maker>
class LoopWatch : public LoopTest<Maker> {
protected:
    Pair pair = make_pair(SOCK_STREAM, true);
    std::array<char, 64> room{};
    Loop::Key key = must(this->watched(pair));
    ReceiveOperation receive{room, 0, true};

    // Another pair, whose reader must go on working whatever happens to the first.
    Pair other = make_pair(SOCK_STREAM, true);
    std::array<char, 64> other_room{};
    Loop::Key other_key = must(this->watched(other));
    ReceiveOperation other_receive{other_room, 0, true};

    Outcome<Loop::Key> watched(Pair& of) { return Maker::watch(this->loop, of.first); }
    int number() const { return pair.first.fd.get(); }
    void peer_sends(std::string_view bytes) { send_all(pair.second.fd.get(), bytes); }

    // How often the loop turns in 50 ms in which nothing is finished.
    std::uint64_t idle_turns()
    {
        const std::uint64_t before = this->loop.stats().waits;
        const Deadline end = in_ms(50);
        while (Clock::now() < end) {
            must(this->loop.step(end));
            EXPECT_EQ(this->loop.take(), nullptr);
        }
        return this->loop.stats().waits - before;
    }

    void expect_that_others_work()
    {
        if (!other_receive.pending()) {
            EXPECT_FALSE(this->loop.start(other_receive, other_key, for_ever));
        }
        send_all(other.second.fd.get(), "works");
        EXPECT_EQ(this->next(), &other_receive);
        EXPECT_THAT(other_receive.outcome(), is_done_with(5U));
    }
};

TYPED_TEST_SUITE(LoopWatch, BackendMakers, BackendNames);

TYPED_TEST(LoopWatch, rests_when_a_peer_hung_up_and_nobody_waits)
{
    this->pair.second = {};
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_LE(this->loop.stats().events, few);
    this->expect_that_others_work();
}

TYPED_TEST(LoopWatch, rests_after_the_end_of_a_stream_was_told)
{
    this->loop.start(this->receive, this->key, for_ever);
    this->pair.second = {};
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_THAT(this->receive.outcome(), is_end_of_stream());
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopWatch, rests_when_a_peer_shut_its_half_down_and_only_a_writer_waits)
{
    fill(this->pair.first);
    SendOperation send("x", 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    must(shutdown(sys::host(), this->pair.second.fd.get(), SHUT_WR));
    EXPECT_LE(this->idle_turns(), few);
    drain(this->pair.second);
    EXPECT_EQ(this->next(), &send);
}

TYPED_TEST(LoopWatch, tells_a_writer_that_its_peer_hung_up)
{
    fill(this->pair.first);
    SendOperation send("x", 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    this->pair.second = {};
    EXPECT_EQ(this->next(), &send);
    EXPECT_TRUE(send.outcome().error.code == EPIPE || send.outcome().error.code == ECONNRESET);
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopWatch, keeps_data_that_nobody_claimed_for_a_later_reader)
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

TYPED_TEST(LoopWatch, keeps_data_that_came_for_a_reader_which_was_cancelled)
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

TYPED_TEST(LoopWatch, lets_a_reader_and_a_writer_alternate)
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

TYPED_TEST(LoopWatch, keeps_an_event_of_the_reader_when_a_writer_begins_to_wait)
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

TYPED_TEST(LoopWatch, keeps_an_event_of_the_writer_when_a_reader_begins_to_wait)
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

TYPED_TEST(LoopWatch, wakes_who_waits_in_one_direction)
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

TYPED_TEST(LoopWatch, does_not_take_an_old_event_for_that_of_a_wait_which_begins_later)
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

TYPED_TEST(LoopWatch, lets_one_of_many_events_release_what_a_later_one_is_of)
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

TYPED_TEST(LoopWatch, lets_operations_share_the_memory_that_they_use)
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

TYPED_TEST(LoopWatch, brings_more_events_than_one_step_has_room_for)
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

TYPED_TEST(LoopWatch, prefers_what_came_to_a_deadline_that_passed_later)
{
    this->loop.start(this->receive, this->key, in_ms(20));
    this->peer_sends("in time");
    sleep_ms(30);
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_THAT(this->receive.outcome(), is_done_with(7U));
    EXPECT_FALSE(this->receive.timed_out());
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(LoopWatch, tells_of_a_deadline_once_although_data_comes_before_it_is_taken)
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

TYPED_TEST(LoopWatch, lets_what_others_took_long_for_be_in_time)
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

TYPED_TEST(LoopWatch, looks_before_it_says_that_a_deadline_has_passed)
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

TYPED_TEST(LoopWatch, relays_nothing_to_a_number_that_is_another_socket_now)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    const int number = sink.first.fd.get();
    const Loop::Key of_sink = must(this->watched(sink));
    RelayOperation relay(make_conduit(sys::host()), {this->number(), this->key}, {number, of_sink}, SIZE_MAX);
    EXPECT_FALSE(this->loop.start(relay, this->key, for_ever));
    EXPECT_EQ(this->now(), nullptr);
    this->loop.release(of_sink);
    sink = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    this->peer_sends("for the sink");
    EXPECT_EQ(this->next(), &relay);
    EXPECT_EQ(relay.outcome().status, Status::failed);
    EXPECT_EQ(sys::host().receive(fresh.second.fd.get(), this->room.data(), 1, MSG_DONTWAIT).error, EAGAIN);
}

TYPED_TEST(LoopWatch, relays_nothing_from_a_number_that_is_another_socket_now)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    Pair source = make_pair(SOCK_STREAM, true);
    const int number = source.first.fd.get();
    const Loop::Key of_source = must(this->watched(source));
    const Loop::Key of_sink = must(this->watched(sink));
    fill(sink.first);
    send_all(source.second.fd.get(), "from the source");
    RelayOperation relay(make_conduit(sys::host()), {number, of_source}, {sink.first.fd.get(), of_sink}, SIZE_MAX);
    EXPECT_FALSE(this->loop.start(relay, of_source, for_ever));
    EXPECT_EQ(this->now(), nullptr); // it waits for the sink
    this->loop.release(of_source);
    source = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    send_all(fresh.second.fd.get(), "theirs");
    drain(sink.second);
    EXPECT_EQ(this->next(), &relay);
    EXPECT_EQ(relay.outcome().status, Status::failed);
    EXPECT_THAT(sys::host().receive(number, this->room.data(), 6, MSG_DONTWAIT), succeeds());
}

TYPED_TEST(LoopWatch, relays_nothing_to_another_socket_although_it_was_not_its_turn_yet)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    const int number = sink.first.fd.get();
    const Loop::Key of_sink = must(this->watched(sink));
    send_all(this->other.second.fd.get(), std::string(1000, 'x'));
    std::array<char, 1> byte{};
    std::optional<ReceiveOperation> greedy;
    while (greedy.emplace(byte, 0, true), this->loop.start(*greedy, this->other_key, for_ever)) {
    }
    RelayOperation relay(make_conduit(sys::host()), {this->number(), this->key}, {number, of_sink}, SIZE_MAX);
    EXPECT_FALSE(this->loop.start(relay, this->key, for_ever));
    this->loop.release(of_sink);
    sink = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    this->peer_sends("for the sink");
    EXPECT_THAT((std::array{this->next(), this->next()}), ::testing::UnorderedElementsAre(&relay, &*greedy));
    EXPECT_EQ(relay.outcome().status, Status::failed);
    EXPECT_EQ(sys::host().receive(fresh.second.fd.get(), this->room.data(), 1, MSG_DONTWAIT).error, EAGAIN);
}

TYPED_TEST(LoopWatch, relays_from_one_to_the_other_and_back)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    const Loop::Key of_sink = must(this->watched(sink));
    const std::string content = distinct_bytes(1'000'000);
    const RelayOperation::End here{this->number(), this->key};
    const RelayOperation::End there{sink.first.fd.get(), of_sink};
    RelayOperation forth(make_conduit(sys::host()), here, there, content.size());
    RelayOperation back(make_memory_conduit(sys::host()), there, here, content.size());
    EXPECT_FALSE(this->loop.start(forth, this->key, for_ever));
    EXPECT_FALSE(this->loop.start(back, of_sink, for_ever));
    must(set_nonblock(sys::host(), this->pair.second.fd.get(), false));
    must(set_nonblock(sys::host(), sink.second.fd.get(), false));
    std::array<std::string, 2> taken;
    std::array<std::thread, 4> threads{
        std::thread([&] { send_all(this->pair.second.fd.get(), content); }),
        std::thread([&] { send_all(sink.second.fd.get(), content); }),
        std::thread([&] { taken[0] = receive_exactly(this->pair.second.fd.get(), content.size()); }),
        std::thread([&] { taken[1] = receive_exactly(sink.second.fd.get(), content.size()); }),
    };
    EXPECT_THAT((std::array{this->next(), this->next()}), ::testing::UnorderedElementsAre(&forth, &back));
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(taken[0], content);
    EXPECT_EQ(taken[1], content);
}

TYPED_TEST(LoopWatch, refuses_to_work_in_a_child)
{
    Pair fresh = make_pair(SOCK_STREAM, true);
    this->loop.start(this->receive, this->key, for_ever);
    const int refusals = in_child([&] {
        const auto refused = [](const auto& out) { return out.error.code == EPERM; };
        return (refused(this->loop.step(Clock::now())) ? 1 : 0) + (refused(this->loop.watch(this->number())) ? 2 : 0) +
               (refused(this->loop.watch(fresh.first)) ? 4 : 0) + (refused(this->watched(this->pair)) ? 8 : 0) +
               (this->loop.is_inherited() ? 16 : 0);
    });
    EXPECT_EQ(refusals, 31);
    EXPECT_FALSE(this->loop.is_inherited());
    this->peer_sends("x");
    EXPECT_EQ(this->next(), &this->receive);
}

TYPED_TEST(LoopWatch, leaves_to_its_parent_what_came_for_it)
{
    this->loop.start(this->other_receive, this->other_key, for_ever);
    send_all(this->other.second.fd.get(), "x");
    this->peer_sends("unclaimed");
    must(this->loop.step(for_ever));
    in_child([&] {
        while (this->loop.take() != nullptr) {
        }
        return 0;
    });
    EXPECT_TRUE(this->loop.start(this->receive, this->key, for_ever));
    ReceiveOperation later(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(later, this->key, for_ever));
    EXPECT_EQ(this->now(), &this->other_receive) << "the child received it";
    EXPECT_EQ(this->now(), nullptr);
    this->peer_sends("x");
    EXPECT_EQ(this->now(), &later) << "the child calmed the socket for both";
}

TYPED_TEST(LoopWatch, goes_on_when_a_child_closes_what_it_inherited)
{
    auto inherited = std::make_unique<Loop>(sys::host(), TypeParam::make(sys::host()));
    const Loop::Key of_inherited = must(TypeParam::watch(*inherited, this->pair.second));
    inherited->start(this->receive, of_inherited, for_ever);
    this->loop.start(this->other_receive, this->other_key, for_ever);
    const int cancelled = in_child([&] {
        inherited->release(of_inherited);
        this->pair = {};
        inherited.reset();
        this->loop.release(this->other_key);
        this->other = {};
        return this->other_receive.outcome().error.code;
    });
    EXPECT_EQ(cancelled, ECANCELED);
    send_all(this->number(), "x");
    must(inherited->step(in_ms(10'000)));
    EXPECT_EQ(inherited->take(), &this->receive);
    this->expect_that_others_work();
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopWatch, goes_on_when_a_number_is_closed_behind_it_that_a_child_has_as_well)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    this->loop.start(this->receive, must(this->loop.watch(ends.first.fd.get())), for_ever);
    const IdleChild child;
    ends.first = {};
    send_all(ends.second.fd.get(), "for the child");
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_EQ(this->receive.outcome().error.code, EBADF);
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
}

// Notes whether the descriptor was still open when it was told.
class Witness final : public Watcher {
public:
    void watch(Socket& socket)
    {
        number_ = socket.fd.get();
        socket.fd.watch().begin(*this, 1);
    }
    void forget(std::uint64_t) noexcept override { told_ = is_open(number_) ? "before" : "after"; }
    [[nodiscard]] const std::string& told() const { return told_; }

private:
    int number_ = -1;
    std::string told_ = "never";
};

class WatchedSocket : public DescriptorTest {
protected:
    Witness witness; // longer than the socket
    Socket socket = make_socket(AF_UNIX, SOCK_STREAM);
    Fd given;

    WatchedSocket() { witness.watch(socket); }
};

TEST_F(WatchedSocket, tells_before_it_is_closed)
{
    must(close(sys::host(), socket, nullptr));
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_given_away)
{
    given = Fd(unwrap(socket));
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_destroyed)
{
    Witness of_shorter;
    {
        Socket shorter = make_socket(AF_UNIX, SOCK_STREAM);
        of_shorter.watch(shorter);
    }
    EXPECT_EQ(of_shorter.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_moved_over)
{
    socket = make_socket(AF_UNIX, SOCK_STREAM);
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_opened_anew)
{
    must(open(sys::host(), socket, AF_UNIX, SOCK_STREAM, 0, false));
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_when_it_is_moved)
{
    const Socket target = std::move(socket);
    EXPECT_EQ(witness.told(), "before");
}

#ifdef __linux__

// What only a backend that knows files, not numbers, can promise.
template <class Maker>
class EpollWatch : public LoopWatch<Maker> {
protected:
    // A socket with an error in its queue that receiving does not take away (ip(7), IP_RECVERR).
    Socket with_error()
    {
        Socket socket = make_socket(AF_INET, SOCK_DGRAM, true);
        must(bind(sys::host(), socket.fd.get(), loopback(AF_INET)));
        const int on = 1;
        must(sys::host().set_option(socket.fd.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on));
        cause_error(socket);
        std::array<char, 1> byte{};
        const auto pending = sys::host().receive(socket.fd.get(), byte.data(), 1, MSG_DONTWAIT);
        EXPECT_EQ(pending.error, ECONNREFUSED);
        return socket;
    }

    static void cause_error(const Socket& socket)
    {
        const Address nobody = must(socket_name(sys::host(), make_bound(AF_INET, SOCK_DGRAM).fd.get()));
        send_datagram(socket, nobody);
        pollfd entry{socket.fd.get(), 0, 0};
        EXPECT_EQ(must(sys::host().poll({&entry, 1}, 10'000)), 1);
    }

    static void send_datagram(const Socket& socket, const Address& to)
    {
        must(sys::host().send_to(socket.fd.get(), "x", 1, 0, to.data(), to.size()));
    }

    static void send_datagram_to(const Socket& socket)
    {
        send_datagram(make_socket(AF_INET, SOCK_DGRAM), must(socket_name(sys::host(), socket.fd.get())));
    }
};

using EpollMakers = ::testing::Types<EpollMaker, EpollOfNumbersMaker>;
TYPED_TEST_SUITE(EpollWatch, EpollMakers, BackendNames);

TYPED_TEST(EpollWatch, rests_when_an_error_stays_that_does_not_concern_the_reader)
{
    Socket socket = this->with_error();
    ReceiveOperation reads(this->room, 0, false);
    EXPECT_FALSE(this->loop.start(reads, must(TypeParam::watch(this->loop, socket)), for_ever));
    EXPECT_LE(this->idle_turns(), few);
    this->send_datagram_to(socket);
    EXPECT_EQ(this->next(), &reads);
    EXPECT_THAT(reads.outcome(), is_done_with(1U));
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(EpollWatch, loses_nothing_after_an_error_that_did_not_concern_the_reader)
{
    Socket socket = this->with_error();
    const Loop::Key of_socket = must(TypeParam::watch(this->loop, socket));
    for (int round = 0; round < 10; ++round) {
        ReceiveOperation reads(this->room, 0, false);
        ASSERT_FALSE(this->loop.start(reads, of_socket, for_ever));
        ASSERT_EQ(this->now(), nullptr);
        this->send_datagram_to(socket);
        ASSERT_EQ(this->next(), &reads);
        this->send_datagram_to(socket);
        ASSERT_EQ(this->now(), nullptr); // unclaimed
        ReceiveOperation more(this->room, 0, false);
        if (!this->loop.start(more, of_socket, for_ever)) {
            ASSERT_EQ(this->next(), &more);
        }
        ASSERT_THAT(more.outcome(), is_done_with(1U));
    }
}

TYPED_TEST(EpollWatch, rests_when_a_hang_up_stays_that_does_not_concern_who_waits)
{
    const auto blocked = [](const sys::System&, int) { return again_or_failed<std::size_t>(EAGAIN, "call"); };
    CallOperation reads(Direction::read, blocked);
    CallOperation writes(Direction::write, blocked);
    EXPECT_FALSE(this->loop.start(reads, this->key, for_ever));
    EXPECT_FALSE(this->loop.start(writes, this->key, for_ever));
    this->pair.second = {};
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
    this->loop.release(this->key);
    EXPECT_EQ(this->next(), &reads);
    EXPECT_EQ(this->next(), &writes);
}

TYPED_TEST(EpollWatch, rests_when_data_stays_that_does_not_concern_the_reader)
{
    Socket socket = make_socket(AF_INET, SOCK_DGRAM, true);
    must(bind(sys::host(), socket.fd.get(), loopback(AF_INET)));
    const int on = 1;
    must(sys::host().set_option(socket.fd.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on));
    this->send_datagram_to(socket);
    ReceiveOperation reads(this->room, MSG_ERRQUEUE, false);
    EXPECT_FALSE(this->loop.start(reads, must(TypeParam::watch(this->loop, socket)), for_ever));
    EXPECT_LE(this->idle_turns(), few);
    this->cause_error(socket);
    EXPECT_EQ(this->next(), &reads);
}

TYPED_TEST(EpollWatch, fails_what_waits_on_a_number_that_is_another_file_now)
{
    for (const bool has_duplicate : {false, true}) {
        Pair ends = make_pair(SOCK_STREAM, true);
        Pair later = make_pair(SOCK_STREAM, true);
        const int number = ends.first.fd.get();
        const Fd duplicate = has_duplicate ? duplicate_of(number) : Fd();
        ReceiveOperation old(this->room, 0, true);
        const Loop::Key of_old = must(this->loop.watch(number));
        this->loop.start(old, of_old, for_ever);
        replace(number, later.first.fd.get());
        const Deadline latest = in_ms(2000);
        EXPECT_EQ(this->next(), &old);
        EXPECT_LE(Clock::now(), latest);
        EXPECT_EQ(old.outcome().error.code, EBADF);
    }
}

TYPED_TEST(EpollWatch, watches_what_has_a_number_now_beside_what_had_it_before)
{
    for (const bool has_duplicate : {false, true}) {
        Pair ends = make_pair(SOCK_STREAM, true);
        Pair later = make_pair(SOCK_STREAM, true);
        const int number = ends.first.fd.get();
        const Fd duplicate = has_duplicate ? duplicate_of(number) : Fd();
        ReceiveOperation old(this->room, 0, true);
        ReceiveOperation fresh(this->other_room, 0, true);
        const Loop::Key of_old = must(this->loop.watch(number));
        this->loop.start(old, of_old, for_ever);
        replace(number, later.first.fd.get());
        const Loop::Key of_fresh = must(this->loop.watch(number));
        EXPECT_NE(of_fresh, of_old);
        EXPECT_FALSE(this->loop.start(fresh, of_fresh, for_ever));
        EXPECT_EQ(this->loop.take(), &old);
        EXPECT_EQ(old.outcome().error.code, EBADF);
        if (has_duplicate) {
            send_all(ends.second.fd.get(), "for nobody");
        }
        EXPECT_LE(this->idle_turns(), few);
        send_all(later.second.fd.get(), "x");
        EXPECT_EQ(this->next(), &fresh);
        EXPECT_THAT(fresh.outcome(), is_done_with(1U));
    }
}

TYPED_TEST(EpollWatch, goes_on_telling_its_host_after_it_expelled_what_was_closed_behind_it)
{
    const Fd host(must(sys::result_of(::epoll_create1(EPOLL_CLOEXEC))));
    epoll_event event{};
    event.events = EPOLLIN;
    must(sys::result_of(::epoll_ctl(host.get(), EPOLL_CTL_ADD, this->loop.descriptor(), &event)));
    const Fd duplicate = duplicate_of(this->number());
    close_behind(this->pair.first);
    this->loop.release(this->key);
    this->peer_sends("for nobody");
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_FALSE(this->loop.start(this->other_receive, this->other_key, for_ever));
    EXPECT_LE(this->idle_turns(), few);
    send_all(this->other.second.fd.get(), "x");
    EXPECT_EQ(::epoll_wait(host.get(), &event, 1, 1000), 1);
    EXPECT_EQ(this->now(), &this->other_receive);
}

TYPED_TEST(EpollWatch, lets_its_host_rest_although_a_child_has_what_was_closed_behind_it)
{
    const Fd host(must(sys::result_of(::epoll_create1(EPOLL_CLOEXEC))));
    epoll_event event{};
    event.events = EPOLLIN;
    must(sys::result_of(::epoll_ctl(host.get(), EPOLL_CTL_ADD, this->loop.descriptor(), &event)));
    const Fd duplicate = duplicate_of(this->number());
    const IdleChild child;
    close_behind(this->pair.first);
    this->loop.release(this->key);
    this->peer_sends("for nobody");
    EXPECT_LE(this->idle_turns(), few);
    this->peer_sends("for nobody");
    EXPECT_EQ(::epoll_wait(host.get(), &event, 1, 20), 0);
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_FALSE(this->loop.start(this->other_receive, this->other_key, for_ever));
    send_all(this->other.second.fd.get(), "x");
    EXPECT_EQ(::epoll_wait(host.get(), &event, 1, 1000), 1);
    EXPECT_EQ(this->now(), &this->other_receive);
}

#endif

} // namespace
} // namespace llnet::test
