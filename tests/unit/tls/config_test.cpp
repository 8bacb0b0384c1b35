// SPDX-License-Identifier: MIT
#include "core/tls/config.hpp"

#include "core/tls/names.hpp"
#include "core/tls/tickets.hpp"

#include <gmock/gmock.h>

namespace llnet::tls {
namespace {

TEST(Protocols, are_named_in_lists)
{
    EXPECT_EQ(parse_protocols("default"), unsigned{default_protocols});
    EXPECT_EQ(parse_protocols("tlsv1.3"), unsigned{tls_1_3});
    EXPECT_EQ(parse_protocols("tlsv1.2, tlsv1.3"), unsigned{default_protocols});
    EXPECT_EQ(parse_protocols("tlsv1.2:tlsv1.3"), unsigned{default_protocols});
    EXPECT_EQ(parse_protocols("all"), unsigned{all_protocols});
    EXPECT_EQ(parse_protocols("all,!tlsv1.0,!tlsv1.1"), unsigned{default_protocols});
    EXPECT_EQ(parse_protocols("!tlsv1.3"), unsigned{tls_1_2}); // the broken ones are not asked for by that
}

TEST(Protocols, are_none_in_other_texts)
{
    for (const char* list : {"", "sslv3", "tlsv1.2,", ",", "tlsv1.2 tlsv1.3", "all,!all", "TLSv1.2"}) {
        EXPECT_EQ(parse_protocols(list), std::nullopt) << list;
    }
}

TEST(ServerNames, are_hosts_or_addresses)
{
    EXPECT_FALSE(server_name("example.com")->is_address);
    EXPECT_EQ(server_name("example.com.")->text, "example.com");
    EXPECT_TRUE(server_name("127.0.0.1")->is_address);
    EXPECT_TRUE(server_name("::1")->is_address);
    EXPECT_TRUE(server_name("a-b_c.example").has_value());
}

TEST(ServerNames, are_nothing_else)
{
    using namespace std::string_view_literals;
    const std::string long_label(64, 'a');
    for (const std::string_view name : {""sv, "."sv, "a..b"sv, ".a"sv, "a b"sv, "exa\0mple"sv, "b\xc3\xbc.de"sv,
                                        "a/b"sv, std::string_view(long_label)}) {
        EXPECT_FALSE(server_name(name).has_value()) << name;
    }
}

using namespace std::chrono_literals;

TEST(TicketKeys, are_renewed_and_good_for_a_while)
{
    Tickets tickets({}, 100s);
    const Tickets::Clock::time_point start{};
    const TicketKey first = *tickets.newest(start);
    EXPECT_EQ(tickets.newest(start + 49s)->name, first.name);
    const TicketKey second = *tickets.newest(start + 50s);
    EXPECT_NE(second.name, first.name);
    EXPECT_NE(tickets.find(first.name.data(), start + 199s), nullptr);
    EXPECT_EQ(tickets.find(first.name.data(), start + 200s), nullptr);
    EXPECT_NE(tickets.find(second.name.data(), start + 200s), nullptr);
}

TEST(TicketKeys, of_the_program_stay)
{
    Config config;
    ASSERT_TRUE(config.add_ticket_key(1, std::string(48, 'a')).done());
    ASSERT_TRUE(config.add_ticket_key(2, std::string(48, 'b')).done());
    Tickets tickets(config.settings().ticket_keys, 100s);
    const Tickets::Clock::time_point later{1000s};
    EXPECT_EQ(tickets.newest(later)->revision, 2U);
    EXPECT_EQ(tickets.find(config.settings().ticket_keys.back().name.data(), later)->revision, 1U);
}

TEST(TicketKeys, are_added_once)
{
    Config config;
    EXPECT_FALSE(config.add_ticket_key(1, "short").done());
    ASSERT_TRUE(config.add_ticket_key(1, std::string(48, 'a')).done());
    EXPECT_TRUE(config.add_ticket_key(1, std::string(48, 'a')).done()) << "the newest may come again";
    ASSERT_TRUE(config.add_ticket_key(2, std::string(48, 'b')).done());
    EXPECT_FALSE(config.add_ticket_key(1, std::string(48, 'a')).done());
    EXPECT_FALSE(config.add_ticket_key(2, std::string(48, 'c')).done());
    EXPECT_FALSE(config.add_ticket_key(3, std::string(48, 'a')).done());
}

} // namespace
} // namespace llnet::tls
