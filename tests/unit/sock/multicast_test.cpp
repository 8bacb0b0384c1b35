// SPDX-License-Identifier: MIT
#include "core/sock/multicast.hpp"

#include "core/addr/resolver.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/option_system.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <net/if.h>
#include <netinet/in.h>

namespace llnet::test {
namespace {

Address numeric(const char* host)
{
    std::vector<Resolved> answers;
    Query query;
    query.host = host;
    query.type = SOCK_DGRAM;
    query.flags = AI_NUMERICHOST;
    must(resolve(sys::host(), query, answers));
    return answers.at(0).info.address;
}

constexpr Membership all_changes[] = {Membership::join,         Membership::leave,        Membership::join_source,
                                      Membership::leave_source, Membership::block_source, Membership::unblock_source};

class Multicast : public DescriptorTest {
protected:
    const Address group = numeric("239.255.17.23");
    const Address group6 = numeric("ff11::1723");
    const Address source = numeric("127.0.0.1");
    const Address source6 = numeric("::1");
};

TEST_F(Multicast, membership_of_another_family_than_the_socket_is_refused_without_a_call)
{
    FaultyHost system;
    const Socket inet = make_socket(AF_INET, SOCK_DGRAM);
    const Socket local = make_socket(AF_UNIX, SOCK_DGRAM);
    const Address path = must(Address::unix_path("/x"));
    const auto refused = failed_with(EAFNOSUPPORT, "setsockopt");
    for (const Membership change : all_changes) {
        EXPECT_THAT(change_membership(system, inet, change, group6, nullptr, nullptr), refused);
        EXPECT_THAT(change_membership(system, inet, change, group, &source6, nullptr), refused);
        EXPECT_THAT(change_membership(system, inet, change, group, &path, nullptr), refused);
        EXPECT_THAT(change_membership(system, inet, change, Address(), nullptr, nullptr), refused);
        EXPECT_THAT(change_membership(system, local, change, group, nullptr, nullptr), refused);
        EXPECT_THAT(change_membership(system, local, change, path, nullptr, nullptr), refused);
    }
    EXPECT_EQ(system.calls(Call::set_option), 0);
}

TEST_F(Multicast, membership_of_an_empty_socket_is_ebadf)
{
    for (const Membership change : all_changes) {
        EXPECT_THAT(change_membership(sys::host(), Socket(), change, group, nullptr, nullptr),
                    failed_with(EBADF, "setsockopt"));
    }
}

TEST_F(Multicast, membership_of_a_stream_is_refused_without_a_call)
{
    FaultyHost system;
    const Socket tcp = make_socket(AF_INET, SOCK_STREAM);
    for (const Membership change : all_changes) {
        EXPECT_THAT(change_membership(system, tcp, change, group, nullptr, nullptr), failed_with(EPROTO, "setsockopt"));
    }
    EXPECT_EQ(system.calls(Call::set_option), 0);
}

TEST_F(Multicast, membership_on_an_interface_that_does_not_exist_is_enodev)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    const std::string too_long(16, 'x');
    for (const char* name : {"nosuch", "", too_long.c_str()}) {
        EXPECT_THAT(change_membership(sys::host(), socket, Membership::join, group, nullptr, name),
                    failed_with(ENODEV, "if_nametoindex"));
    }
}

TEST_F(Multicast, membership_names_the_group_the_source_and_the_interface)
{
    const OptionSystem system;
    Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    socket.family = AF_INET6; // the kernel is not asked
    must(change_membership(system, socket, Membership::join_source, group6, &source6, "lo"));
    EXPECT_EQ(system.level, IPPROTO_IPV6);
    EXPECT_EQ(system.name, MCAST_JOIN_SOURCE_GROUP);
    const auto request = system.value_as<group_source_req>();
    EXPECT_EQ(request.gsr_interface, ::if_nametoindex("lo"));
    EXPECT_EQ(Address(reinterpret_cast<const sockaddr*>(&request.gsr_group), group6.size()), group6);
    EXPECT_EQ(Address(reinterpret_cast<const sockaddr*>(&request.gsr_source), source6.size()), source6);
}

TEST_F(Multicast, membership_without_an_interface_leaves_it_to_the_kernel)
{
    const OptionSystem system;
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    must(change_membership(system, socket, Membership::leave, group, nullptr, nullptr));
    EXPECT_EQ(system.level, IPPROTO_IP);
    EXPECT_EQ(system.name, MCAST_LEAVE_GROUP);
    EXPECT_EQ(system.value_as<group_req>().gr_interface, 0U);
}

TEST_F(Multicast, group_can_be_joined_once_and_left_once)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    const auto change = [&](Membership to) { return change_membership(sys::host(), socket, to, group, nullptr, "lo"); };
    EXPECT_THAT(change(Membership::join), is_done());
    EXPECT_THAT(change(Membership::join), failed_with(EADDRINUSE, "setsockopt"));
    EXPECT_THAT(change(Membership::leave), is_done());
    EXPECT_THAT(change(Membership::leave), failed_with(EADDRNOTAVAIL, "setsockopt"));
}

