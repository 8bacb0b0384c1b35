// SPDX-License-Identifier: MIT
#include "core/addr/resolver.hpp"

#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <net/if.h>

namespace llnet::test {
namespace {

class Resolver : public DescriptorTest {
protected:
    Outcome<> look_up(const Query& query) { return resolve(system, query, answers); }

    FaultyHost system;
    std::vector<Resolved> answers;
};

Query numeric(const char* host, const char* service = nullptr, int type = SOCK_STREAM)
{
    Query query;
    query.host = host;
    query.service = service;
    query.type = type;
    query.flags = AI_NUMERICHOST | AI_NUMERICSERV;
    return query;
}

TEST_F(Resolver, takes_a_numeric_host_and_port_as_they_are)
{
    ASSERT_THAT(look_up(numeric("127.0.0.1", "8080")), is_done());
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].info.address, loopback(AF_INET, 8080));
    EXPECT_EQ(answers[0].info.type, SOCK_STREAM);
    EXPECT_EQ(answers[0].info.protocol, IPPROTO_TCP);
    EXPECT_EQ(answers[0].canonical_name, "");
}

TEST_F(Resolver, keeps_the_scope_of_a_link_local_host)
{
    ASSERT_THAT(look_up(numeric("fe80::1%lo", "1")), is_done());
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].info.address.scope(), ::if_nametoindex("lo"));
    EXPECT_EQ(answers[0].info.address.port(), 1);
}

TEST_F(Resolver, without_host_and_service_means_this_machine_and_port_0)
{
    Query query;
    query.family = AF_INET;
    query.type = SOCK_DGRAM;
    ASSERT_THAT(look_up(query), is_done());
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].info.address, loopback(AF_INET, 0));
    query.flags = AI_PASSIVE;
    ASSERT_THAT(look_up(query), is_done());
    ASSERT_EQ(answers.size(), 1U);
    HostText text;
    EXPECT_STREQ(numeric_host(sys::host(), answers[0].info.address, text), "0.0.0.0");
}

TEST_F(Resolver, answers_once_for_each_type_when_none_is_asked)
{
    ASSERT_THAT(look_up(numeric("127.0.0.1", "1", 0)), is_done());
    EXPECT_GT(answers.size(), 1U);
}

TEST_F(Resolver, tells_the_canonical_name_on_request)
{
    Query query = numeric("127.0.0.1");
    query.flags |= AI_CANONNAME;
    ASSERT_THAT(look_up(query), is_done());
    EXPECT_EQ(answers.at(0).canonical_name, "127.0.0.1");
}

TEST_F(Resolver, replaces_earlier_answers_and_keeps_them_when_it_fails)
{
    must(look_up(numeric("127.0.0.1", "1", 0)));
    must(look_up(numeric("127.0.0.1", "2")));
    EXPECT_EQ(answers.size(), 1U);
    EXPECT_FALSE(look_up(numeric("not numeric")).done());
    EXPECT_EQ(answers.size(), 1U);
}

void expect_resolver_error(const Outcome<>& out, int code)
{
    EXPECT_EQ(out.status, Status::failed);
    EXPECT_EQ(out.error.kind, ErrorKind::resolver);
    EXPECT_EQ(out.error.code, code);
    EXPECT_STREQ(out.error.op, "getaddrinfo");
}

TEST_F(Resolver, says_in_its_own_codes_why_there_is_no_answer)
{
    expect_resolver_error(look_up(numeric("not numeric")), EAI_NONAME);
    expect_resolver_error(look_up(numeric("127.0.0.1", "not numeric")), EAI_NONAME);
    Query query = numeric("127.0.0.1");
    query.family = 9999;
    expect_resolver_error(look_up(query), EAI_FAMILY);
    query = numeric("127.0.0.1", nullptr, 9999);
    expect_resolver_error(look_up(query), EAI_SOCKTYPE);
    query = numeric("127.0.0.1");
    query.flags = ~0;
    expect_resolver_error(look_up(query), EAI_BADFLAGS);
}

TEST_F(Resolver, says_the_errno_when_the_system_failed)
{
    system.fail(Call::resolve, EMFILE);
    EXPECT_THAT(look_up(numeric("127.0.0.1")), failed_with(EMFILE, "getaddrinfo"));
}

