// SPDX-License-Identifier: MIT
#include "core/tls/session.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"
#include "tests/unit/tls/identity.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace llnet::tls {
namespace {

using namespace llnet::test;

MATCHER_P(has_failed_with, code, "has failed with the code " + ::testing::PrintToString(code))
{
    return arg.status == Status::failed && arg.error.code == code;
}

// A client and a server of TLS at the ends of a stream.
class SessionTest : public DescriptorTest {
protected:
    FaultyHost system; // of the client
    HostSystem host;   // of the server
    Pair pair = make_pair(SOCK_STREAM, true);
    Session client;
    Session server;
    std::string room = std::string(65536, '?');

    int near() { return pair.first.fd.get(); }
    int far() { return pair.second.fd.get(); }

    void open(const Settings& client_settings = trusting(), const Settings& server_settings = proving())
    {
        std::string detail;
        std::shared_ptr<const Context> context;
        ASSERT_THAT(Context::make(client_settings, Role::client, context, detail), is_done()) << detail;
        ASSERT_THAT(client.open(context, {"localhost", nullptr}), is_done()) << client.detail();
        ASSERT_THAT(Context::make(server_settings, Role::server, context, detail), is_done()) << detail;
        ASSERT_THAT(server.open(context, {}), is_done());
    }

    // Until neither goes on: how both ended.
    std::array<Step, 2> shake_hands()
    {
        constexpr int most = 10;
        std::array<Step, 2> steps;
        for (int i = 0; i < most; ++i) {
            steps = {client.handshake(system, near()), server.handshake(host, far())};
        }
        return steps;
    }

    void establish()
    {
        open();
        for (const Step& step : shake_hands()) {
            ASSERT_THAT(step.outcome, is_done()) << client.detail() << server.detail();
        }
    }

    Step receive(Session& session, int fd) { return session.read(host, fd, room); }
    std::string text(const Step& step) { return room.substr(0, step.outcome.value); }
};

TEST_F(SessionTest, says_for_what_it_waits)
{
    open();
    EXPECT_EQ(client.handshake(system, near()).wants, Wants::read);
    EXPECT_EQ(server.handshake(host, far()).wants, Wants::read);
    shake_hands();
    const Step step = receive(client, near());
    EXPECT_THAT(step.outcome, says_again());
    EXPECT_EQ(step.wants, Wants::read);
}

TEST_F(SessionTest, moves_bytes_in_both_directions)
{
    establish();
    EXPECT_THAT(client.write(system, near(), "hello").outcome, is_done_with(5U));
    EXPECT_EQ(text(receive(server, far())), "hello");
    EXPECT_THAT(server.write(host, far(), "to you").outcome, is_done_with(6U));
    EXPECT_EQ(text(receive(client, near())), "to you");
}

TEST_F(SessionTest, keeps_what_the_socket_does_not_take)
{
    establish();
    system.fail(Call::send, EAGAIN, 1, 2);
    EXPECT_THAT(client.write(system, near(), "one").outcome, is_done_with(3U));
    EXPECT_THAT(receive(server, far()).outcome, says_again());
    EXPECT_THAT(client.flush(system, near()).outcome, is_done());
    EXPECT_EQ(text(receive(server, far())), "one");
}

TEST_F(SessionTest, takes_no_more_before_that_has_gone)
{
    establish();
    system.fail(Call::send, EAGAIN);
    EXPECT_THAT(client.write(system, near(), "one").outcome, is_done_with(3U));
    const Step step = client.write(system, near(), "two");
    EXPECT_THAT(step.outcome, says_again());
    EXPECT_EQ(step.wants, Wants::write);
}

// A server with tickets for clients, after the handshake.
class TicketTest : public SessionTest {
protected:
    void SetUp() override
    {
        SessionTest::SetUp();
        Settings settings = proving();
        settings.session_lifetime = std::chrono::hours(1);
        open(trusting(), settings);
        for (const Step& step : shake_hands()) {
            ASSERT_THAT(step.outcome, is_done());
        }
        ASSERT_FALSE(has_ticket());
        ASSERT_EQ(::recv(near(), room.data(), room.size(), MSG_DONTWAIT), -1);
    }

