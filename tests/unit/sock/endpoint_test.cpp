// SPDX-License-Identifier: MIT
#include "core/sock/endpoint.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <utility>
#include <vector>

namespace llnet::test {
namespace {

constexpr EndpointOptions blocking{};
constexpr EndpointOptions nonblocking{true, false};
constexpr EndpointOptions reusing{false, true};

AddressInfo info_of(const Socket& socket)
{
    return {must(socket_name(sys::host(), socket.fd.get())), socket.type, socket.protocol};
}

AddressInfo any_port()
{
    return {loopback(AF_INET), SOCK_STREAM, 0};
}

bool reuses_address(const Socket& socket)
{
    int value = 0;
    socklen_t size = sizeof value;
    must(sys::host().get_option(socket.fd.get(), SOL_SOCKET, SO_REUSEADDR, &value, &size));
    return value != 0;
}

template <class System>
class EndpointTest : public DescriptorTest {
protected:
    // Whatever failed, the socket is the one that it was.
    void expect_untouched(const Outcome<>& out, int code, const char* op)
    {
        EXPECT_THAT(out, failed_with(code, op));
        EXPECT_EQ(socket.fd.get(), before);
        EXPECT_EQ(socket.type, SOCK_SEQPACKET);
    }

    System system;
    Socket socket = make_socket(AF_UNIX, SOCK_SEQPACKET);
    int before = socket.fd.get();
};

using OpenBound = EndpointTest<FaultyHost>;
using OpenConnected = EndpointTest<FaultyHost>;
using OpenFirst = EndpointTest<FaultyHost>;

TEST_F(OpenBound, gives_a_socket_with_that_address)
{
    must(open_bound(system, socket, {loopback(AF_INET), SOCK_DGRAM, IPPROTO_UDP}, blocking));
    EXPECT_EQ(socket.family, AF_INET);
    EXPECT_EQ(socket.type, SOCK_DGRAM);
    EXPECT_EQ(socket.protocol, IPPROTO_UDP);
    EXPECT_GT(info_of(socket).address.port(), 0);
    EXPECT_FALSE(is_nonblocking(socket.fd.get()));
    EXPECT_TRUE(is_close_on_exec(socket.fd.get()));
    EXPECT_FALSE(reuses_address(socket));
}

TEST_F(OpenBound, obeys_the_options)
{
    must(open_bound(system, socket, any_port(), nonblocking));
    EXPECT_TRUE(is_nonblocking(socket.fd.get()));
    must(open_bound(system, socket, any_port(), reusing));
    EXPECT_TRUE(reuses_address(socket));
}

TEST_F(OpenBound, fails_where_somebody_else_is)
{
    const Socket other = make_bound(AF_INET, SOCK_STREAM);
    expect_untouched(open_bound(system, socket, info_of(other), blocking), EADDRINUSE, "bind");
}

TEST_F(OpenBound, leaves_nothing_behind_whatever_fails)
{
    for (const auto& [call, op] :
         {std::pair{Call::socket, "socket"}, {Call::set_option, "setsockopt"}, {Call::bind, "bind"}}) {
        FaultyHost failing;
        failing.fail(call, EPERM);
        expect_untouched(open_bound(failing, socket, any_port(), reusing), EPERM, op);
    }
}

TEST_F(OpenConnected, gives_a_connected_socket)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    must(open_connected(system, socket, info_of(listener), reusing));
    EXPECT_EQ(must(peer_name(system, socket.fd.get())), info_of(listener).address);
    EXPECT_EQ(socket.type, SOCK_STREAM);
    EXPECT_FALSE(is_nonblocking(socket.fd.get()));
    EXPECT_TRUE(reuses_address(socket));
    EXPECT_EQ(system.calls(Call::poll), 0);
}

TEST_F(OpenConnected, fails_where_nobody_listens)
{
    const Socket silent = make_bound(AF_INET, SOCK_STREAM);
    expect_untouched(open_connected(system, socket, info_of(silent), blocking), ECONNREFUSED, "connect");
}

TEST_F(OpenConnected, does_not_wait_on_a_non_blocking_socket)
{
    const Socket silent = make_bound(AF_INET, SOCK_STREAM);
    must(open_connected(system, socket, info_of(silent), nonblocking));
    EXPECT_TRUE(is_nonblocking(socket.fd.get()));
    EXPECT_EQ(system.calls(Call::poll), 0);
    EXPECT_THAT(wait(system, socket.fd.get(), Readiness::send, false, 5000), is_done_with(true));
    EXPECT_THAT(pending_error(system, socket.fd.get()), is_done_with(ECONNREFUSED));
}

TEST_F(OpenConnected, fails_where_the_queue_is_full)
{
    const Socket listener = make_bound(AF_UNIX, SOCK_STREAM);
    must(listen(sys::host(), listener.fd.get(), 0));
    const Socket first = make_socket(AF_UNIX, SOCK_STREAM);
    must(connect(sys::host(), first.fd.get(), info_of(listener).address));
    expect_untouched(open_connected(system, socket, info_of(listener), nonblocking), EAGAIN, "connect");
}

TEST_F(OpenConnected, leaves_nothing_behind_whatever_fails)
{
    for (const auto& [call, op] :
         {std::pair{Call::socket, "socket"}, {Call::set_option, "setsockopt"}, {Call::connect, "connect"}}) {
        FaultyHost failing;
        failing.fail(call, EPERM);
        expect_untouched(open_connected(failing, socket, any_port(), reusing), EPERM, op);
    }
}

TEST_F(OpenConnected, ends_with_the_signal_that_interrupts_it)
{
    for (const int family : {AF_INET, AF_UNIX}) {
        const Socket listener = make_listener(family, SOCK_STREAM);
        FaultyHost interrupted;
        interrupted.fail(Call::connect, EINTR);
        expect_untouched(open_connected(interrupted, socket, info_of(listener), blocking), EINTR, "connect");
    }
}

TEST_F(OpenFirst, tries_no_other_answer_after_a_signal)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    const std::vector<Resolved> answers{{info_of(listener), {}}, {info_of(listener), {}}};
    FaultyHost interrupted;
    interrupted.fail(Call::connect, EINTR);
    expect_untouched(open_first(interrupted, socket, answers, blocking, open_connected), EINTR, "connect");
    EXPECT_EQ(interrupted.calls(Call::connect), 1);
}

