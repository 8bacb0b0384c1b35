// SPDX-License-Identifier: MIT
#include "core/sock/socket.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <fcntl.h>

namespace llnet::test {
namespace {

class SocketTest : public DescriptorTest {
protected:
    FaultyHost system;
    Socket socket;
};

TEST_F(SocketTest, is_what_it_was_made_as)
{
    must(open(system, socket, AF_INET, SOCK_DGRAM, IPPROTO_UDP, true));
    EXPECT_EQ(socket.family, AF_INET);
    EXPECT_EQ(socket.type, SOCK_DGRAM);
    EXPECT_EQ(socket.protocol, IPPROTO_UDP);
    EXPECT_TRUE(is_nonblocking(socket.fd.get()));
}

#ifdef SOCK_NONBLOCK

TEST_F(SocketTest, takes_flags_in_its_type_and_does_not_keep_them)
{
    must(open(system, socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, false));
    EXPECT_EQ(socket.type, SOCK_STREAM);
    EXPECT_TRUE(is_nonblocking(socket.fd.get()));
    Pair pair;
    must(open_pair(system, pair.first, pair.second, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, false));
    EXPECT_EQ(pair.first.type, SOCK_SEQPACKET);
    EXPECT_EQ(pair.second.type, SOCK_SEQPACKET);
    EXPECT_TRUE(is_nonblocking(pair.second.fd.get()));
}

#endif

TEST_F(SocketTest, that_is_replaced_is_closed)
{
    must(open(system, socket, AF_INET, SOCK_STREAM, 0, false));
    must(open(system, socket, AF_UNIX, SOCK_STREAM, 0, false));
    EXPECT_EQ(socket.family, AF_UNIX);
}

TEST_F(SocketTest, is_at_its_end_when_nothing_comes_unless_a_message_can_be_empty)
{
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        socket.type = type;
        EXPECT_TRUE(nothing_means_end(sys::host(), socket, 0)) << type;
    }
    for (const int type : {SOCK_DGRAM, SOCK_RAW}) {
        socket.type = type;
        EXPECT_FALSE(nothing_means_end(sys::host(), socket, 0)) << type;
    }
}

#ifdef MSG_ERRQUEUE

TEST_F(SocketTest, is_not_at_its_end_when_an_entry_of_its_error_queue_has_no_bytes)
{
    socket.type = SOCK_STREAM;
    EXPECT_FALSE(nothing_means_end(sys::host(), socket, MSG_ERRQUEUE));
}

#endif

TEST_F(SocketTest, tells_the_type_of_a_number)
{
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
        EXPECT_THAT(socket_type(system, make_socket(AF_UNIX, type).fd.get()), is_done_with(type));
    }
    EXPECT_THAT(socket_type(system, -1), failed_with(EBADF, "getsockopt"));
    EXPECT_THAT(socket_type(system, any_descriptor().get()), failed_with(ENOTSOCK, "getsockopt"));
}

TEST_F(SocketTest, without_a_type_asks_the_kernel_whether_it_is_at_its_end)
{
    for (const auto& [type, means_end] : {std::pair{SOCK_STREAM, true}, {SOCK_SEQPACKET, true}, {SOCK_DGRAM, false}}) {
        const Socket made = make_socket(AF_UNIX, type);
        EXPECT_EQ(nothing_means_end(system, {made.fd.get()}, 0), means_end) << type;
    }
    EXPECT_EQ(system.calls(Call::get_option), 3);
}

TEST_F(SocketTest, without_a_type_asks_the_kernel_whether_it_is_a_stream)
{
    EXPECT_TRUE(is_stream(system, {make_socket(AF_INET, SOCK_STREAM).fd.get()}));
    EXPECT_FALSE(is_stream(system, {make_socket(AF_INET, SOCK_DGRAM).fd.get()}));
    EXPECT_EQ(system.calls(Call::get_option), 2);
    EXPECT_FALSE(is_stream(system, {any_descriptor().get()}));
}

TEST_F(SocketTest, asks_the_kernel_nothing_that_it_knows)
{
    const Socket made = make_socket(AF_UNIX, SOCK_STREAM);
    EXPECT_TRUE(is_stream(system, made));
    EXPECT_TRUE(nothing_means_end(system, made, 0));
    EXPECT_FALSE(is_stream(system, {})) << "there is no socket";
    EXPECT_EQ(system.calls(Call::get_option), 0);
}

TEST_F(SocketTest, duplicated_is_the_same_open_socket_twice)
{
    const Pair pair = make_pair(SOCK_SEQPACKET);
    must(duplicate(system, pair.first, socket));
    EXPECT_TRUE(same_file(socket.fd.get(), pair.first.fd.get()));
    EXPECT_EQ(socket.family, AF_UNIX);
    EXPECT_EQ(socket.type, SOCK_SEQPACKET);
}

