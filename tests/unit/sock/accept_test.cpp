// SPDX-License-Identifier: MIT
#include "core/sock/socket.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/libc.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

namespace llnet::test {
namespace {

class Accept : public DescriptorTest {
protected:
    static Address name(const Socket& socket) { return must(socket_name(sys::host(), socket.fd.get())); }

    static Socket client_of(const Socket& listener)
    {
        Socket client = make_socket(listener.family, listener.type);
        must(connect(sys::host(), client.fd.get(), name(listener)));
        return client;
    }

    FaultyHost system;
    Socket accepted;
};

TEST_F(Accept, gives_a_socket_like_the_listener)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    const Socket client = client_of(listener);
    must(accept(system, listener, accepted, nullptr));
    EXPECT_EQ(accepted.family, AF_INET);
    EXPECT_EQ(accepted.type, SOCK_STREAM);
    EXPECT_EQ(name(client), must(peer_name(system, accepted.fd.get())));
}

TEST_F(Accept, tells_the_address_of_the_peer)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    const Socket client = client_of(listener);
    Address peer;
    must(accept(system, listener, accepted, &peer));
    EXPECT_EQ(peer, name(client));
}

TEST_F(Accept, tells_that_a_unix_peer_has_no_name)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = client_of(listener);
    Address peer = loopback(AF_INET6, 1);
    must(accept(system, listener, accepted, &peer));
    EXPECT_EQ(peer.family(), AF_UNIX);
    EXPECT_EQ(peer.path(), "");
}

TEST_F(Accept, tells_the_name_of_a_unix_peer)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = make_bound(AF_UNIX, SOCK_STREAM);
    must(connect(system, client.fd.get(), name(listener)));
    Address peer;
    must(accept(system, listener, accepted, &peer));
    EXPECT_EQ(peer, name(client));
}

TEST_F(Accept, takes_the_blocking_state_of_the_listener)
{
    for (const bool nonblock : {false, true}) {
        const Socket listener = make_listener(AF_UNIX, SOCK_STREAM, nonblock);
        const Socket client = client_of(listener);
        must(accept(system, listener, accepted, nullptr));
        EXPECT_EQ(is_nonblocking(accepted.fd.get()), nonblock);
    }
}

TEST_F(Accept, of_seqpacket_keeps_the_ends_of_records)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_SEQPACKET);
    const Socket client = client_of(listener);
    must(accept(system, listener, accepted, nullptr));
    EXPECT_EQ(accepted.type, SOCK_SEQPACKET);
    send_all(client.fd.get(), "one");
    send_all(client.fd.get(), "two");
    char room[16];
    EXPECT_EQ(must(sys::host().receive(accepted.fd.get(), room, sizeof room, 0)), 3);
}

TEST_F(Accept, gives_the_bare_number_on_request)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = client_of(listener);
    const Fd number(must(accept_number(system, listener)));
    EXPECT_TRUE(is_open(number.get()));
}

TEST_F(Accept, gives_a_number_that_blocks_whatever_the_listener_does)
{
    for (const bool nonblock : {false, true}) {
        const Socket listener = make_listener(AF_UNIX, SOCK_STREAM, nonblock);
        const Socket client = client_of(listener);
        const Fd number(must(accept_blocking_number(system, listener)));
        EXPECT_FALSE(is_nonblocking(number.get()));
        EXPECT_TRUE(is_close_on_exec(number.get()));
    }
    EXPECT_EQ(system.calls(Call::status_flags), 0);
}

TEST_F(Accept, works_on_a_bare_number)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM, true);
    const Socket first = client_of(listener);
    const Socket second = client_of(listener);
    const Fd inheriting(must(accept_number(system, {listener.fd.get()})));
    EXPECT_TRUE(is_nonblocking(inheriting.get()));
    const Fd blocking(must(accept_blocking_number(system, {listener.fd.get()})));
    EXPECT_FALSE(is_nonblocking(blocking.get()));
}

TEST_F(Accept, would_block_when_nobody_connects)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM, true);
    EXPECT_THAT(accept(system, listener, accepted, nullptr), says_again());
    EXPECT_THAT(accept_number(system, listener), says_again());
    EXPECT_THAT(accept_blocking_number(system, listener), says_again());
    EXPECT_EQ(accepted.fd.get(), -1);
}

TEST_F(Accept, of_a_connection_that_was_gone_may_be_made_again)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    system.fail(Call::accept, ECONNABORTED);
    EXPECT_THAT(accept(system, listener, accepted, nullptr), says_again());
    EXPECT_THAT(accept_number(system, listener), says_again());
    EXPECT_THAT(accept_blocking_number(system, listener), says_again());
}

TEST_F(Accept, of_a_connection_without_an_address_may_be_made_again)
{
    const sys::System portable;
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = client_of(listener);
    const AcceptWithoutAddress hidden;
    Address peer;
    EXPECT_THAT(accept(portable, listener, accepted, &peer), says_again());
    EXPECT_EQ(accepted.fd.get(), -1);
}

TEST_F(Accept, leaves_everything_as_it_was_when_it_fails)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    for (const int error : {EMFILE, ENFILE, ENOBUFS, EPERM}) {
        system.fail(Call::accept, error);
        Address peer = loopback(AF_INET, 7);
        must(open(sys::host(), accepted, AF_UNIX, SOCK_STREAM, 0, false));
        const int before = accepted.fd.get();
        EXPECT_THAT(accept(system, listener, accepted, &peer), failed_with(error, "accept"));
        EXPECT_EQ(accepted.fd.get(), before);
        EXPECT_EQ(peer, loopback(AF_INET, 7));
    }
}

TEST_F(Accept, of_an_empty_socket_is_ebadf)
{
    EXPECT_THAT(accept(system, Socket(), accepted, nullptr), failed_with(EBADF, "accept"));
    EXPECT_THAT(accept_number(system, {}), failed_with(EBADF, "accept"));
    EXPECT_THAT(accept_blocking_number(system, {}), failed_with(EBADF, "accept"));
}

TEST_F(Accept, of_a_socket_that_does_not_listen_is_einval)
{
    EXPECT_THAT(accept(system, make_socket(AF_INET, SOCK_STREAM), accepted, nullptr), failed_with(EINVAL, "accept"));
}

} // namespace
} // namespace llnet::test
