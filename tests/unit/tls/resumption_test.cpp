// SPDX-License-Identifier: MIT
#include "core/tls/session.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/tls/identity.hpp"

#include <openssl/ssl.h>

namespace llnet::tls {
namespace {

using namespace llnet::test;

// A connection that offers what an earlier one got, and reads what comes: whether that was resumed, and what it got.
struct Visit {
    bool is_resumed;
    Resumption resumption;
};

Visit visit(const std::shared_ptr<const Context>& from, const std::shared_ptr<const Context>& to, Resumption earlier)
{
    const sys::System& host = sys::host();
    const Pair pair = make_pair(SOCK_STREAM, true);
    Session client;
    Session server;
    must(client.open(from, {"localhost", std::move(earlier)}));
    must(server.open(to, {}));
    std::array<char, 4096> room{};
    constexpr int most = 6;
    for (int i = 0; i < most; ++i) {
        client.handshake(host, pair.first.fd.get());
        server.handshake(host, pair.second.fd.get());
        server.read(host, pair.second.fd.get(), room);
        client.read(host, pair.first.fd.get(), room);
    }
    must(client.close(host, pair.first.fd.get()).outcome); // what ends without is not resumed
    return {SSL_session_reused(client.native()) == 1, client.resumption()};
}

// Each resumption gives another ticket, with which it could go on for ever.
TEST(Sessions, are_resumed_until_the_full_handshake_was_too_long_ago)
{
    std::string detail;
    std::shared_ptr<const Context> client;
    std::shared_ptr<const Context> server;
    std::shared_ptr<const Context> strict;
    Settings settings = proving();
    settings.session_lifetime = std::chrono::hours(1);
    settings.ticket_keys = {TicketKey{}}; // of both servers
    ASSERT_THAT(Context::make(trusting(), Role::client, client, detail), is_done()) << detail;
    ASSERT_THAT(Context::make(settings, Role::server, server, detail), is_done()) << detail;
    settings.most_session_age = std::chrono::seconds(-1);
    ASSERT_THAT(Context::make(settings, Role::server, strict, detail), is_done()) << detail;

    const Visit first = visit(client, server, nullptr);
    EXPECT_FALSE(first.is_resumed);
    const Visit second = visit(client, server, first.resumption);
    EXPECT_TRUE(second.is_resumed);
    const Visit third = visit(client, server, second.resumption);
    EXPECT_TRUE(third.is_resumed);
    const Visit late = visit(client, strict, third.resumption);
    EXPECT_FALSE(late.is_resumed);
    EXPECT_NE(late.resumption, nullptr);
}

} // namespace
} // namespace llnet::tls