    // Takes what has come by now.
    bool has_ticket()
    {
        receive(client, near());
        return client.resumption() != nullptr;
    }
};

TEST_F(TicketTest, go_with_what_the_server_says_first)
{
    EXPECT_THAT(server.write(host, far(), "hello").outcome, is_done_with(5U));
    EXPECT_EQ(text(receive(client, near())), "hello");
    EXPECT_NE(client.resumption(), nullptr);
}

TEST_F(TicketTest, go_when_the_server_must_wait)
{
    EXPECT_THAT(receive(server, far()).outcome, says_again());
    EXPECT_TRUE(has_ticket());
}

TEST_F(TicketTest, wait_while_the_server_has_something_to_read)
{
    EXPECT_THAT(client.write(system, near(), "hello").outcome, is_done_with(5U));
    EXPECT_EQ(text(receive(server, far())), "hello");
    EXPECT_FALSE(has_ticket());
    EXPECT_THAT(server.flush(host, far()).outcome, is_done());
    EXPECT_TRUE(has_ticket());
}

TEST_F(TicketTest, go_before_the_end)
{
    EXPECT_THAT(server.close(host, far()).outcome, is_done());
    EXPECT_TRUE(has_ticket());
}

TEST_F(TicketTest, go_with_more_than_the_socket_takes)
{
    const std::string large(16384, 'x');
    std::size_t sent = 0;
    for (Step step; step.outcome.status != Status::again; step = server.write(host, far(), large)) {
        sent += step.outcome.value;
    }
    std::size_t received = 0;
    for (Step step; step.outcome.status != Status::again; step = receive(client, near())) {
        received += step.outcome.value;
        static_cast<void>(server.flush(host, far()));
    }
    EXPECT_GT(sent, large.size());
    EXPECT_EQ(received, sent);
    EXPECT_NE(client.resumption(), nullptr);
}

// A change of keys, which the peer asks for, must be answered.
TEST_F(SessionTest, reads_without_room_to_write)
{
    establish();
    ASSERT_EQ(SSL_key_update(server.native(), SSL_KEY_UPDATE_REQUESTED), 1);
    EXPECT_THAT(server.write(host, far(), "after").outcome, is_done_with(5U));
    system.fail(Call::send, EAGAIN);
    const Step step = client.read(system, near(), room);
    EXPECT_EQ(text(step), "after");
    system.fail(Call::send, 0, 1, 0);
    EXPECT_THAT(client.write(system, near(), "later").outcome, is_done_with(5U));
    EXPECT_EQ(text(receive(server, far())), "later");
}

TEST_F(SessionTest, reads_what_came_when_nothing_can_be_written_any_more)
{
    establish();
    ASSERT_EQ(SSL_key_update(server.native(), SSL_KEY_UPDATE_REQUESTED), 1);
    EXPECT_THAT(server.write(host, far(), "last").outcome, is_done_with(4U));
    system.fail(Call::send, EPIPE);
    const Step step = client.read(system, near(), room);
    EXPECT_EQ(text(step), "last");
    EXPECT_THAT(client.write(system, near(), "x").outcome, failed_with(EPIPE, "send"));
}

// Others should get their turn, however many changes come.
TEST_F(SessionTest, reads_no_more_than_some_that_is_no_data)
{
    constexpr int many = 1500;
    establish();
    system.fail(Call::send, EAGAIN, 1, many);
    for (int i = 0; i < many; ++i) {
        ASSERT_EQ(SSL_key_update(client.native(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        ASSERT_EQ(SSL_do_handshake(client.native()), 1);
    }
    system.fail(Call::send, 0, 1, 0);
    EXPECT_THAT(client.write(system, near(), "x").outcome, is_done_with(1U));
    room.resize(1);
    int turns = 0;
    Step step = receive(server, far());
    for (; step.wants == Wants::turn; step = receive(server, far())) {
        EXPECT_THAT(step.outcome, says_again());
        ++turns;
    }
    EXPECT_EQ(text(step), "x");
    EXPECT_GE(turns, 2);
}

TEST_F(SessionTest, tells_the_end_from_a_connection_that_was_cut)
{
    establish();
    EXPECT_THAT(server.write(host, far(), "end").outcome, is_done_with(3U));
    EXPECT_THAT(server.close(host, far()).outcome, is_done());
    must(close(host, pair.second, nullptr));
    EXPECT_EQ(text(receive(client, near())), "end");
    EXPECT_THAT(receive(client, near()).outcome, is_end_of_stream());
    EXPECT_THAT(receive(client, near()).outcome, is_end_of_stream());
}

// Nothing more comes from the socket then, so nobody may wait for that.
TEST_F(SessionTest, has_the_end_that_came_with_the_last_bytes)
{
    establish();
    while (receive(client, near()).outcome.done()) { // tickets
    }
    EXPECT_FALSE(client.has_input());
    EXPECT_THAT(server.write(host, far(), "end").outcome, is_done_with(3U));
    EXPECT_THAT(server.close(host, far()).outcome, is_done());
    EXPECT_EQ(text(receive(client, near())), "end");
    EXPECT_TRUE(client.has_input());
    EXPECT_THAT(receive(client, near()).outcome, is_end_of_stream());
}

TEST_F(SessionTest, writes_after_the_peer_has_ended_and_reads_after_its_own_end)
{
    establish();
    EXPECT_THAT(client.close(system, near()).outcome, is_done());
    EXPECT_THAT(client.write(system, near(), "x").outcome, failed_with(EPIPE, "send"));
    EXPECT_THAT(receive(server, far()).outcome, is_end_of_stream());
    EXPECT_THAT(server.write(host, far(), "answer").outcome, is_done_with(6U));
    EXPECT_EQ(text(receive(client, near())), "answer");
    EXPECT_THAT(client.write(system, near(), "x").outcome, failed_with(EPIPE, "send"));
}

TEST_F(SessionTest, ends_quietly_when_the_program_has_ended_its_input)
{
    establish();
    client.end_input();
    must(llnet::shutdown(host, far(), SHUT_WR));
    EXPECT_THAT(receive(client, near()).outcome, is_end_of_stream());
    EXPECT_THAT(receive(client, near()).outcome, is_end_of_stream());
    EXPECT_THAT(client.write(system, near(), "still").outcome, is_done_with(5U));
    EXPECT_EQ(text(receive(server, far())), "still");
}

TEST_F(SessionTest, is_of_no_use_when_it_is_released)
{
    establish();
    client.release();
    EXPECT_THAT(client.handshake(system, near()).outcome, failed_with(ENOTCONN, "handshake"));
    EXPECT_THAT(client.read(system, near(), room).outcome, failed_with(ENOTCONN, "recv"));
    EXPECT_THAT(client.write(system, near(), "x").outcome, failed_with(ENOTCONN, "send"));
    EXPECT_THAT(client.close(system, near()).outcome, is_done());
    EXPECT_FALSE(client.has_input());
    client.release();
}

TEST_F(SessionTest, says_that_a_connection_was_cut)
{
    establish();
    EXPECT_THAT(server.write(host, far(), "half").outcome, is_done_with(4U));
    must(close(host, pair.second, nullptr));
    EXPECT_EQ(text(receive(client, near())), "half");
    EXPECT_THAT(receive(client, near()).outcome, has_failed_with(int{tls_truncated}));
    EXPECT_THAT(receive(client, near()).outcome, has_failed_with(int{tls_truncated}));
}

TEST_F(SessionTest, is_of_no_use_after_a_failure)
{
    open();
    ASSERT_EQ(::send(far(), "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL), 28);
    const Step failure = client.handshake(system, near());
    EXPECT_THAT(failure.outcome, has_failed_with(int{tls_protocol}));
    const Step step = client.read(system, near(), room);
    EXPECT_THAT(step.outcome, has_failed_with(int{tls_protocol}));
    EXPECT_EQ(step.outcome.value, 0U);
    EXPECT_THAT(client.write(system, near(), "x").outcome, has_failed_with(int{tls_protocol}));
}

TEST_F(SessionTest, is_of_no_use_before_its_handshake)
{
    open();
    EXPECT_THAT(client.read(system, near(), room).outcome, failed_with(ENOTCONN, "recv"));
    EXPECT_THAT(client.write(system, near(), "x").outcome, failed_with(ENOTCONN, "send"));
    Session unopened;
    EXPECT_THAT(unopened.handshake(system, near()).outcome, failed_with(ENOTCONN, "handshake"));
    EXPECT_THAT(unopened.close(system, near()).outcome, is_done());
}

TEST_F(SessionTest, does_not_take_errors_of_others_for_its_own)
{
    establish();
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    EXPECT_THAT(receive(client, near()).outcome, says_again());
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    EXPECT_THAT(client.write(system, near(), "hello").outcome, is_done_with(5U));
    EXPECT_EQ(text(receive(server, far())), "hello");
}

TEST_F(SessionTest, leaves_no_errors_to_others)
{
    open();
    ASSERT_EQ(::send(far(), "garbage that is no record", 25, MSG_NOSIGNAL), 25);
    EXPECT_EQ(client.handshake(system, near()).outcome.status, Status::failed);
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST_F(SessionTest, reads_first_what_it_is_fed)
{
    open();
    std::string begin(4096, '?');
    ASSERT_EQ(client.handshake(system, near()).wants, Wants::read);
    const ssize_t count = ::recv(far(), begin.data(), begin.size(), 0);
    ASSERT_GT(count, 0);
    server.feed({begin.data(), static_cast<std::size_t>(count)});
    for (const Step& step : shake_hands()) {
        EXPECT_THAT(step.outcome, is_done());
    }
}

TEST(Contexts, can_be_made_by_the_hundred)
{
    constexpr int many = 200;
    for (int i = 0; i < many; ++i) {
        std::string detail;
        std::shared_ptr<const Context> context;
        ASSERT_THAT(Context::make(proving(), Role::server, context, detail), is_done()) << detail;
        Session session;
        ASSERT_THAT(session.open(context, {}), is_done());
    }
}

} // namespace
} // namespace llnet::tls
