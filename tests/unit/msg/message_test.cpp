// SPDX-License-Identifier: MIT
#include "core/msg/message.hpp"

#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/messages.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <sys/time.h>

namespace llnet::test {
namespace {

class Message : public DescriptorTest {
protected:
    Message() { room.vector = &into; }

    // Room for `size` bytes, in elements of 3.
    void make_room(std::size_t size)
    {
        for (; size > 3; size -= 3) {
            must(into.add_room(3));
        }
        must(into.add_room(size));
    }

    [[nodiscard]] std::string received(std::size_t size) const
    {
        std::string bytes(size, '?');
        bytes.resize(into.copy(0, bytes));
        return bytes;
    }

    Outcome<std::size_t> receive(const Socket& socket, int flags = 0)
    {
        return receive_message(system, socket, room, flags);
    }

    FaultyHost system;
    IoVector into;
    ControlQueue control;
    MessageRoom room;
};

using SendMessage = Message;
using ReceiveMessage = Message;

TEST_F(SendMessage, gathers_the_elements_of_the_vector)
{
    const Pair pair = make_pair(SOCK_STREAM);
    IoVector vector;
    must(vector.add("abc"));
    must(vector.add("de"));
    EXPECT_THAT(send_message(system, pair.first, {nullptr, &vector, nullptr}, 0), is_done_with(5U));
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 5), "abcde");
}

TEST_F(SendMessage, goes_to_the_name)
{
    const Socket receiver = make_bound(AF_INET, SOCK_DGRAM);
    const Socket sender = make_bound(AF_INET, SOCK_DGRAM);
    const Address to = must(socket_name(system, receiver.fd.get()));
    IoVector vector;
    must(vector.add("hi"));
    ASSERT_THAT(send_message(system, sender, {&to, &vector, nullptr}, 0), is_done_with(2U));
    Address from;
    make_room(5);
    room.name = &from;
    EXPECT_THAT(receive(receiver), is_done_with(2U));
    EXPECT_EQ(from, must(socket_name(system, sender.fd.get())));
}

TEST_F(SendMessage, of_nothing_on_a_datagram_socket_is_an_empty_message)
{
    const Pair pair = make_pair(SOCK_DGRAM, true);
    EXPECT_THAT(send_message(system, pair.first, {}, 0), is_done_with(0U));
    make_room(5);
    EXPECT_THAT(receive(pair.second), is_done_with(0U));
    EXPECT_THAT(receive(pair.second), says_again());
}

TEST_F(SendMessage, to_a_peer_that_closed_is_epipe)
{
    IoVector vector;
    must(vector.add("x"));
    EXPECT_THAT(send_message(system, make_abandoned(), {nullptr, &vector, nullptr}, 0), failed_with(EPIPE, "sendmsg"));
}

TEST_F(SendMessage, passes_descriptors_and_keeps_those_of_the_program)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd passed = any_descriptor();
    const int number = passed.get();
    ControlQueue rights;
    rights.push(
        std::make_shared<ControlMessage>(SOL_SOCKET, SCM_RIGHTS,
                                         std::string_view(reinterpret_cast<const char*>(&number), sizeof number)));
    IoVector vector;
    must(vector.add("x"));
    EXPECT_THAT(send_message(system, pair.first, {nullptr, &vector, &rights}, 0), is_done_with(1U));
    EXPECT_EQ(rights.size(), 1U);
    make_room(4);
    room.control = &control;
    EXPECT_THAT(receive(pair.second), is_done_with(1U));
    ASSERT_EQ(control.size(), 1U);
    EXPECT_TRUE(same_file(control.shift()->descriptor(0), number));
    EXPECT_TRUE(is_open(number));
}

TEST_F(SendMessage, sends_nothing_when_memory_runs_out)
{
    const Pair pair = make_pair(SOCK_DGRAM, true);
    ControlQueue rights;
    const int number = pair.first.fd.get();
    rights.push(
        std::make_shared<ControlMessage>(SOL_SOCKET, SCM_RIGHTS,
                                         std::string_view(reinterpret_cast<const char*>(&number), sizeof number)));
    EXPECT_TRUE(fails_at_allocation(1, [&] { (void)send_message(system, pair.first, {nullptr, &into, &rights}, 0); }));
    EXPECT_EQ(system.calls(Call::send_message), 0);
    EXPECT_THAT(receive(pair.second), says_again());
}

TEST_F(ReceiveMessage, scatters_over_the_elements_of_the_vector)
{
    const Pair pair = make_pair(SOCK_STREAM);
    send_all(pair.first.fd.get(), "abcdefgh");
    make_room(20);
    EXPECT_THAT(receive(pair.second), is_done_with(8U));
    EXPECT_EQ(received(8), "abcdefgh");
    EXPECT_EQ(room.flags & (MSG_TRUNC | MSG_CTRUNC), 0);
}

