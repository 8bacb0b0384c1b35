// SPDX-License-Identifier: MIT
// The loop over a backend that makes the system calls itself and tells what they came to.
#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"
#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/completion_backend.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"

#include <array>
#include <optional>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace llnet::test {
namespace {

constexpr std::nullopt_t for_ever = std::nullopt;

class Completion : public LoopTest<CompletionMaker> {
protected:
    CompletionBackend& backend = completion_backend_of(loop);
    Pair pair = make_pair(SOCK_STREAM, true);
    std::array<char, 64> room{};
    Loop::Key key = must(loop.watch(pair.first));
    std::optional<ReceiveOperation> receive{std::in_place, room, 0, true};

    // A second one, to see that others are not concerned.
    Pair other = make_pair(SOCK_STREAM, true);
    std::array<char, 64> other_room{};
    Loop::Key other_key = must(loop.watch(other.first));
    ReceiveOperation other_receive{other_room, 0, true};

    void start_both()
    {
        ASSERT_FALSE(loop.start(*receive, key, for_ever));
        ASSERT_FALSE(loop.start(other_receive, other_key, for_ever));
        ASSERT_EQ(now(), nullptr);
        ASSERT_EQ(backend.in_flight(), 2U);
    }

    void peer_sends(std::string_view bytes) { send_all(pair.second.fd.get(), bytes); }
    void other_peer_sends(std::string_view bytes) { send_all(other.second.fd.get(), bytes); }
    std::string_view received() { return {room.data(), receive->outcome().value}; }

