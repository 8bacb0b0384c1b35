// SPDX-License-Identifier: MIT
#include "core/sock/transfer.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <string>

namespace llnet::test {
namespace {

class Transfer : public DescriptorTest {
protected:
    FaultyHost system;
    std::string room = std::string(64, '?');
};

using Send = Transfer;
using Receive = Transfer;
using ReceiveFrom = Transfer;
using SendFile = Transfer;

TEST_F(Send, tells_how_many_bytes_went)
{
    const Pair pair = make_pair(SOCK_STREAM);
    EXPECT_THAT(send(system, pair.first, "hello", 0), is_done_with(5U));
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 5), "hello");
}

TEST_F(Send, of_nothing_on_a_stream_makes_no_call)
{
    const Pair pair = make_pair(SOCK_STREAM);
    EXPECT_THAT(send(system, pair.first, "", 0), is_done_with(0U));
    EXPECT_EQ(system.calls(Call::send), 0);
}

TEST_F(Send, of_nothing_on_an_empty_socket_is_ebadf)
{
    Socket closed = make_socket(AF_UNIX, SOCK_STREAM);
    must(close(system, closed, nullptr));
    EXPECT_THAT(send(system, closed, "", 0), failed_with(EBADF, "send"));
}

TEST_F(Send, of_nothing_on_a_datagram_socket_is_an_empty_message)
{
    const Pair pair = make_pair(SOCK_DGRAM, true);
    EXPECT_THAT(send(system, pair.first, "", 0), is_done_with(0U));
    EXPECT_THAT(receive(system, pair.second, room, 0), is_done_with(0U));
    EXPECT_THAT(receive(system, pair.second, room, 0), says_again()) << "there was just one";
}

TEST_F(Send, of_nothing_on_a_bare_number_depends_on_what_it_is)
{
    const Pair stream = make_pair(SOCK_STREAM);
    EXPECT_THAT(send(system, {stream.first.fd.get()}, "", 0), is_done_with(0U));
    EXPECT_EQ(system.calls(Call::send), 0);
    const Pair datagram = make_pair(SOCK_DGRAM, true);
    EXPECT_THAT(send(system, {datagram.first.fd.get()}, "", 0), is_done_with(0U));
    EXPECT_EQ(system.calls(Call::send), 1);
    EXPECT_THAT(receive(system, datagram.second, room, 0), is_done_with(0U));
}

TEST_F(Send, of_bytes_on_a_bare_number_asks_nothing_before)
{
    const Pair pair = make_pair(SOCK_STREAM);
    EXPECT_THAT(send(system, {pair.first.fd.get()}, "hello", 0), is_done_with(5U));
    EXPECT_EQ(system.calls(Call::get_option), 0);
    EXPECT_THAT(send(system, {any_descriptor().get()}, "", 0), failed_with(ENOTSOCK, "send"));
}

TEST_F(Send, is_short_when_the_socket_takes_only_a_part)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    shrink_send_buffer(pair.first);
    const std::string bytes = distinct_bytes(1U << 20U);
    const auto sent = send(system, pair.first, bytes, 0);
    ASSERT_THAT(sent, is_done());
    EXPECT_GT(sent.value, 0U);
    EXPECT_LT(sent.value, bytes.size());
    EXPECT_THAT(send(system, pair.first, bytes, 0), says_again());
    EXPECT_TRUE(receive_exactly(pair.second.fd.get(), sent.value) == bytes.substr(0, sent.value));
}

TEST_F(Send, to_a_peer_that_closed_is_epipe)
{
    EXPECT_THAT(send(system, make_abandoned(), "x", 0), failed_with(EPIPE, "send"));
}

