// SPDX-License-Identifier: MIT
#include "core/addr/address.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <cstring>
#include <net/if.h>
#include <string>
#include <vector>

namespace llnet::test {
namespace {

using namespace std::string_literals;

constexpr std::size_t head = offsetof(sockaddr_un, sun_path);
constexpr std::size_t room = sizeof(sockaddr_un::sun_path);

TEST(UnixAddress, of_a_path_has_the_path_and_its_terminator)
{
    const Address address = must(Address::unix_path("/tmp/x"));
    EXPECT_EQ(address.family(), AF_UNIX);
    EXPECT_EQ(address.size(), head + 7);
    EXPECT_EQ(address.path(), "/tmp/x");
    EXPECT_EQ(address.port(), -1);
    EXPECT_EQ(address.scope(), 0U);
}

TEST(UnixAddress, takes_a_path_that_fills_the_room_and_none_longer)
{
    const std::string terminated(room - 1, 'p');
    EXPECT_EQ(must(Address::unix_path(terminated)).size(), sizeof(sockaddr_un));
    const std::string longest(room, 'p');
    const Address address = must(Address::unix_path(longest));
    EXPECT_EQ(address.path(), longest);
    EXPECT_EQ(address.size(), sizeof(sockaddr_un));
    EXPECT_THAT(Address::unix_path(longest + "p"), failed_with(ENAMETOOLONG, "unix"));
    EXPECT_THAT(Address::unix_path(std::string(100'000, 'p')), failed_with(ENAMETOOLONG, "unix"));
}

TEST(UnixAddress, refuses_a_nul_inside_a_path)
{
    EXPECT_THAT(Address::unix_path("/tmp/a\0b"s), failed_with(EINVAL, "unix"));
    EXPECT_THAT(Address::unix_path("/tmp/a\0"s), failed_with(EINVAL, "unix"));
}

TEST(UnixAddress, of_an_abstract_name_has_exactly_its_bytes)
{
    const Address address = must(Address::unix_path("\0foo"s));
    EXPECT_EQ(address.size(), head + 4);
    EXPECT_EQ(address.path(), "\0foo"s);
}

TEST(UnixAddress, of_an_abstract_name_keeps_the_nuls_inside)
{
    const std::string name = "\0a\0\0b\0"s;
    const Address address = must(Address::unix_path(name));
    EXPECT_EQ(address.size(), head + name.size());
    EXPECT_EQ(address.path(), name);
}

TEST(UnixAddress, of_an_abstract_name_may_fill_the_room)
{
    const std::string longest = "\0"s + std::string(room - 1, 'n');
    EXPECT_EQ(must(Address::unix_path(longest)).path(), longest);
    EXPECT_THAT(Address::unix_path(longest + "n"), failed_with(ENAMETOOLONG, "unix"));
}

TEST(UnixAddress, without_a_name_has_the_family_only)
{
    const Address address = must(Address::unix_path(""));
    EXPECT_EQ(address.family(), AF_UNIX);
    EXPECT_EQ(address.size(), head);
    EXPECT_EQ(address.path(), "");
    EXPECT_FALSE(address.empty());
}

TEST(UnixAddress, with_an_abstract_name_comes_back_from_the_kernel_byte_by_byte)
{
    const Address asked = must(Address::unix_path(std::string(unique_unix_address().path()) + "\0x\0"s));
    const Socket socket = make_socket(AF_UNIX, SOCK_DGRAM);
    must(bind(sys::host(), socket.fd.get(), asked));
    const Address told = must(socket_name(sys::host(), socket.fd.get()));
    EXPECT_EQ(told, asked);
    EXPECT_EQ(told.path(), asked.path());
}

TEST(UnixAddress, of_an_unbound_socket_has_no_name)
{
    const Socket socket = make_socket(AF_UNIX, SOCK_STREAM);
    const Address told = must(socket_name(sys::host(), socket.fd.get()));
    EXPECT_EQ(told.family(), AF_UNIX);
    EXPECT_EQ(told.path(), "");
}

// Binds to a path that fills sun_path, so that no room is left for a NUL.
Address bind_to_whole_room(const Socket& socket, const TemporaryDirectory& directory)
{
    std::string path = directory.path() + "/";
    path.resize(room, 'p');
    sockaddr_un raw{};
    raw.sun_family = AF_UNIX;
    std::memcpy(raw.sun_path, path.data(), room);
    must(sys::host().bind(socket.fd.get(), reinterpret_cast<const sockaddr*>(&raw), sizeof raw));
    return must(socket_name(sys::host(), socket.fd.get()));
}

TEST(UnixAddress, without_a_terminator_is_bounded_by_its_size)
{
    const TemporaryDirectory directory;
    const Socket socket = make_socket(AF_UNIX, SOCK_DGRAM);
    const Address told = bind_to_whole_room(socket, directory);
    EXPECT_EQ(told.path().size(), room);
    EXPECT_TRUE(told.path().starts_with(directory.path()));
}

TEST(UnixAddress, without_a_terminator_can_be_sent_to)
{
    const TemporaryDirectory directory;
    const Socket receiver = make_socket(AF_UNIX, SOCK_DGRAM);
    const Address told = bind_to_whole_room(receiver, directory);
    const Socket sender = make_socket(AF_UNIX, SOCK_DGRAM);
    EXPECT_THAT(sys::host().send_to(sender.fd.get(), "x", 1, 0, told.data(), told.size()), succeeds());
}

TEST(OpaqueAddress, has_the_bytes_behind_the_family)
{
    const Address address = must(Address::opaque(AF_UNSPEC + 200, "\1\0\2"s));
    EXPECT_EQ(address.family(), 200);
    EXPECT_EQ(address.payload(), "\1\0\2"s);
    EXPECT_EQ(address.size(), offsetof(sockaddr, sa_data) + 3);
    EXPECT_FALSE(address.is_inet());
    EXPECT_EQ(address.port(), -1);
}

TEST(OpaqueAddress, takes_as_many_bytes_as_any_address_has_and_none_more)
{
    const std::string most(Address::capacity - offsetof(sockaddr, sa_data), 'b');
    EXPECT_EQ(must(Address::opaque(200, most)).payload(), most);
    EXPECT_THAT(Address::opaque(200, most + "b"), failed_with(EINVAL, "opaque"));
    EXPECT_EQ(must(Address::opaque(200, "")).payload(), "");
}

TEST(OpaqueAddress, of_an_inet_family_but_too_short_has_neither_port_nor_scope)
{
    EXPECT_EQ(must(Address::opaque(AF_INET, "\0"s)).port(), -1);
    EXPECT_EQ(must(Address::opaque(AF_INET6, "\0\x50\0\0"s)).port(), -1);
    EXPECT_EQ(must(Address::opaque(AF_INET6, "\0\x50\0\0"s)).scope(), 0U);
}

TEST(Address, is_empty_unless_told)
{
    const Address address;
    EXPECT_TRUE(address.empty());
    EXPECT_EQ(address.family(), AF_UNSPEC);
    EXPECT_EQ(address.payload(), "");
    EXPECT_EQ(address.path(), "");
}

TEST(Address, of_inet_has_a_port_and_no_scope)
{
    const Address address = loopback(AF_INET, 8080);
    EXPECT_TRUE(address.is_inet());
    EXPECT_EQ(address.port(), 8080);
    EXPECT_EQ(address.scope(), 0U);
    EXPECT_EQ(address.size(), sizeof(sockaddr_in));
}

TEST(Address, of_inet6_has_a_port_and_a_scope)
{
    sockaddr_in6 raw{};
    raw.sin6_family = AF_INET6;
    raw.sin6_port = htons(65535);
    raw.sin6_scope_id = 7;
    const Address address(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
    EXPECT_EQ(address.port(), 65535);
    EXPECT_EQ(address.scope(), 7U);
}

TEST(Address, never_holds_more_than_its_capacity)
{
    const std::vector<char> bytes(300, 'x');
    Address address(reinterpret_cast<const sockaddr*>(bytes.data()), 300);
    EXPECT_EQ(address.size(), Address::capacity);
    address.resize(4000);
    EXPECT_EQ(address.size(), Address::capacity);
}

TEST(Address, cut_below_its_family_has_no_bytes_behind_it)
{
    Address address = loopback(AF_INET);
    for (const socklen_t size : {0U, 1U, 2U}) {
        address.resize(size);
        EXPECT_EQ(address.payload(), "") << size;
        EXPECT_EQ(address.path(), "") << size;
        EXPECT_EQ(address.port(), -1) << size;
    }
}

TEST(Address, equals_one_of_the_same_bytes)
{
    EXPECT_EQ(loopback(AF_INET, 1), loopback(AF_INET, 1));
    EXPECT_EQ(Address(), Address());
    EXPECT_FALSE(loopback(AF_INET, 1) == loopback(AF_INET, 2));
    EXPECT_FALSE(loopback(AF_INET, 1) == loopback(AF_INET6, 1));
    EXPECT_FALSE(must(Address::unix_path("\0a"s)) == must(Address::unix_path("\0ab"s)));
    EXPECT_FALSE(must(Address::unix_path("\0ab"s)) == must(Address::unix_path("\0a"s)));
}

TEST(Address, equals_another_whatever_lies_behind_its_size)
{
    Address reused = must(Address::unix_path("\0a much longer name"s));
    reused.resize(static_cast<socklen_t>(head + 2));
    EXPECT_EQ(reused, must(Address::unix_path("\0a"s)));
}

TEST(NumericHost, is_the_address_as_people_write_it)
{
    HostText text;
    EXPECT_STREQ(numeric_host(sys::host(), loopback(AF_INET, 80), text), "127.0.0.1");
    EXPECT_STREQ(numeric_host(sys::host(), loopback(AF_INET6, 80), text), "::1");
}

TEST(NumericHost, of_a_link_local_address_names_its_interface)
{
    sockaddr_in6 raw{};
    raw.sin6_family = AF_INET6;
    raw.sin6_addr.s6_addr[0] = 0xfe;
    raw.sin6_addr.s6_addr[1] = 0x80;
    raw.sin6_addr.s6_addr[15] = 1;
    raw.sin6_scope_id = ::if_nametoindex("lo");
    HostText text;
    const Address address(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
    EXPECT_STREQ(numeric_host(sys::host(), address, text), "fe80::1%lo");
}

TEST(NumericHost, is_absent_where_there_is_none)
{
    HostText text;
    EXPECT_EQ(numeric_host(sys::host(), must(Address::unix_path("/x")), text), nullptr);
    EXPECT_EQ(numeric_host(sys::host(), Address(), text), nullptr);
    EXPECT_EQ(numeric_host(sys::host(), must(Address::opaque(AF_INET, "x")), text), nullptr);
    FaultyHost system;
    system.fail(Call::name_info, ENOMEM);
    EXPECT_EQ(numeric_host(system, loopback(AF_INET), text), nullptr);
}

} // namespace
} // namespace llnet::test
