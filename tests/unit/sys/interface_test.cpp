// SPDX-License-Identifier: MIT
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/systems.hpp"

#include <cstring>
#include <net/if.h>
#include <string>
#include <vector>

#ifdef __linux__
#include <netpacket/packet.h>
#endif

namespace llnet::test {
namespace {

template <class Base>
class SystemInterface : public DescriptorTest {
protected:
    Base system;
};

TYPED_TEST_SUITE(SystemInterface, Systems, SystemNames);

TYPED_TEST(SystemInterface, is_found_by_name_and_by_index)
{
    const unsigned index = must(this->system.interface_index("lo"));
    EXPECT_GT(index, 0U);
    char name[IF_NAMESIZE] = {};
    must(this->system.interface_name(index, name));
    EXPECT_STREQ(name, "lo");
}

TYPED_TEST(SystemInterface, that_does_not_exist_is_an_error)
{
    char name[IF_NAMESIZE] = {};
    EXPECT_THAT(this->system.interface_index("nosuch"), fails_with(ENODEV));
    EXPECT_THAT(this->system.interface_index(""), fails_with(ENODEV));
    EXPECT_THAT(this->system.interface_name(0x7fffffff, name), fails_with(ENXIO));
    EXPECT_THAT(this->system.interface_mtu("nosuch"), fails_with(ENODEV));
}

TYPED_TEST(SystemInterface, name_of_15_characters_is_looked_up_and_of_16_refused)
{
    const std::string longest(15, 'x');
    const std::string too_long(16, 'x');
    const std::string absurd(4096, 'x');
    for (const std::string& name : {longest, too_long, absurd}) {
        EXPECT_THAT(this->system.interface_index(name.c_str()), fails_with(ENODEV)) << name.size();
        EXPECT_THAT(this->system.interface_mtu(name.c_str()), fails_with(ENODEV)) << name.size();
    }
}

TYPED_TEST(SystemInterface, mtu_of_loopback_is_known)
{
    EXPECT_GT(must(this->system.interface_mtu("lo")), 1000);
}

TYPED_TEST(SystemInterface, mtu_needs_a_socket_and_says_why_there_is_none)
{
    Faulty<TypeParam> faulty;
    faulty.fail(Call::socket, ENFILE);
    EXPECT_THAT(faulty.interface_mtu("lo"), fails_with(ENFILE));
}

TYPED_TEST(SystemInterface, name_is_cut_to_the_room)
{
    char room[2] = {'?', '?'};
    must(this->system.interface_name(must(this->system.interface_index("lo")), room));
    EXPECT_STREQ(room, "l");
}

TYPED_TEST(SystemInterface, kernel_has_a_name)
{
    char name[65] = {};
    must(this->system.kernel_name(name));
    EXPECT_GT(std::strlen(name), 2U);
    char room[3] = {};
    must(this->system.kernel_name(room));
    EXPECT_EQ(std::string(room), std::string(name).substr(0, 2));
}

#ifdef __linux__

// An AF_PACKET entry as getifaddrs makes it: with room for addresses longer than sockaddr_ll declares.
std::vector<std::byte> packet_entry(unsigned char size, std::string_view bytes)
{
    sockaddr_ll link{};
    link.sll_family = AF_PACKET;
    link.sll_halen = size;
    std::vector<std::byte> entry(offsetof(sockaddr_ll, sll_addr) + 24);
    std::memcpy(entry.data(), &link, sizeof link);
    std::memcpy(entry.data() + offsetof(sockaddr_ll, sll_addr), bytes.data(), bytes.size());
    return entry;
}

sys::HardwareAddress hardware_in(const std::vector<std::byte>& entry)
{
    return sys::LinuxSystem().hardware_address(reinterpret_cast<const sockaddr*>(entry.data()));
}

TEST(HardwareAddress, has_the_bytes_that_the_kernel_tells)
{
    const std::string bytes("\x02\x00\x5e\x10\x00\x01", 6);
    const sys::HardwareAddress address = hardware_in(packet_entry(6, bytes));
    EXPECT_EQ(address.size, 6U);
    EXPECT_EQ(std::memcmp(address.bytes, bytes.data(), bytes.size()), 0);
}

TEST(HardwareAddress, of_infiniband_has_20_bytes)
{
    const std::string bytes = "0123456789abcdefghij";
    const sys::HardwareAddress address = hardware_in(packet_entry(20, bytes));
    EXPECT_EQ(address.size, 20U);
    EXPECT_EQ(std::memcmp(address.bytes, bytes.data(), 20), 0);
}

TEST(HardwareAddress, never_exceeds_its_room)
{
    EXPECT_EQ(hardware_in(packet_entry(255, "x")).size, 20U);
}

TEST(HardwareAddress, is_absent_in_other_families)
{
    sockaddr address{};
    address.sa_family = AF_INET;
    EXPECT_EQ(sys::LinuxSystem().hardware_address(&address).size, 0U);
    EXPECT_EQ(sys::System().hardware_address(&address).size, 0U);
}

#endif

} // namespace
} // namespace llnet::test