TEST_F(ReceiveMessage, says_when_a_datagram_was_cut)
{
    const Pair pair = make_pair(SOCK_DGRAM);
    make_room(4);
    send_all(pair.first.fd.get(), "abcdefgh");
    EXPECT_THAT(receive(pair.second), is_done_with(4U));
    EXPECT_NE(room.flags & MSG_TRUNC, 0);
    send_all(pair.first.fd.get(), "abcdefgh");
    EXPECT_THAT(receive(pair.second, MSG_TRUNC), is_done_with(8U)) << "the count is the kernel's";
    send_all(pair.first.fd.get(), "abc");
    EXPECT_THAT(receive(pair.second), is_done_with(3U));
    EXPECT_EQ(room.flags & MSG_TRUNC, 0) << "flags are those of the last message";
}

TEST_F(ReceiveMessage, is_over_when_the_peer_closed)
{
    make_room(4);
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        EXPECT_THAT(receive(make_abandoned(type)), is_end_of_stream());
    }
}

TEST_F(ReceiveMessage, without_room_for_bytes_tells_no_end)
{
    EXPECT_THAT(receive(make_abandoned()), is_done_with(0U));
    room.vector = nullptr;
    EXPECT_THAT(receive(make_abandoned()), is_done_with(0U));
}

TEST_F(ReceiveMessage, tells_no_name_where_there_is_none)
{
    const Pair pair = make_pair(SOCK_STREAM);
    send_all(pair.first.fd.get(), "x");
    make_room(4);
    Address from = loopback(AF_INET, 3);
    room.name = &from;
    EXPECT_THAT(receive(pair.second), is_done_with(1U));
    EXPECT_EQ(from.path(), "");
}

TEST_F(ReceiveMessage, empties_the_queue_when_no_control_data_came)
{
    const Pair pair = make_pair(SOCK_STREAM);
    send_all(pair.first.fd.get(), "x");
    make_room(4);
    control.push(std::make_shared<ControlMessage>(1, 2, "old"));
    room.control = &control;
    EXPECT_THAT(receive(pair.second), is_done_with(1U));
    EXPECT_EQ(control.size(), 0U);
}

TEST_F(ReceiveMessage, leaves_the_room_alone_when_it_fails)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    make_room(4);
    control.push(std::make_shared<ControlMessage>(1, 2, "kept"));
    room.control = &control;
    EXPECT_THAT(receive(pair.second), says_again());
    EXPECT_EQ(control.size(), 1U);
    EXPECT_EQ(received(4), std::string(4, '\0'));
}

TEST_F(ReceiveMessage, exposes_control_data_of_any_type)
{
    const Socket receiver = make_bound(AF_INET, SOCK_DGRAM);
    const int on = 1;
    must(sys::host().set_option(receiver.fd.get(), SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on));
    const Address to = must(socket_name(system, receiver.fd.get()));
    const Socket sender = make_socket(AF_INET, SOCK_DGRAM);
    must(sys::host().send_to(sender.fd.get(), "x", 1, 0, to.data(), to.size()));
    make_room(4);
    room.control = &control;
    EXPECT_THAT(receive(receiver), is_done_with(1U));
    ASSERT_EQ(control.size(), 1U);
    const ControlPtr stamp = control.shift();
    EXPECT_EQ(stamp->level(), SOL_SOCKET);
    EXPECT_EQ(stamp->type(), SCM_TIMESTAMP);
    EXPECT_EQ(stamp->payload().size(), sizeof(timeval));
    EXPECT_FALSE(stamp->has_descriptors());
}

// Receives a message with descriptors on every system.
template <class Base>
class ReceivedDescriptors : public DescriptorTest {
protected:
    ReceivedDescriptors()
    {
        must(into.add_room(4));
        room.vector = &into;
        room.control = &control;
    }

    void send(std::size_t count)
    {
        send_descriptors(pair.first.fd.get(), std::vector<int>(count, pair.first.fd.get()));
    }

    [[nodiscard]] std::size_t count_received()
    {
        std::size_t count = 0;
        for (ControlPtr message = control.shift(); message != nullptr; message = control.shift()) {
            count += message->has_descriptors() ? message->descriptor_count() : 0;
        }
        return count;
    }

    Faulty<Base> system;
    Pair pair = make_pair(SOCK_STREAM, true);
    IoVector into;
    ControlQueue control;
    MessageRoom room;
};

TYPED_TEST_SUITE(ReceivedDescriptors, Systems, SystemNames);

TYPED_TEST(ReceivedDescriptors, are_as_many_as_the_kernel_passes_in_one_message)
{
    this->send(253);
    EXPECT_THAT(receive_message(this->system, this->pair.second, this->room, 0), is_done_with(1U));
    EXPECT_EQ(this->room.flags & MSG_CTRUNC, 0);
    EXPECT_EQ(this->count_received(), 253U);
}