TEST_F(OpenFirst, tries_the_next_answer_until_one_succeeds)
{
    const Socket silent = make_bound(AF_INET, SOCK_STREAM);
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    const std::vector<Resolved> answers{{info_of(silent), {}}, {info_of(listener), {}}, {info_of(listener), {}}};
    must(open_first(system, socket, answers, blocking, open_connected));
    EXPECT_EQ(must(peer_name(system, socket.fd.get())), info_of(listener).address);
    EXPECT_EQ(system.calls(Call::connect), 2);
}

TEST_F(OpenFirst, binds_to_the_first_address_that_is_free)
{
    const Socket other = make_bound(AF_INET, SOCK_STREAM);
    const std::vector<Resolved> answers{{info_of(other), {}}, {any_port(), {}}};
    must(open_first(system, socket, answers, blocking, open_bound));
    EXPECT_NE(info_of(socket).address, info_of(other).address);
}

TEST_F(OpenFirst, tells_the_last_failure_when_all_fail)
{
    const Socket silent = make_bound(AF_INET, SOCK_STREAM);
    const std::vector<Resolved> answers{{{loopback(AF_INET), 9999, 0}, {}}, {info_of(silent), {}}};
    expect_untouched(open_first(system, socket, answers, blocking, open_connected), ECONNREFUSED, "connect");
    EXPECT_EQ(system.calls(Call::socket), 2);
}

TEST_F(OpenFirst, fails_without_an_answer)
{
    expect_untouched(open_first(system, socket, {}, blocking, open_connected), EADDRNOTAVAIL, "getaddrinfo");
}

} // namespace
} // namespace llnet::test