TEST_F(Send, of_a_datagram_is_whole_or_refused)
{
    const Socket receiver = make_bound(AF_INET, SOCK_DGRAM);
    const Socket sender = make_bound(AF_INET, SOCK_DGRAM);
    const Address to = must(socket_name(system, receiver.fd.get()));
    const std::string largest = distinct_bytes(65507);
    ASSERT_THAT(send_to(system, sender, largest, to, 0), is_done_with(largest.size()));
    EXPECT_THAT(send_to(system, sender, largest + "x", to, 0), failed_with(EMSGSIZE, "sendto"));
    std::string received(70'000, '?');
    EXPECT_THAT(receive(system, receiver, received, 0), is_done_with(largest.size()));
    EXPECT_TRUE(received.starts_with(largest));
}

TEST_F(Receive, tells_how_many_bytes_came)
{
    const Pair pair = make_pair(SOCK_STREAM);
    send_all(pair.first.fd.get(), "hello");
    EXPECT_THAT(receive(system, pair.second, room, 0), is_done_with(5U));
    EXPECT_EQ(room.substr(0, 6), "hello?");
}

TEST_F(Receive, with_room_for_nothing_makes_no_call)
{
    const Pair pair = make_pair(SOCK_DGRAM);
    send_all(pair.first.fd.get(), "kept");
    EXPECT_THAT(receive(system, pair.second, {}, MSG_TRUNC), is_done_with(0U));
    Address from;
    EXPECT_THAT(receive_from(system, pair.second, {}, MSG_TRUNC, from), is_done_with(0U));
    EXPECT_EQ(system.calls(Call::receive) + system.calls(Call::receive_from), 0);
    EXPECT_THAT(receive(system, pair.second, room, 0), is_done_with(4U));
}

TEST_F(Receive, on_an_empty_socket_is_ebadf_whatever_the_room)
{
    Address from;
    EXPECT_THAT(receive(system, Socket(), {}, MSG_TRUNC), failed_with(EBADF, "recv"));
    EXPECT_THAT(receive(system, Socket(), room, 0), failed_with(EBADF, "recv"));
    EXPECT_THAT(receive_from(system, Socket(), {}, MSG_TRUNC, from), failed_with(EBADF, "recvfrom"));
}

TEST_F(Receive, is_over_when_the_peer_closed_and_everything_was_read)
{
    Pair pair = make_pair(SOCK_STREAM);
    send_all(pair.first.fd.get(), "last");
    must(close(system, pair.first, nullptr));
    EXPECT_THAT(receive(system, pair.second, room, 0), is_done_with(4U));
    EXPECT_THAT(receive(system, pair.second, room, 0), is_end_of_stream());
    EXPECT_THAT(receive(system, pair.second, room, 0), is_end_of_stream());
}

TEST_F(Receive, of_seqpacket_is_over_when_the_peer_closed)
{
    EXPECT_THAT(receive(system, make_abandoned(SOCK_SEQPACKET), room, 0), is_end_of_stream());
}

TEST_F(Receive, on_a_bare_number_asks_what_it_is_only_when_no_bytes_came)
{
    Pair stream = make_pair(SOCK_STREAM, true);
    const SocketRef number{stream.second.fd.get()};
    send_all(stream.first.fd.get(), "hello");
    EXPECT_THAT(receive(system, number, room, 0), is_done_with(5U));
    EXPECT_THAT(receive(system, number, room, 0), says_again());
    EXPECT_EQ(system.calls(Call::get_option), 0);
    must(close(system, stream.first, nullptr));
    EXPECT_THAT(receive(system, number, room, 0), is_end_of_stream());
    EXPECT_EQ(system.calls(Call::get_option), 1);
}

TEST_F(Receive, on_a_bare_number_knows_an_empty_datagram)
{
    const Pair pair = make_pair(SOCK_DGRAM, true);
    const SocketRef number{pair.second.fd.get()};
    Address from;
    must(send(system, pair.first, "", 0));
    EXPECT_THAT(receive(system, number, room, 0), is_done_with(0U));
    must(send(system, pair.first, "", 0));
    EXPECT_THAT(receive_from(system, number, room, 0, from), is_done_with(0U));
    EXPECT_EQ(system.calls(Call::get_option), 2);
}

TEST_F(Receive, would_block_when_nothing_is_there)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    EXPECT_THAT(receive(system, pair.second, room, 0), says_again());
}

TEST_F(Receive, of_a_datagram_never_counts_more_than_the_room)
{
    const Pair pair = make_pair(SOCK_DGRAM);
    const std::string datagram = distinct_bytes(100);
    for (const int flags : {0, static_cast<int>(MSG_TRUNC)}) {
        send_all(pair.first.fd.get(), datagram);
        EXPECT_THAT(receive(system, pair.second, std::span(room).first(10), flags), is_done_with(10U));
        EXPECT_EQ(room.substr(0, 10), datagram.substr(0, 10));
        send_all(pair.first.fd.get(), datagram);
        Address from;
        EXPECT_THAT(receive_from(system, pair.second, std::span(room).first(10), flags, from), is_done_with(10U));
    }
}