    // What the peer takes while the loop works on this operation.
    std::string taken_while_finishing(const Operation& operation, std::size_t size)
    {
        std::string taken;
        must(set_nonblock(sys::host(), pair.second.fd.get(), false));
        std::thread peer([&] { taken = receive_exactly(pair.second.fd.get(), size); });
        EXPECT_EQ(next(), &operation);
        pair.first = {}; // so that a peer which expects more has its end
        peer.join();
        return taken;
    }
};

TEST_F(Completion, finishes_an_operation_when_its_request_is_back)
{
    start_both();
    peer_sends("hello");
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(received(), "hello");
    EXPECT_EQ(now(), nullptr);
    EXPECT_EQ(loop.pending(), 1U);
}

TEST_F(Completion, waits_no_longer_than_until_a_deadline_for_requests_that_do_not_come_back)
{
    start_both();
    const std::uint64_t before = loop.stats().waits;
    must(loop.step(in_ms(50)));
    EXPECT_LE(loop.stats().waits - before, 1U);
    EXPECT_EQ(loop.take(), nullptr);
}

TEST_F(Completion, ends_a_cancelled_operation_when_its_request_is_back)
{
    backend.manners.withdrawn_delay = 1;
    start_both();
    loop.cancel(*receive, ECANCELED);
    EXPECT_EQ(loop.take(), nullptr);
    EXPECT_TRUE(receive->pending());
    ReceiveOperation second(room, 0, true);
    EXPECT_TRUE(loop.start(second, key, for_ever));
    EXPECT_EQ(second.outcome().error.code, EBUSY);
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(receive->outcome().error.code, ECANCELED);
    EXPECT_FALSE(receive->timed_out());
    EXPECT_EQ(now(), nullptr);
    EXPECT_TRUE(other_receive.pending());
}

TEST_F(Completion, ends_an_operation_once_however_often_it_is_cancelled)
{
    backend.manners.withdrawn_delay = 2;
    loop.start(*receive, key, in_ms(1));
    EXPECT_EQ(now(), nullptr);
    loop.cancel(*receive, EPIPE);
    loop.cancel(*receive, ECANCELED);
    EXPECT_TRUE(loop.wake(key, Direction::read, EBADF));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    loop.release(key);
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(receive->outcome().error.code, EPIPE);
    EXPECT_EQ(backend.withdrawals(), 1);
    EXPECT_EQ(now(), nullptr);
    EXPECT_EQ(loop.timers(), 0U);
    EXPECT_EQ(loop.pending(), 0U);
}

TEST_F(Completion, tells_that_a_deadline_passed_when_the_request_is_back)
{
    loop.start(*receive, key, in_ms(1));
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(receive->outcome().error.code, ETIMEDOUT);
    EXPECT_TRUE(receive->timed_out());
}

TEST_F(Completion, keeps_the_result_of_a_request_that_succeeded_although_its_deadline_passed)
{
    backend.manners.finishes_withdrawn = true;
    loop.start(*receive, key, in_ms(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    must(loop.step(for_ever));
    EXPECT_EQ(loop.take(), nullptr); // withdrawn by now
    EXPECT_EQ(backend.withdrawals(), 1);
    peer_sends("succeeded");
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(received(), "succeeded");
    EXPECT_FALSE(receive->timed_out());
    EXPECT_EQ(now(), nullptr);
    EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(Completion, keeps_the_result_of_a_request_that_succeeded_although_it_was_cancelled)
{
    backend.manners.finishes_withdrawn = true;
    start_both();
    loop.cancel(*receive, ECANCELED);
    peer_sends("succeeded");
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(received(), "succeeded");
    EXPECT_EQ(now(), nullptr);
}

TEST_F(Completion, prefers_a_result_to_a_deadline_that_passed_as_well)
{
    loop.start(*receive, key, in_ms(10));
    peer_sends("first");
    std::this_thread::sleep_for(std::chrono::milliseconds(15));
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(received(), "first");
    EXPECT_EQ(now(), nullptr);
    receive.emplace(room, 0, true);
    loop.start(*receive, key, in_ms(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    peer_sends("then");
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(received(), "then");
    EXPECT_EQ(now(), nullptr);
}

TEST_F(Completion, counts_what_a_cancelled_request_sent_all_the_same)
{
    const std::string content = distinct_bytes(3'000'000);
    SendOperation send(content, 0);
    EXPECT_FALSE(loop.start(send, key, for_ever));
    EXPECT_EQ(now(), nullptr);
    const std::size_t at_first = send.outcome().value;
    backend.manners.finishes_withdrawn = true;
    backend.manners.most_bytes = 10;
    loop.cancel(send, ECANCELED);
    receive_exactly(pair.second.fd.get(), at_first);
    EXPECT_EQ(next(), &send);
    EXPECT_EQ(send.outcome().error.code, ECANCELED);
    EXPECT_EQ(send.outcome().value, at_first + 10);
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 10), content.substr(at_first, 10));
}

TEST_F(Completion, waits_for_the_request_of_an_operation_that_is_destroyed)
{
    start_both();
    receive.reset();
    EXPECT_EQ(backend.in_flight(), 1U);
    EXPECT_EQ(loop.pending(), 1U);
    peer_sends("x");
    receive.emplace(room, 0, true);
    if (!loop.start(*receive, key, for_ever)) {
        EXPECT_EQ(next(), &*receive);
    }
    EXPECT_EQ(received(), "x");
}

TEST_F(Completion, waits_for_the_request_of_an_operation_that_is_destroyed_after_it_was_cancelled)
{
    backend.manners.withdrawn_delay = 3;
    start_both();
    loop.cancel(*receive, ECANCELED);
    receive.reset();
    EXPECT_EQ(backend.in_flight(), 1U);
    EXPECT_EQ(loop.pending(), 1U);
    EXPECT_EQ(now(), nullptr);
}

TEST_F(Completion, keeps_a_result_of_this_step_although_the_operation_is_cancelled_before_it_is_taken)
{
    loop.start(other_receive, other_key, for_ever);
    loop.start(*receive, key, for_ever);
    EXPECT_EQ(now(), nullptr);
    peer_sends("x");
    other_peer_sends("x");
    must(loop.step(for_ever));
    EXPECT_EQ(loop.take(), &other_receive);
    loop.cancel(*receive, ECANCELED);
    EXPECT_EQ(loop.take(), &*receive);
    EXPECT_THAT(receive->outcome(), is_done_with(1U));
    EXPECT_EQ(now(), nullptr);
}

TEST_F(Completion, does_not_wait_for_a_result_that_it_has)
{
    loop.start(other_receive, other_key, for_ever);
    loop.start(*receive, key, for_ever);
    EXPECT_EQ(now(), nullptr);
    peer_sends("x");
    other_peer_sends("x");
    must(loop.step(for_ever));
    EXPECT_EQ(loop.take(), &other_receive);
    receive.reset(); // its result is that of the next take()
    EXPECT_EQ(loop.pending(), 0U);
    EXPECT_EQ(now(), nullptr);
}

TEST_F(Completion, loses_no_result_of_others_while_it_waits_for_one)
{
    start_both();
    backend.manners.withdrawn_delay = 2;
    other_peer_sends("meanwhile");
    receive.reset();
    EXPECT_EQ(loop.take(), &other_receive);
    EXPECT_THAT(other_receive.outcome(), is_done_with(9U));
    EXPECT_EQ(now(), nullptr);
    EXPECT_EQ(loop.pending(), 0U);
}

TEST_F(Completion, closes_a_connection_that_comes_for_an_operation_which_is_destroyed)
{
    Socket listener = make_listener(AF_INET, SOCK_STREAM, true);
    Socket client = make_socket(AF_INET, SOCK_STREAM);
    const std::set<int> before = open_descriptors();
    {
        AcceptOperation accept(true);
        EXPECT_FALSE(loop.start(accept, must(loop.watch(listener)), for_ever));
        EXPECT_EQ(now(), nullptr);
        backend.manners.finishes_withdrawn = true;
        must(connect(sys::host(), client.fd.get(), must(socket_name(sys::host(), listener.fd.get()))));
    }
    EXPECT_EQ(open_descriptors(), before) << "nobody knows of the connection";
}

TEST_F(Completion, lets_operations_go_when_the_loop_is_destroyed)
{
    WaitOperation sleep(Direction::read);
    std::string bytes(1'000'000, 'x');
    SendOperation send(bytes, 0);
    {
        Loop shorter(sys::host(), CompletionMaker::make(sys::host()));
        completion_backend_of(shorter).manners.withdrawn_delay = 1;
        shorter.start_alone(sleep, for_ever);
        const Loop::Key of_peer = must(shorter.watch(pair.second));
        shorter.start(*receive, of_peer, in_ms(60'000));
        shorter.start(send, of_peer, for_ever);
        shorter.start(other_receive, must(shorter.watch(other.second)), in_ms(60'000));
    }
    EXPECT_FALSE(sleep.pending());
    EXPECT_FALSE(send.pending());
    EXPECT_FALSE(receive->pending());
    EXPECT_FALSE(other_receive.pending());
}

TEST_F(Completion, lets_an_operation_go_that_is_finished_while_the_loop_is_destroyed)
{
    auto shorter = std::make_unique<Loop>(sys::host(), CompletionMaker::make(sys::host()));
    completion_backend_of(*shorter).manners.withdrawn_delay = 2;
    auto finished = std::make_unique<ReceiveOperation>(other_room, 0, true);
    shorter->start(*receive, must(shorter->watch(pair.second)), for_ever);
    shorter->start(*finished, must(shorter->watch(other.second)), for_ever);
    must(shorter->step(Clock::now()));
    EXPECT_EQ(shorter->take(), nullptr);
    send_all(other.first.fd.get(), "while the first is waited for");
    shorter.reset();
    EXPECT_FALSE(receive->pending());
    if (finished->pending()) {
        ADD_FAILURE() << "it would call a loop that is gone when it is destroyed";
        static_cast<void>(finished.release());
    }
}

TEST_F(Completion, ends_what_waits_on_a_socket_that_is_closed_when_the_request_is_back)
{
    backend.manners.withdrawn_delay = 1;
    start_both();
    const int number = pair.first.fd.get();
    pair.first = {};
    EXPECT_EQ(loop.key_of(number), std::nullopt);
    EXPECT_EQ(loop.take(), nullptr);
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    ReceiveOperation of_fresh(room, 0, true);
    EXPECT_FALSE(loop.start(of_fresh, must(loop.watch(fresh.first)), for_ever));
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(receive->outcome().error.code, ECANCELED);
    EXPECT_EQ(now(), nullptr);
    send_all(fresh.second.fd.get(), "x");
    EXPECT_EQ(next(), &of_fresh);
    EXPECT_THAT(of_fresh.outcome(), is_done_with(1U));
}

TEST_F(Completion, never_touches_a_number_again_that_was_closed_under_a_request)
{
    backend.manners.finishes_withdrawn = true;
    const std::string content(1'000'000, 'x');
    SendOperation send(content, 0);
    EXPECT_FALSE(loop.start(send, key, for_ever));
    EXPECT_EQ(now(), nullptr);
    const int number = pair.first.fd.get();
    pair.first = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    receive_exactly(pair.second.fd.get(), send.outcome().value);
    EXPECT_EQ(next(), &send);
    EXPECT_EQ(send.outcome().error.code, ECANCELED);
    std::array<char, 1> byte{};
    EXPECT_EQ(sys::host().receive(fresh.second.fd.get(), byte.data(), 1, MSG_DONTWAIT).error, EAGAIN);
}

TEST_F(Completion, fails_what_waits_on_a_number_that_is_closed_behind_the_loop)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    loop.start(*receive, must(loop.watch(ends.first.fd.get())), for_ever);
    const Deadline latest = in_ms(2000);
    ends.first = {};
    EXPECT_EQ(next(), &*receive);
    EXPECT_LE(Clock::now(), latest);
    EXPECT_EQ(receive->outcome().error.code, EBADF);
}

TEST_F(Completion, has_a_reader_and_a_writer_on_one_descriptor)
{
    const std::string content(1'000'000, 'x');
    SendOperation send(content, 0);
    EXPECT_FALSE(loop.start(send, key, for_ever));
    EXPECT_FALSE(loop.start(*receive, key, for_ever));
    peer_sends("in between");
    EXPECT_EQ(next(), &*receive);
    EXPECT_EQ(received(), "in between");
    EXPECT_TRUE(send.pending());
    EXPECT_EQ(taken_while_finishing(send, content.size()), content);
}

TEST_F(Completion, sends_all_although_requests_send_little)
{
    const std::string content = distinct_bytes(1'000'000);
    backend.manners.most_bytes = 777;
    SendOperation send(content, 0);
    EXPECT_FALSE(loop.start(send, key, for_ever));
    EXPECT_EQ(taken_while_finishing(send, content.size()), content);
    EXPECT_THAT(send.outcome(), is_done_with(content.size()));
}

TEST_F(Completion, sends_a_file_although_requests_send_little)
{
    const std::string content = distinct_bytes(1'000'000);
    const Fd file = file_with(content);
    backend.manners.most_bytes = 777;
    SendFileOperation send(file.get(), 10, 2 * content.size());
    EXPECT_FALSE(loop.start(send, key, for_ever));
    EXPECT_EQ(taken_while_finishing(send, content.size() - 10), content.substr(10));
    EXPECT_THAT(send.outcome(), is_done_with(content.size() - 10));
}

TEST_F(Completion, relays_from_one_to_the_other)
{
    const std::string content = distinct_bytes(1'000'000);
    RelayOperation relay(make_conduit(sys::host()), {other.first.fd.get(), other_key}, {pair.first.fd.get(), key},
                         content.size());
    EXPECT_FALSE(loop.start(relay, other_key, for_ever));
    EXPECT_EQ(now(), nullptr);
    must(set_nonblock(sys::host(), other.second.fd.get(), false));
    std::thread sender([&] { other_peer_sends(content); });
    EXPECT_EQ(taken_while_finishing(relay, content.size()), content);
    sender.join();
    EXPECT_THAT(relay.outcome(), is_done_with(content.size()));
}

TEST_F(Completion, lets_a_relay_be_destroyed_wherever_it_waits)
{
    const std::string content = distinct_bytes(1'000'000);
    std::optional<RelayOperation> relay(std::in_place, make_conduit(sys::host()),
                                        RelayOperation::End{other.first.fd.get(), other_key},
                                        RelayOperation::End{pair.first.fd.get(), key}, content.size());
    EXPECT_FALSE(loop.start(*relay, other_key, for_ever));
    EXPECT_EQ(now(), nullptr);
    while (sys::host().send(other.second.fd.get(), content.data(), content.size(), MSG_DONTWAIT).ok()) {
        EXPECT_EQ(now(), nullptr);
    }
    EXPECT_EQ(backend.in_flight(), 1U);
    relay.reset();
    EXPECT_EQ(backend.in_flight(), 0U);
    EXPECT_EQ(loop.pending(), 0U);
}

TEST_F(Completion, makes_calls_that_are_no_requests_when_they_can_be_made)
{
    IoVector vector;
    const std::string content = distinct_bytes(1'000'000);
    must(vector.add(content));
    WriteOperation write(vector);
    EXPECT_FALSE(loop.start(write, key, for_ever));
    std::array<char, 8> bytes{};
    int calls = 0;
    CallOperation call(Direction::read, [&](const sys::System& system, int fd) {
        ++calls;
        const sys::Result<ssize_t> got = system.receive(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
        return got.ok() ? done(static_cast<std::size_t>(got.value)) : again_or_failed<std::size_t>(got.error, "call");
    });
    EXPECT_FALSE(loop.start(call, key, for_ever));
    EXPECT_EQ(now(), nullptr);
    EXPECT_LE(calls, 2);
    peer_sends("call");
    EXPECT_EQ(next(), &call);
    EXPECT_THAT(call.outcome(), is_done_with(4U));
    EXPECT_LE(calls, 3);
    EXPECT_EQ(taken_while_finishing(write, content.size()), content);
    EXPECT_THAT(write.outcome(), is_done_with(content.size()));
}

TEST_F(Completion, ends_a_call_that_is_cancelled_without_making_it)
{
    int calls = 0;
    CallOperation call(Direction::read, [&](const sys::System&, int) {
        ++calls;
        return again_or_failed<std::size_t>(EAGAIN, "call");
    });
    EXPECT_FALSE(loop.start(call, key, for_ever));
    EXPECT_EQ(now(), nullptr);
    const int before = calls;
    backend.manners.finishes_withdrawn = true;
    peer_sends("x");
    loop.cancel(call, ECANCELED);
    EXPECT_EQ(next(), &call);
    EXPECT_EQ(call.outcome().error.code, ECANCELED);
    EXPECT_EQ(calls, before);
}

TEST_F(Completion, waits_for_a_descriptor_without_touching_it)
{
    WaitOperation wait(Direction::read);
    EXPECT_FALSE(loop.start(wait, key, for_ever));
    EXPECT_EQ(now(), nullptr);
    peer_sends("x");
    EXPECT_EQ(next(), &wait);
    EXPECT_THAT(wait.outcome(), is_done());
    EXPECT_EQ(receive_exactly(pair.first.fd.get(), 1), "x");
}

TEST_F(Completion, accepts_and_connects)
{
    Socket listener = make_listener(AF_INET, SOCK_STREAM, true);
    Socket client = make_socket(AF_INET, SOCK_STREAM, true);
    AcceptOperation accept(true);
    EXPECT_FALSE(loop.start(accept, must(loop.watch(listener)), for_ever));
    EXPECT_EQ(now(), nullptr);
    const Address address = must(socket_name(sys::host(), listener.fd.get()));
    ConnectOperation connect(address);
    loop.start(connect, must(loop.watch(client)), for_ever);
    for (int finished = connect.pending() ? 2 : 1; finished > 0; --finished) {
        ASSERT_NE(next(), nullptr);
    }
    EXPECT_THAT(connect.outcome(), is_done());
    EXPECT_THAT(accept.outcome(), is_done());
    const Fd accepted = accept.take();
    EXPECT_TRUE(must(nonblock(sys::host(), accepted.get())));
}

TEST_F(Completion, keeps_a_connection_that_was_accepted_although_that_was_cancelled)
{
    Socket listener = make_listener(AF_INET, SOCK_STREAM, true);
    Socket client = make_socket(AF_INET, SOCK_STREAM);
    AcceptOperation accept(true);
    EXPECT_FALSE(loop.start(accept, must(loop.watch(listener)), for_ever));
    EXPECT_EQ(now(), nullptr);
    backend.manners.finishes_withdrawn = true;
    must(connect(sys::host(), client.fd.get(), must(socket_name(sys::host(), listener.fd.get()))));
    loop.cancel(accept, ECANCELED);
    EXPECT_EQ(next(), &accept);
    EXPECT_THAT(accept.outcome(), is_done());
    EXPECT_GE(accept.take().get(), 0);
}

TEST_F(Completion, tells_why_a_request_was_not_taken)
{
    backend.manners.submit_error = ENOBUFS;
    EXPECT_TRUE(loop.start(*receive, key, in_ms(60'000)));
    EXPECT_EQ(receive->outcome().error.code, ENOBUFS);
    EXPECT_FALSE(receive->pending());
    EXPECT_EQ(loop.pending(), 0U);
    EXPECT_EQ(loop.timers(), 0U);
    backend.manners.submit_error = 0;
    EXPECT_FALSE(loop.start(other_receive, other_key, for_ever));
}

TEST_F(Completion, tells_why_a_later_request_was_not_taken)
{
    CallOperation call(Direction::read,
                       [](const sys::System&, int) { return again_or_failed<std::size_t>(EAGAIN, "call"); });
    EXPECT_FALSE(loop.start(call, key, in_ms(60'000)));
    EXPECT_EQ(now(), nullptr);
    backend.manners.submit_error = ENOBUFS;
    peer_sends("x");
    EXPECT_EQ(next(), &call);
    EXPECT_EQ(call.outcome().error.code, ENOBUFS);
    EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(Completion, counts_what_went_before_a_request_that_was_not_taken)
{
    const std::string content(3'000'000, 'x');
    SendOperation send(content, 0);
    backend.manners.submit_error = ENOBUFS;
    EXPECT_TRUE(loop.start(send, key, for_ever));
    EXPECT_EQ(send.outcome().error.code, ENOBUFS);
    EXPECT_GT(send.outcome().value, 0U);
    pair.first = {};
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), content.size()).size(), send.outcome().value);
}

TEST_F(Completion, attends_an_operation_for_as_long_as_it_lives)
{
    int calls = 0;
    CallOperation attending(Direction::read, [&](const sys::System& system, int fd) {
        ++calls;
        std::array<char, 8> bytes{};
        static_cast<void>(system.receive(fd, bytes.data(), bytes.size(), MSG_DONTWAIT));
        return again_or_failed<std::size_t>(EAGAIN, "attend");
    });
    loop.attend(attending, key);
    EXPECT_EQ(loop.pending(), 0U);
    const int before = calls;
    for (int round = 1; round <= 3; ++round) {
        peer_sends("x");
        EXPECT_EQ(now(), nullptr);
        EXPECT_EQ(calls, before + round);
    }
    EXPECT_EQ(backend.in_flight(), 1U);
}

TEST_F(Completion, gives_others_their_turn_when_one_always_has_data)
{
    loop.start(other_receive, other_key, for_ever);
    EXPECT_EQ(now(), nullptr);
    peer_sends(std::string(10'000, 'x'));
    other_peer_sends("y");
    std::array<char, 1> byte{};
    int at_once = 0;
    while (receive.emplace(byte, 0, true), loop.start(*receive, key, for_ever)) {
        ASSERT_LE(++at_once, 64);
    }
    EXPECT_THAT((std::array{next(), next()}), ::testing::UnorderedElementsAre(&other_receive, &*receive));
    EXPECT_THAT(receive->outcome(), is_done_with(1U));
    EXPECT_THAT(other_receive.outcome(), is_done_with(1U));
}

TEST_F(Completion, allocates_nothing_to_start_finish_and_cancel)
{
    const bool allocates = fails_at_allocation(1, [&] {
        loop.start(*receive, key, in_ms(60'000));
        loop.cancel(*receive, ECANCELED);
        EXPECT_TRUE(loop.step(for_ever).done());
        EXPECT_EQ(loop.take(), &*receive);
        loop.start(*receive, key, for_ever);
        const char byte = 'x';
        EXPECT_EQ(::send(pair.second.fd.get(), &byte, 1, 0), 1);
        EXPECT_TRUE(loop.step(for_ever).done());
        EXPECT_EQ(loop.take(), &*receive);
        loop.start(*receive, key, for_ever);
        receive.reset();
    });
    EXPECT_FALSE(allocates);
}

TEST_F(Completion, leaves_the_requests_of_its_parent_alone_in_a_child)
{
    start_both();
    const pid_t child = ::fork();
    if (child == 0) {
        pair = {};
        loop.release(other_key);
        receive.reset();
        ::_exit(backend.withdrawals());
    }
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    peer_sends("x");
    EXPECT_EQ(next(), &*receive);
}

} // namespace
} // namespace llnet::test