TEST_F(Resolver, leaves_nothing_behind_when_memory_runs_out)
{
    Query query = numeric("127.0.0.1", "1", 0);
    query.flags |= AI_CANONNAME;
    int failures = 0;
    while (fails_at_allocation(failures + 1, [&] {
        std::vector<Resolved> fresh;
        must(resolve(system, query, fresh));
    })) {
        ++failures;
    }
    EXPECT_GT(failures, 0);
}

TEST_F(Resolver, takes_an_address_that_is_written_out)
{
    EXPECT_THAT(numeric_address(system, AF_INET, "127.0.0.1"), is_done_with(loopback(AF_INET)));
    EXPECT_THAT(numeric_address(system, AF_INET6, "::1"), is_done_with(loopback(AF_INET6)));
    EXPECT_THAT(numeric_address(system, AF_UNSPEC, "::1"), is_done_with(loopback(AF_INET6)));
    EXPECT_EQ(must(numeric_address(system, AF_INET6, "fe80::1%lo")).scope(), ::if_nametoindex("lo"));
}

TEST_F(Resolver, takes_no_name_for_an_address_that_is_written_out)
{
    for (const char* text : {"", "localhost", "127.0.0.1:80", "127.0.0.1 "}) {
        const auto out = numeric_address(system, AF_INET, text);
        EXPECT_EQ(out.status, Status::failed) << text;
        EXPECT_EQ(out.error.kind, ErrorKind::resolver) << text;
        EXPECT_EQ(out.error.code, EAI_NONAME) << text;
        EXPECT_STREQ(out.error.op, "getaddrinfo") << text;
    }
}

TEST_F(Resolver, takes_no_address_of_the_other_family)
{
    EXPECT_EQ(numeric_address(system, AF_INET, "::1").error.kind, ErrorKind::resolver);
    EXPECT_EQ(numeric_address(system, AF_INET6, "127.0.0.1").status, Status::failed);
}

TEST_F(Resolver, says_the_errno_of_an_address_as_well)
{
    system.fail(Call::resolve, EMFILE);
    EXPECT_THAT(numeric_address(system, AF_INET, "127.0.0.1"), failed_with(EMFILE, "getaddrinfo"));
}

TEST(NameInfo, is_numeric_on_request)
{
    const auto names = name_info(sys::host(), loopback(AF_INET, 8080), NI_NUMERICHOST | NI_NUMERICSERV);
    ASSERT_THAT(names, is_done());
    EXPECT_STREQ(names.value.host, "127.0.0.1");
    EXPECT_STREQ(names.value.service, "8080");
}

TEST(NameInfo, is_refused_for_what_is_no_address)
{
    const auto names = name_info(sys::host(), Address(), 0);
    EXPECT_EQ(names.status, Status::failed);
    EXPECT_EQ(names.error.kind, ErrorKind::resolver);
    EXPECT_EQ(names.error.code, EAI_FAMILY);
    EXPECT_STREQ(names.error.op, "getnameinfo");
}

TEST(NameInfo, says_the_errno_when_the_system_failed)
{
    FaultyHost system;
    system.fail(Call::name_info, EMFILE);
    EXPECT_THAT(name_info(system, loopback(AF_INET), 0), failed_with(EMFILE, "getnameinfo"));
}

TEST(AddressInfo, equals_one_of_the_same_address_type_and_protocol)
{
    const AddressInfo one{loopback(AF_INET, 1), SOCK_STREAM, IPPROTO_TCP};
    EXPECT_EQ(one, (AddressInfo{loopback(AF_INET, 1), SOCK_STREAM, IPPROTO_TCP}));
    EXPECT_FALSE(one == (AddressInfo{loopback(AF_INET, 2), SOCK_STREAM, IPPROTO_TCP}));
    EXPECT_FALSE(one == (AddressInfo{loopback(AF_INET, 1), SOCK_DGRAM, IPPROTO_TCP}));
    EXPECT_FALSE(one == (AddressInfo{loopback(AF_INET, 1), SOCK_STREAM, 0}));
}

} // namespace
} // namespace llnet::test
