// SPDX-License-Identifier: MIT
#include "core/sock/socket.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

namespace llnet::test {
namespace {

class Connect : public DescriptorTest {
protected:
    Outcome<int> connect_failing(int error)
    {
        system.fail(Call::connect, error);
        return connect(system, make_socket(AF_INET, SOCK_STREAM).fd.get(), loopback(AF_INET, 9));
    }

    static Address name(const Socket& socket) { return must(socket_name(sys::host(), socket.fd.get())); }

    FaultyHost system;
};

// Done, but a connection is still being made.
void expect_pending(const Outcome<int>& out, int code)
{
    EXPECT_THAT(out, is_done_with(code));
    EXPECT_EQ(out.error, system_error(code, "connect"));
    EXPECT_STREQ(out.error.op, "connect");
}

TEST_F(Connect, is_done_without_a_code_when_connected)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    const Socket client = make_socket(AF_INET, SOCK_STREAM);
    EXPECT_THAT(connect(system, client.fd.get(), name(listener)), is_done_with(0));
}

TEST_F(Connect, is_done_as_well_when_it_was_connected_before)
{
    const Pair pair = make_connection();
    EXPECT_THAT(connect(system, pair.first.fd.get(), name(pair.second)), is_done_with(0));
}

TEST_F(Connect, of_a_listener_fails)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    EXPECT_THAT(connect(system, listener.fd.get(), name(listener)), failed_with(EISCONN, "connect"));
}

TEST_F(Connect, is_done_with_its_code_while_the_connection_is_made)
{
    expect_pending(connect_failing(EINPROGRESS), EINPROGRESS);
    expect_pending(connect_failing(EALREADY), EALREADY);
}

TEST_F(Connect, that_was_interrupted_goes_on_in_the_background)
{
    expect_pending(connect_failing(EINTR), EINPROGRESS);
}

TEST_F(Connect, that_was_interrupted_on_a_unix_socket_has_not_begun)
{
    system.fail(Call::connect, EINTR);
    const Socket caller = make_socket(AF_UNIX, SOCK_STREAM);
    EXPECT_THAT(connect(system, caller.fd.get(), unique_unix_address()), says_again());
}

TEST_F(Connect, fails_when_the_time_is_over)
{
    EXPECT_THAT(connect_failing(ETIMEDOUT), failed_with(ETIMEDOUT, "connect"));
}

TEST_F(Connect, may_be_made_again_when_the_backlog_is_full)
{
    EXPECT_THAT(connect_failing(EAGAIN), says_again());
}

TEST_F(Connect, tells_any_other_failure)
{
    for (const int error : {EBADF, ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES}) {
        EXPECT_THAT(connect_failing(error), failed_with(error, "connect"));
    }
}

TEST_F(Connect, to_a_port_without_a_listener_is_refused)
{
    const Socket silent = make_bound(AF_INET, SOCK_STREAM);
    const Socket client = make_socket(AF_INET, SOCK_STREAM);
    EXPECT_THAT(connect(system, client.fd.get(), name(silent)), failed_with(ECONNREFUSED, "connect"));
}

TEST_F(Connect, that_is_refused_later_leaves_the_error_to_be_read)
{
    const Socket silent = make_bound(AF_INET, SOCK_STREAM);
    const Socket client = make_socket(AF_INET, SOCK_STREAM, true);
    expect_pending(connect(system, client.fd.get(), name(silent)), EINPROGRESS);
    EXPECT_THAT(wait(system, client.fd.get(), Readiness::send, false, 5000), is_done_with(true));
    EXPECT_THAT(pending_error(system, client.fd.get()), is_done_with(ECONNREFUSED));
    EXPECT_THAT(pending_error(system, client.fd.get()), is_done_with(0)) << "reading clears it";
}

TEST_F(Connect, says_that_a_connection_is_pending_when_asked_again)
{
    const Socket listener = make_bound(AF_INET, SOCK_STREAM);
    must(listen(sys::host(), listener.fd.get(), 0));
    const Socket first = make_socket(AF_INET, SOCK_STREAM);
    must(connect(system, first.fd.get(), name(listener)));
    const Socket second = make_socket(AF_INET, SOCK_STREAM, true);
    expect_pending(connect(system, second.fd.get(), name(listener)), EINPROGRESS);
    expect_pending(connect(system, second.fd.get(), name(listener)), EALREADY);
}

TEST_F(Connect, to_a_full_unix_listener_would_block)
{
    const Socket listener = make_bound(AF_UNIX, SOCK_STREAM);
    must(listen(sys::host(), listener.fd.get(), 0));
    const Socket first = make_socket(AF_UNIX, SOCK_STREAM, true);
    must(connect(system, first.fd.get(), name(listener)));
    const Socket second = make_socket(AF_UNIX, SOCK_STREAM, true);
    EXPECT_THAT(connect(system, second.fd.get(), name(listener)), says_again());
}

TEST_F(Connect, works_over_ipv6)
{
    if (!has_ipv6()) {
        GTEST_SKIP() << "this machine has no ::1";
    }
    const Pair pair = make_connection(AF_INET6);
    EXPECT_EQ(must(peer_name(system, pair.first.fd.get())), name(pair.second));
}

} // namespace
} // namespace llnet::test
