// SPDX-License-Identifier: MIT
#include "core/loop/loop.hpp"

#include "core/loop/operations.hpp"
#include "core/msg/message.hpp"
#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"

#include <array>
#include <optional>
#include <thread>
#include <unistd.h>

namespace llnet::test {
namespace {

constexpr std::nullopt_t for_ever = std::nullopt;

template <class Maker>
class LoopOf : public LoopTest<Maker> {
protected:
    Pair pair = make_pair(SOCK_STREAM, true);
    std::array<char, 64> room{};
    Loop::Key key = must(Maker::watch(this->loop, pair.first));

    std::string_view received(const Operation& operation) { return {room.data(), operation.outcome().value}; }
    void peer_sends(std::string_view bytes) { send_all(pair.second.fd.get(), bytes); }
};

TYPED_TEST_SUITE(LoopOf, BackendMakers, BackendNames);

TYPED_TEST(LoopOf, finishes_at_once_what_does_not_block)
{
    this->peer_sends("hello");
    ReceiveOperation receive(this->room, 0, true);
    EXPECT_TRUE(this->loop.start(receive, this->key, for_ever));
    EXPECT_EQ(this->received(receive), "hello");
    EXPECT_FALSE(receive.pending());
    EXPECT_EQ(this->loop.take(), nullptr);
}

TYPED_TEST(LoopOf, finishes_an_operation_when_its_descriptor_is_ready)
{
    ReceiveOperation receive(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(receive, this->key, for_ever));
    EXPECT_EQ(this->now(), nullptr);
    this->peer_sends("late");
    EXPECT_EQ(this->next(), &receive);
    EXPECT_EQ(this->received(receive), "late");
    EXPECT_EQ(this->loop.take(), nullptr);
    EXPECT_EQ(this->loop.pending(), 0U);
}

TYPED_TEST(LoopOf, tells_the_end_of_a_stream_after_its_last_bytes)
{
    ReceiveOperation receive(this->room, 0, true);
    this->loop.start(receive, this->key, for_ever);
    this->peer_sends("last");
    this->pair.second = {};
    EXPECT_EQ(this->next(), &receive);
    EXPECT_EQ(this->received(receive), "last");
    ReceiveOperation again(this->room, 0, true);
    if (!this->loop.start(again, this->key, for_ever)) { // which is up to the loop
        EXPECT_EQ(this->next(), &again);
    }
    EXPECT_THAT(again.outcome(), is_end_of_stream());
}

TYPED_TEST(LoopOf, sends_all_while_the_peer_reads_slowly)
{
    const std::string content(3'000'000, 'x');
    SendOperation send(content, 0);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    must(set_nonblock(sys::host(), this->pair.second.fd.get(), false));
    std::thread reader([&] { receive_exactly(this->pair.second.fd.get(), content.size()); });
    EXPECT_EQ(this->next(), &send);
    reader.join();
    EXPECT_THAT(send.outcome(), is_done_with(content.size()));
}

TYPED_TEST(LoopOf, tells_what_went_before_a_deadline)
{
    const std::string content(3'000'000, 'x');
    SendOperation send(content, 0);
    EXPECT_FALSE(this->loop.start(send, this->key, in_ms(20)));
    EXPECT_EQ(this->next(), &send);
    EXPECT_EQ(send.outcome().error.code, ETIMEDOUT);
    EXPECT_GT(send.outcome().value, 0U);
    EXPECT_LT(send.outcome().value, content.size());
}

TYPED_TEST(LoopOf, has_a_reader_and_a_writer_on_one_descriptor)
{
    const std::string content(1'000'000, 'x');
    SendOperation send(content, 0);
    ReceiveOperation receive(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    EXPECT_FALSE(this->loop.start(receive, this->key, for_ever));
    this->peer_sends("in between");
    EXPECT_EQ(this->next(), &receive);
    EXPECT_TRUE(send.pending());
}

TYPED_TEST(LoopOf, lets_only_one_wait_in_each_direction)
{
    ReceiveOperation first(this->room, 0, true);
    ReceiveOperation second(this->room, 0, true);
    this->loop.start(first, this->key, for_ever);
    EXPECT_TRUE(this->loop.start(second, this->key, for_ever));
    EXPECT_EQ(second.outcome().error.code, EBUSY);
    EXPECT_TRUE(first.pending());
}

TYPED_TEST(LoopOf, gives_one_result_when_event_and_deadline_coincide)
{
    ReceiveOperation receive(this->room, 0, true);
    this->loop.start(receive, this->key, in_ms(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    this->peer_sends("both");
    EXPECT_EQ(this->next(), &receive);
    EXPECT_EQ(this->received(receive), "both"); // what came in time is not too late
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(LoopOf, lets_a_later_reader_have_what_one_that_timed_out_did_not_get)
{
    ReceiveOperation receive(this->room, 0, true);
    this->loop.start(receive, this->key, in_ms(1));
    EXPECT_EQ(this->next(), &receive);
    EXPECT_EQ(receive.outcome().error.code, ETIMEDOUT);
    ReceiveOperation later(this->room, 0, true);
    this->loop.start(later, this->key, for_ever);
    this->peer_sends("for the later one");
    EXPECT_EQ(this->next(), &later);
    EXPECT_EQ(this->received(later), "for the later one");
}

TYPED_TEST(LoopOf, wakes_reader_and_writer_before_a_descriptor_is_closed)
{
    const std::string content(1'000'000, 'x');
    SendOperation send(content, 0);
    ReceiveOperation receive(this->room, 0, true);
    this->loop.start(send, this->key, for_ever);
    this->loop.start(receive, this->key, for_ever);
    this->loop.release(this->key);
    this->pair.first = {};
    EXPECT_EQ(this->next(), &receive);
    EXPECT_EQ(this->next(), &send);
    EXPECT_EQ(receive.outcome().error.code, ECANCELED);
    EXPECT_EQ(send.outcome().error.code, ECANCELED);
    EXPECT_EQ(this->loop.pending(), 0U);
}

TYPED_TEST(LoopOf, refuses_a_key_that_was_released_even_if_the_number_lives_again)
{
    const int number = this->pair.first.fd.get();
    this->loop.release(this->key);
    this->pair.first = {};
    Pair other = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(other.first.fd.get(), number);
    const Loop::Key fresh = must(TypeParam::watch(this->loop, other.first));
    ReceiveOperation stale(this->room, 0, true);
    EXPECT_TRUE(this->loop.start(stale, this->key, for_ever));
    EXPECT_EQ(stale.outcome().error.code, EBADF);
    ReceiveOperation receive(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(receive, fresh, for_ever));
    send_all(other.second.fd.get(), "x");
    EXPECT_EQ(this->next(), &receive);
}

TYPED_TEST(LoopOf, gives_a_descriptor_that_is_watched_the_same_key)
{
    EXPECT_EQ(must(this->loop.watch(this->pair.first.fd.get())), this->key);
    EXPECT_EQ(must(TypeParam::watch(this->loop, this->pair.first)), this->key);
    EXPECT_EQ(this->loop.key_of(this->pair.first.fd.get()), this->key);
    EXPECT_EQ(this->loop.key_of(this->pair.second.fd.get()), std::nullopt);
}

TYPED_TEST(LoopOf, refuses_to_watch_what_is_not_open)
{
    EXPECT_EQ(this->loop.watch(this->pair.first.fd.get() + 1000).error.code, EBADF);
    EXPECT_EQ(this->loop.watch(-1).error.code, EBADF);
}

TYPED_TEST(LoopOf, finds_a_file_ready)
{
    const Fd file = file_with("content");
    const Loop::Key of_file = must(this->loop.watch(file.get()));
    WaitOperation wait(Direction::read);
    if (!this->loop.start(wait, of_file, for_ever)) {
        EXPECT_EQ(this->next(), &wait);
    }
    EXPECT_THAT(wait.outcome(), is_done());
}

TYPED_TEST(LoopOf, cancels_one_operation_and_nothing_else)
{
    const std::string content(1'000'000, 'x');
    SendOperation send(content, 0);
    ReceiveOperation receive(this->room, 0, true);
    this->loop.start(send, this->key, for_ever);
    this->loop.start(receive, this->key, in_ms(60'000));
    this->loop.cancel(receive, ECANCELED);
    this->loop.cancel(receive, EINVAL); // too late
    EXPECT_EQ(this->next(), &receive);
    EXPECT_EQ(receive.outcome().error.code, ECANCELED);
    EXPECT_TRUE(send.pending());
    EXPECT_EQ(this->loop.timers(), 0U);
}

TYPED_TEST(LoopOf, forgets_an_operation_that_is_destroyed)
{
    {
        ReceiveOperation receive(this->room, 0, true);
        this->loop.start(receive, this->key, in_ms(1));
    }
    EXPECT_EQ(this->loop.pending(), 0U);
    {
        ReceiveOperation receive(this->room, 0, true);
        this->loop.start(receive, this->key, for_ever);
        this->loop.cancel(receive, ECANCELED); // finished, but never taken
    }
    EXPECT_EQ(this->loop.pending(), 0U);
    EXPECT_EQ(this->now(), nullptr);
    this->peer_sends("x");
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(LoopOf, lets_operations_go_when_it_is_destroyed)
{
    ReceiveOperation receive(this->room, 0, true);
    WaitOperation sleep(Direction::read);
    Pair another = make_pair(SOCK_STREAM, true);
    {
        Loop other(sys::host(), TypeParam::make(sys::host()));
        const Loop::Key of_other = must(TypeParam::watch(other, another.first));
        other.start(receive, of_other, in_ms(60'000));
        other.start_alone(sleep, in_ms(60'000));
        EXPECT_TRUE(receive.pending());
    }
    EXPECT_FALSE(receive.pending());
    EXPECT_FALSE(sleep.pending());
}

TYPED_TEST(LoopOf, sleeps_until_a_deadline_and_no_shorter)
{
    WaitOperation sleep(Direction::read);
    const Deadline when = in_ms(15);
    this->loop.start_alone(sleep, when);
    EXPECT_EQ(this->next(), &sleep);
    EXPECT_GE(Clock::now(), when);
    EXPECT_EQ(sleep.outcome().error.code, ETIMEDOUT);
}

TYPED_TEST(LoopOf, returns_at_once_when_nothing_is_pending)
{
    must(this->loop.step(for_ever));
    EXPECT_EQ(this->loop.take(), nullptr);
}

TYPED_TEST(LoopOf, gives_others_their_turn_when_one_always_has_data)
{
    Pair quiet = make_pair(SOCK_STREAM, true);
    std::array<char, 1> other_room{};
    ReceiveOperation other(other_room, 0, true);
    this->loop.start(other, must(TypeParam::watch(this->loop, quiet.first)), for_ever);
    this->peer_sends(std::string(10'000, 'x'));
    send_all(quiet.second.fd.get(), "y");
    int at_once = 0;
    std::array<char, 1> byte{};
    std::optional<ReceiveOperation> greedy;
    while (greedy.emplace(byte, 0, true), this->loop.start(*greedy, this->key, for_ever)) {
        ASSERT_LT(++at_once, 1000);
    }
    must(this->loop.step(for_ever));
    EXPECT_THAT((std::array{this->loop.take(), this->loop.take()}), ::testing::UnorderedElementsAre(&other, &*greedy));
}

TYPED_TEST(LoopOf, sends_a_file_to_its_end)
{
    const std::string content(3'000'000, 'x');
    const Fd file = file_with(content);
    SendFileOperation send(file.get(), 10, 2 * content.size());
    EXPECT_FALSE(this->loop.start(send, this->key, for_ever));
    must(set_nonblock(sys::host(), this->pair.second.fd.get(), false));
    std::thread reader([&] { receive_exactly(this->pair.second.fd.get(), content.size() - 10); });
    EXPECT_EQ(this->next(), &send);
    reader.join();
    EXPECT_THAT(send.outcome(), is_done_with(content.size() - 10));
}

TYPED_TEST(LoopOf, writes_a_vector_to_its_end)
{
    IoVector vector;
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        const std::string part(30'000, static_cast<char>('a' + i % 26));
        must(vector.add(part));
        expected += part;
    }
    WriteOperation write(vector);
    EXPECT_FALSE(this->loop.start(write, this->key, for_ever));
    must(set_nonblock(sys::host(), this->pair.second.fd.get(), false));
    std::string received;
    std::thread reader([&] { received = receive_exactly(this->pair.second.fd.get(), expected.size()); });
    EXPECT_EQ(this->next(), &write);
    reader.join();
    EXPECT_THAT(write.outcome(), is_done_with(expected.size()));
    EXPECT_EQ(received, expected);
}

TYPED_TEST(LoopOf, makes_any_call_of_the_core_when_it_can_be_made)
{
    ControlQueue control;
    IoVector vector;
    must(vector.add_room(10));
    MessageRoom message;
    message.control = &control;
    message.vector = &vector;
    CallOperation receive(Direction::read, [&](const sys::System& system, int) {
        return receive_message(system, this->pair.first, message, MSG_DONTWAIT);
    });
    EXPECT_FALSE(this->loop.start(receive, this->key, for_ever));
    must(send_descriptor(sys::host(), this->pair.second, this->pair.second.fd.get(), nullptr, 0));
    EXPECT_EQ(this->next(), &receive);
    EXPECT_THAT(receive.outcome(), is_done_with(1U));
    EXPECT_EQ(control.size(), 1U);
}

TYPED_TEST(LoopOf, accepts_and_connects)
{
    Socket listener = make_listener(AF_INET, SOCK_STREAM, true);
    Socket client = make_socket(AF_INET, SOCK_STREAM, true);
    Address peer;
    AcceptOperation accept(true, &peer);
    EXPECT_FALSE(this->loop.start(accept, must(TypeParam::watch(this->loop, listener)), for_ever));
    const Address name = must(socket_name(sys::host(), listener.fd.get()));
    ConnectOperation connect(name);
    this->loop.start(connect, must(TypeParam::watch(this->loop, client)), for_ever);
    for (int finished = connect.pending() ? 2 : 1; finished > 0; --finished) {
        ASSERT_NE(this->next(), nullptr);
    }
    EXPECT_THAT(connect.outcome(), is_done());
    EXPECT_THAT(accept.outcome(), is_done());
    EXPECT_EQ(peer, must(socket_name(sys::host(), client.fd.get())));
    const Fd accepted = accept.take();
    EXPECT_TRUE(must(nonblock(sys::host(), accepted.get())));
}

TYPED_TEST(LoopOf, tells_why_a_connection_was_refused)
{
    const Socket bound = make_bound(AF_INET, SOCK_STREAM); // nobody listens
    Socket client = make_socket(AF_INET, SOCK_STREAM, true);
    const Address name = must(socket_name(sys::host(), bound.fd.get()));
    ConnectOperation connect(name);
    if (!this->loop.start(connect, must(TypeParam::watch(this->loop, client)), for_ever)) {
        EXPECT_EQ(this->next(), &connect);
    }
    EXPECT_THAT(connect.outcome(), failed_with(ECONNREFUSED, "connect"));
}

TYPED_TEST(LoopOf, allocates_nothing_to_start_finish_and_cancel)
{
    const bool allocates = fails_at_allocation(1, [&] {
        ReceiveOperation receive(this->room, 0, true);
        this->loop.start(receive, this->key, in_ms(60'000));
        this->loop.cancel(receive, ECANCELED);
        EXPECT_EQ(this->loop.take(), &receive);
        this->loop.start(receive, this->key, for_ever);
        const char byte = 'x';
        EXPECT_EQ(::send(this->pair.second.fd.get(), &byte, 1, 0), 1);
        EXPECT_TRUE(this->loop.step(for_ever).done());
        EXPECT_EQ(this->loop.take(), &receive);
    });
    EXPECT_FALSE(allocates);
}

} // namespace
} // namespace llnet::test