TEST_F(SocketTest, unwrapped_gives_its_descriptor_away_open)
{
    must(open(system, socket, AF_INET, SOCK_STREAM, 0, false));
    const Fd given(unwrap(socket));
    EXPECT_TRUE(is_open(given.get()));
    EXPECT_EQ(socket.fd.get(), -1);
    EXPECT_EQ(unwrap(socket), -1);
}

TEST_F(SocketTest, tells_and_changes_close_on_exec)
{
    const Fd fd = any_descriptor();
    EXPECT_THAT(close_on_exec(system, fd.get()), is_done_with(true));
    must(set_close_on_exec(system, fd.get(), false));
    EXPECT_THAT(close_on_exec(system, fd.get()), is_done_with(false));
    must(set_close_on_exec(system, fd.get(), true));
    EXPECT_TRUE(is_close_on_exec(fd.get()));
}

TEST_F(SocketTest, tells_and_changes_whether_it_blocks_and_keeps_the_other_flags)
{
    const Fd fd(::open("/dev/null", O_WRONLY | O_APPEND | O_CLOEXEC));
    EXPECT_THAT(nonblock(system, fd.get()), is_done_with(false));
    must(set_nonblock(system, fd.get(), true));
    EXPECT_THAT(nonblock(system, fd.get()), is_done_with(true));
    EXPECT_NE(must(system.status_flags(fd.get())) & O_APPEND, 0);
    must(set_nonblock(system, fd.get(), false));
    EXPECT_FALSE(is_nonblocking(fd.get()));
}

TEST_F(SocketTest, makes_no_call_to_set_a_flag_that_is_set)
{
    const Fd fd = any_descriptor();
    must(set_close_on_exec(system, fd.get(), true));
    must(set_nonblock(system, fd.get(), false));
    EXPECT_EQ(system.calls(Call::set_descriptor_flags), 0);
    EXPECT_EQ(system.calls(Call::set_status_flags), 0);
}

TEST_F(SocketTest, knows_the_names_of_both_ends)
{
    const Pair pair = make_connection();
    const Address own = must(socket_name(system, pair.first.fd.get()));
    EXPECT_EQ(own, must(peer_name(system, pair.second.fd.get())));
    EXPECT_GT(own.port(), 0);
    EXPECT_THAT(peer_name(system, make_socket(AF_INET, SOCK_STREAM).fd.get()), failed_with(ENOTCONN, "getpeername"));
}

TEST_F(SocketTest, knows_the_mark_of_urgent_data)
{
    const Pair pair = make_connection();
    EXPECT_EQ(must(sys::host().send(pair.first.fd.get(), "ab!", 3, MSG_OOB)), 3);
    EXPECT_THAT(wait(system, pair.second.fd.get(), Readiness::receive, true, 5000), is_done_with(true));
    EXPECT_THAT(at_mark(system, pair.second.fd.get()), is_done_with(false));
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 2), "ab");
    EXPECT_THAT(at_mark(system, pair.second.fd.get()), is_done_with(true));
}

class WrapTest : public SocketTest {
protected:
    Fd foreign{must(sys::host().socket(AF_UNIX, SOCK_SEQPACKET, 0, false))};
};

TEST_F(WrapTest, finds_out_what_the_socket_is)
{
    must(set_close_on_exec(sys::host(), foreign.get(), false));
    must(wrap(system, socket, foreign.get(), true));
    EXPECT_EQ(socket.fd.get(), foreign.release());
    EXPECT_EQ(socket.family, AF_UNIX);
    EXPECT_EQ(socket.type, SOCK_SEQPACKET);
    EXPECT_TRUE(is_close_on_exec(socket.fd.get()));
    EXPECT_TRUE(is_nonblocking(socket.fd.get()));
}

TEST_F(WrapTest, leaves_the_blocking_state_alone_unless_asked)
{
    must(set_nonblock(sys::host(), foreign.get(), true));
    must(wrap(system, socket, foreign.release(), false));
    EXPECT_TRUE(is_nonblocking(socket.fd.get()));
}

TEST_F(WrapTest, finds_out_what_the_socket_is_on_every_system)
{
    const sys::System portable;
    must(wrap(portable, socket, foreign.release(), false));
    EXPECT_EQ(socket.family, AF_UNIX);
    EXPECT_EQ(socket.type, SOCK_SEQPACKET);
}

#ifdef SO_PROTOCOL