TYPED_TEST(ReceivedDescriptors, are_close_on_exec_and_belong_to_their_message)
{
    this->send(2);
    must(receive_message(this->system, this->pair.second, this->room, 0));
    ASSERT_EQ(this->control.size(), 1U);
    const ControlPtr message = this->control.shift();
    const int fd = message->descriptor(1);
    EXPECT_TRUE(is_close_on_exec(fd));
    message->give_up_descriptors();
    const Fd first(message->descriptor(0));
    const Fd second(fd);
    EXPECT_TRUE(is_open(fd));
}

TYPED_TEST(ReceivedDescriptors, beyond_the_limit_of_the_process_are_dropped_and_the_flags_say_so)
{
    const auto take = [&] { return receive_message(this->system, this->pair.second, this->room, 0); };
    this->send(10);
    EXPECT_THAT(take(), is_done_with(1U));
    EXPECT_EQ(this->count_received(), 10U);
    this->send(10);
    EXPECT_THAT(with_free_descriptors(4, take), is_done_with(1U));
    EXPECT_NE(this->room.flags & MSG_CTRUNC, 0);
    EXPECT_EQ(this->count_received(), 4U);
}

TYPED_TEST(ReceivedDescriptors, without_a_queue_are_dropped_and_the_flags_say_so)
{
    this->send(3);
    this->room.control = nullptr;
    EXPECT_THAT(receive_message(this->system, this->pair.second, this->room, 0), is_done_with(1U));
    EXPECT_NE(this->room.flags & MSG_CTRUNC, 0);
}

TYPED_TEST(ReceivedDescriptors, are_closed_when_memory_runs_out)
{
    const auto before = open_descriptors();
    int failures = 0;
    this->send(3);
    while (fails_at_allocation(failures + 1,
                               [&] { must(receive_message(this->system, this->pair.second, this->room, 0)); })) {
        ++failures;
        EXPECT_EQ(open_descriptors(), before) << "failure " << failures;
        this->send(3);
    }
    EXPECT_GT(failures, 0);
    EXPECT_EQ(this->count_received(), 3U);
}

TYPED_TEST(ReceivedDescriptors, of_an_earlier_message_are_closed_when_the_next_one_comes)
{
    const auto before = open_descriptors();
    this->send(3);
    must(receive_message(this->system, this->pair.second, this->room, 0));
    send_all(this->pair.first.fd.get(), "x");
    must(receive_message(this->system, this->pair.second, this->room, 0));
    EXPECT_EQ(open_descriptors(), before);
}

TEST(PortableReceivedDescriptors, that_cannot_be_marked_close_on_exec_are_closed_and_the_call_fails)
{
    const auto before = open_descriptors();
    {
        Faulty<sys::System> system;
        const Pair pair = make_pair(SOCK_STREAM);
        send_descriptors(pair.first.fd.get(), {pair.first.fd.get(), pair.first.fd.get()});
        system.fail(Call::set_descriptor_flags, EPERM, 2, 1);
        IoVector into;
        must(into.add_room(4));
        ControlQueue control;
        MessageRoom room;
        room.vector = &into;
        room.control = &control;
        EXPECT_THAT(receive_message(system, pair.second, room, 0), failed_with(EPERM, "recvmsg"));
        EXPECT_EQ(control.size(), 0U);
    }
    EXPECT_EQ(open_descriptors(), before);
}

#if defined(MSG_ZEROCOPY) && defined(SO_ZEROCOPY)

TEST_F(ReceiveMessage, from_the_error_queue_of_a_stream_is_not_its_end)
{
    const Pair pair = make_connection();
    const int on = 1;
    if (!sys::host().set_option(pair.first.fd.get(), SOL_SOCKET, SO_ZEROCOPY, &on, sizeof on).ok()) {
        GTEST_SKIP() << "this kernel has no SO_ZEROCOPY for TCP";
    }
    const std::string bytes(20'000, 'z');
    const auto sent = sys::host().send(pair.first.fd.get(), bytes.data(), bytes.size(), MSG_ZEROCOPY);
    if (sent.error == ENOBUFS) {
        GTEST_SKIP() << "this process may lock no memory";
    }
    must(sent);
    receive_exactly(pair.second.fd.get(), bytes.size());
    // The notice makes POLLERR, which poll tells without being asked.
    EXPECT_THAT(wait(system, pair.first.fd.get(), Readiness::receive, false, 5000), is_done_with(true));
    make_room(4);
    room.control = &control;
    EXPECT_THAT(receive(pair.first, MSG_ERRQUEUE), is_done_with(0U));
    EXPECT_NE(room.flags & MSG_ERRQUEUE, 0);
    EXPECT_EQ(control.size(), 1U);
}

#endif

} // namespace
} // namespace llnet::test