TEST_F(Multicast, source_can_be_joined_and_left_blocked_and_unblocked)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    const auto change = [&](Membership to) {
        const bool names_source = to != Membership::join && to != Membership::leave;
        return change_membership(sys::host(), socket, to, group, names_source ? &source : nullptr, "lo");
    };
    for (const Membership step : {Membership::join_source, Membership::leave_source, Membership::join,
                                  Membership::block_source, Membership::unblock_source, Membership::leave}) {
        EXPECT_THAT(change(step), is_done()) << static_cast<int>(step);
    }
}

TEST_F(Multicast, group_of_ipv6_can_be_joined_and_left)
{
    if (!has_ipv6()) {
        GTEST_SKIP() << "this machine has no ::1";
    }
    const Socket socket = make_socket(AF_INET6, SOCK_DGRAM);
    EXPECT_THAT(change_membership(sys::host(), socket, Membership::join, group6, nullptr, "lo"), is_done());
    EXPECT_THAT(change_membership(sys::host(), socket, Membership::leave, group6, nullptr, "lo"), is_done());
}

TEST_F(Multicast, address_that_is_no_group_is_einval)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    EXPECT_THAT(change_membership(sys::host(), socket, Membership::join, source, nullptr, "lo"),
                failed_with(EINVAL, "setsockopt"));
}

struct InterfaceCase {
    int family;
    OptionName option;
};

constexpr InterfaceCase inet_case{AF_INET, {IPPROTO_IP, IP_MULTICAST_IF}};
constexpr InterfaceCase inet6_case{AF_INET6, {IPPROTO_IPV6, IPV6_MULTICAST_IF}};

class MulticastInterface : public DescriptorTest {
protected:
    Outcome<> read(const Socket& socket, const InterfaceCase& which)
    {
        return read_multicast_interface(system, socket, which.option, name);
    }

    FaultyHost system;
    OptionValue name;
};

TEST_F(MulticastInterface, is_unset_at_first_and_then_what_was_set)
{
    for (const InterfaceCase& each : {inet_case, inet6_case}) {
        if (each.family == AF_INET6 && !has_ipv6()) {
            GTEST_SKIP() << "this machine has no ::1";
        }
        const Socket socket = make_socket(each.family, SOCK_DGRAM);
        name = {};
        must(read(socket, each));
        EXPECT_EQ(name.view(), "");
        must(write_multicast_interface(system, socket, each.option, "lo"));
        must(read(socket, each));
        EXPECT_EQ(name.view(), "lo");
        EXPECT_STREQ(name.text, "lo");
    }
}

TEST_F(MulticastInterface, that_does_not_exist_is_enodev)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    EXPECT_THAT(write_multicast_interface(system, socket, inet_case.option, "nosuch"),
                failed_with(ENODEV, "if_nametoindex"));
    EXPECT_EQ(system.calls(Call::set_option), 0);
}

TEST_F(MulticastInterface, tells_the_call_that_failed)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    system.fail(Call::get_option, EIO);
    system.fail(Call::set_option, EPERM);
    EXPECT_THAT(read(socket, inet_case), failed_with(EIO, "getsockopt"));
    EXPECT_THAT(write_multicast_interface(system, socket, inet_case.option, "lo"), failed_with(EPERM, "setsockopt"));
}

TEST_F(MulticastInterface, of_ipv6_that_vanished_is_an_error)
{
    const OptionSystem vanished;
    vanished.value = as_bytes(0x7fffffff);
    Socket socket;
    socket.family = AF_INET6;
    EXPECT_THAT(read_multicast_interface(vanished, socket, inet6_case.option, name),
                failed_with(ENXIO, "if_indextoname"));
}

TEST_F(MulticastInterface, of_ipv4_is_unset_when_no_interface_has_the_address)
{
    const OptionSystem elsewhere;
    elsewhere.value = as_bytes(htonl(0xcb007101)); // 203.0.113.1, for documentation
    Socket socket;
    socket.family = AF_INET;
    must(read_multicast_interface(elsewhere, socket, inet_case.option, name));
    EXPECT_EQ(name.view(), "");
}

TEST_F(MulticastInterface, of_ipv4_is_set_by_index_when_the_addresses_cannot_be_listed)
{
    const Socket socket = make_socket(AF_INET, SOCK_DGRAM);
    system.fail(Call::interface_addresses, ENOBUFS);
    EXPECT_THAT(write_multicast_interface(system, socket, inet_case.option, "lo"), is_done());
    EXPECT_THAT(read(socket, inet_case), is_done());
}

} // namespace
} // namespace llnet::test