TEST_F(Receive, with_msg_trunc_shows_no_old_memory_when_tcp_drops_the_bytes)
{
    const Pair pair = make_connection();
    send_all(pair.first.fd.get(), "secret");
    EXPECT_THAT(wait(system, pair.second.fd.get(), Readiness::receive, false, 5000), is_done_with(true));
    const auto count = receive(system, pair.second, room, MSG_TRUNC);
    ASSERT_THAT(count, is_done_with(6U));
    EXPECT_EQ(room, std::string(room.size(), '\0'));
}

TEST_F(Receive, does_not_touch_room_that_no_bytes_came_for)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    EXPECT_THAT(receive(system, pair.second, room, 0), says_again());
    EXPECT_EQ(room, std::string(room.size(), '?'));
}

TEST_F(ReceiveFrom, tells_the_sender)
{
    const Socket receiver = make_bound(AF_INET, SOCK_DGRAM);
    const Socket sender = make_bound(AF_INET, SOCK_DGRAM);
    must(send_to(system, sender, "hi", must(socket_name(system, receiver.fd.get())), 0));
    Address from;
    EXPECT_THAT(receive_from(system, receiver, room, 0, from), is_done_with(2U));
    EXPECT_EQ(from, must(socket_name(system, sender.fd.get())));
}

TEST_F(ReceiveFrom, tells_the_sender_of_an_empty_datagram)
{
    const Socket receiver = make_bound(AF_INET, SOCK_DGRAM);
    const Socket sender = make_bound(AF_INET, SOCK_DGRAM);
    must(send_to(system, sender, "", must(socket_name(system, receiver.fd.get())), 0));
    Address from;
    EXPECT_THAT(receive_from(system, receiver, room, 0, from), is_done_with(0U));
    EXPECT_EQ(from, must(socket_name(system, sender.fd.get())));
}

TEST_F(ReceiveFrom, tells_that_the_sender_has_no_name)
{
    const Socket receiver = make_bound(AF_UNIX, SOCK_DGRAM);
    const Socket sender = make_socket(AF_UNIX, SOCK_DGRAM);
    must(send_to(system, sender, "hi", must(socket_name(system, receiver.fd.get())), 0));
    Address from = loopback(AF_INET, 9);
    EXPECT_THAT(receive_from(system, receiver, room, 0, from), is_done_with(2U));
    EXPECT_TRUE(from.empty());
}

TEST_F(ReceiveFrom, tells_no_sender_on_a_connection)
{
    const Pair pair = make_connection();
    send_all(pair.first.fd.get(), "hi");
    Address from = loopback(AF_INET, 9);
    EXPECT_THAT(receive_from(system, pair.second, room, 0, from), is_done_with(2U));
    EXPECT_TRUE(from.empty());
}

TEST_F(ReceiveFrom, forgets_the_last_sender_when_it_fails)
{
    const Pair pair = make_pair(SOCK_DGRAM, true);
    Address from = loopback(AF_INET, 9);
    EXPECT_THAT(receive_from(system, pair.first, room, 0, from), says_again());
    EXPECT_TRUE(from.empty());
    EXPECT_EQ(from, Address());
}

TEST_F(SendFile, tells_how_many_bytes_went_and_0_at_the_end_of_the_file)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd file = file_with("content");
    EXPECT_THAT(send_file(system, pair.first, file.get(), 2, 100), is_done_with(5U));
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 5), "ntent");
    EXPECT_THAT(send_file(system, pair.first, file.get(), 7, 100), is_done_with(0U));
}

TEST_F(SendFile, to_a_peer_that_closed_is_epipe)
{
    EXPECT_THAT(send_file(system, make_abandoned(), file_with("content").get(), 0, 7), failed_with(EPIPE, "sendfile"));
}

TEST_F(SendFile, on_an_empty_socket_is_ebadf)
{
    EXPECT_THAT(send_file(system, Socket(), file_with("content").get(), 0, 7), failed_with(EBADF, "sendfile"));
}

} // namespace
} // namespace llnet::test