TEST_F(WrapTest, finds_out_the_protocol)
{
    Fd tcp(must(sys::host().socket(AF_INET, SOCK_STREAM, 0, false)));
    must(wrap(system, socket, tcp.release(), false));
    EXPECT_EQ(socket.protocol, IPPROTO_TCP);
}

#endif

TEST_F(WrapTest, refuses_what_is_no_socket)
{
    const Fd file = any_descriptor();
    EXPECT_THAT(wrap(system, socket, file.get(), true), failed_with(ENOTSOCK, "getsockopt"));
    EXPECT_THAT(wrap(system, socket, -1, true), failed_with(EBADF, "getsockopt"));
    EXPECT_FALSE(is_nonblocking(file.get()));
}

TEST_F(WrapTest, leaves_the_descriptor_to_the_caller_whatever_fails)
{
    must(set_close_on_exec(sys::host(), foreign.get(), false));
    for (const auto& [call, op] : {std::pair{Call::get_option, "getsockopt"},
                                   {Call::socket_family, "getsockname"},
                                   {Call::socket_protocol, "getsockopt"},
                                   {Call::descriptor_flags, "fcntl"},
                                   {Call::set_descriptor_flags, "fcntl"},
                                   {Call::status_flags, "fcntl"},
                                   {Call::set_status_flags, "fcntl"}}) {
        FaultyHost failing;
        failing.fail(call, EPERM);
        EXPECT_THAT(wrap(failing, socket, foreign.get(), true), failed_with(EPERM, op));
        EXPECT_EQ(socket.fd.get(), -1);
        EXPECT_TRUE(is_open(foreign.get()));
        must(set_close_on_exec(sys::host(), foreign.get(), false));
    }
}

class CloseTest : public SocketTest {
protected:
    const int both = SHUT_RDWR;
};

TEST_F(CloseTest, closes_once_and_is_harmless_afterwards)
{
    must(open(system, socket, AF_INET, SOCK_STREAM, 0, false));
    const int number = socket.fd.get();
    EXPECT_THAT(close(system, socket, nullptr), is_done());
    EXPECT_FALSE(is_open(number));
    const Fd reused = any_descriptor();
    EXPECT_EQ(reused.get(), number);
    EXPECT_THAT(close(system, socket, nullptr), is_done());
    EXPECT_THAT(close(system, socket, &both), is_done());
    EXPECT_TRUE(is_open(reused.get()));
    EXPECT_EQ(system.calls(Call::close), 1);
    EXPECT_EQ(system.calls(Call::shutdown), 0);
}

TEST_F(CloseTest, shuts_down_first_on_request)
{
    Pair pair = make_pair(SOCK_STREAM);
    Socket copy;
    must(duplicate(system, pair.first, copy));
    EXPECT_THAT(close(system, pair.first, &both), is_done());
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 1), "");
}

TEST_F(CloseTest, tells_the_failure_of_shutdown_and_closes_all_the_same)
{
    must(open(system, socket, AF_INET, SOCK_STREAM, 0, false));
    const int number = socket.fd.get();
    EXPECT_THAT(close(system, socket, &both), failed_with(ENOTCONN, "shutdown"));
    EXPECT_EQ(socket.fd.get(), -1);
    EXPECT_FALSE(is_open(number));
}

TEST_F(CloseTest, tells_its_own_failure_and_counts_as_closed)
{
    must(open(system, socket, AF_INET, SOCK_STREAM, 0, false));
    system.fail(Call::close, EIO);
    EXPECT_THAT(close(system, socket, nullptr), failed_with(EIO, "close"));
    EXPECT_EQ(socket.fd.get(), -1);
    EXPECT_THAT(close(system, socket, nullptr), is_done());
}

TEST_F(CloseTest, tells_the_first_failure_of_two)
{
    must(open(system, socket, AF_INET, SOCK_STREAM, 0, false));
    system.fail(Call::shutdown, ENOTCONN);
    system.fail(Call::close, EIO);
    EXPECT_THAT(close(system, socket, &both), failed_with(ENOTCONN, "shutdown"));
    EXPECT_EQ(system.calls(Call::close), 1);
}

TEST_F(CloseTest, of_a_bare_number_works_the_same)
{
    const int number = any_descriptor().release();
    EXPECT_THAT(close_number(system, number, nullptr), is_done());
    EXPECT_FALSE(is_open(number));
    EXPECT_THAT(close_number(system, number, nullptr), failed_with(EBADF, "close"));
    EXPECT_THAT(close_number(system, -1, &both), failed_with(EBADF, "shutdown"));
    const int file = any_descriptor().release();
    EXPECT_THAT(close_number(system, file, &both), failed_with(ENOTSOCK, "shutdown"));
    EXPECT_FALSE(is_open(file));
}

} // namespace
} // namespace llnet::test
