// SPDX-License-Identifier: MIT
#include "core/addr/device.hpp"

#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <algorithm>
#include <cstdlib>
#include <ifaddrs.h>
#include <net/if.h>

namespace llnet::test {
namespace {

class Devices : public DescriptorTest {
protected:
    const Device& loopback_device()
    {
        must(list_devices(system, devices));
        const auto found =
            std::find_if(devices.begin(), devices.end(), [](const Device& device) { return device.name == "lo"; });
        if (found == devices.end()) {
            throw std::runtime_error("this machine has no interface 'lo'");
        }
        return *found;
    }

    FaultyHost system;
    std::vector<Device> devices;
};

TEST_F(Devices, include_the_loopback_device)
{
    const Device& device = loopback_device();
    EXPECT_EQ(device.index, ::if_nametoindex("lo"));
    EXPECT_GT(device.mtu, 1000);
    EXPECT_NE(device.flags & IFF_LOOPBACK, 0U);
}

TEST_F(Devices, have_their_addresses_with_netmasks)
{
    const Device& device = loopback_device();
    const auto inet = std::find_if(device.addresses.begin(), device.addresses.end(),
                                   [](const DeviceAddress& address) { return address.address == loopback(AF_INET); });
    ASSERT_NE(inet, device.addresses.end());
    HostText text;
    EXPECT_STREQ(numeric_host(sys::host(), inet->netmask, text), "255.0.0.0");
    EXPECT_TRUE(inet->destination.empty());
}

TEST_F(Devices, are_listed_once_each)
{
    must(list_devices(system, devices));
    std::vector<std::string> names;
    for (const Device& device : devices) {
        names.push_back(device.name);
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST_F(Devices, of_an_earlier_list_are_replaced_and_stay_when_the_new_one_fails)
{
    must(list_devices(system, devices));
    const std::size_t count = devices.size();
    must(list_devices(system, devices));
    EXPECT_EQ(devices.size(), count);
    system.fail(Call::interface_addresses, ENOBUFS);
    EXPECT_THAT(list_devices(system, devices), failed_with(ENOBUFS, "getifaddrs"));
    EXPECT_EQ(devices.size(), count);
}

TEST_F(Devices, are_listed_even_when_their_index_and_mtu_cannot_be_told)
{
    system.fail(Call::interface_index, ENXIO);
    system.fail(Call::interface_mtu, EMFILE);
    const Device& device = loopback_device();
    EXPECT_EQ(device.index, 0U);
    EXPECT_EQ(device.mtu, -1);
}

TEST_F(Devices, leave_nothing_behind_when_memory_runs_out)
{
    int failures = 0;
    while (fails_at_allocation(failures + 1, [&] {
        std::vector<Device> fresh;
        must(list_devices(system, fresh));
    })) {
        ++failures;
    }
    EXPECT_GT(failures, 0);
}

// A machine with these entries; glibc frees the whole list with its first one.
class FakeInterfaces : public HostSystem {
public:
    struct Entry {
        const char* name;
        unsigned flags;
        const Address* address;
        const Address* other; // broadcast or destination
    };

    explicit FakeInterfaces(std::vector<Entry> entries) : entries_(std::move(entries)) {}

    sys::Result<> interface_addresses(ifaddrs** list) const noexcept override
    {
        auto* made = entries_.empty() ? nullptr : static_cast<ifaddrs*>(std::calloc(entries_.size(), sizeof(ifaddrs)));
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const Entry& entry = entries_[i];
            made[i].ifa_next = i + 1 < entries_.size() ? &made[i + 1] : nullptr;
            made[i].ifa_name = const_cast<char*>(entry.name);
            made[i].ifa_flags = entry.flags;
            made[i].ifa_addr = entry.address != nullptr ? const_cast<sockaddr*>(entry.address->data()) : nullptr;
            made[i].ifa_broadaddr = entry.other != nullptr ? const_cast<sockaddr*>(entry.other->data()) : nullptr;
        }
        *list = made;
        return {};
    }

private:
    std::vector<Entry> entries_;
};

TEST(FakeDevices, have_a_broadcast_address_or_point_to_point_a_destination)
{
    const Address own = loopback(AF_INET, 1);
    const Address other = loopback(AF_INET, 2);
    const FakeInterfaces system(
        {{"ppp0", IFF_POINTOPOINT, &own, &other}, {"eth0", IFF_BROADCAST, &own, &other}, {"dummy0", 0, &own, &other}});
    std::vector<Device> devices;
    must(list_devices(system, devices));
    ASSERT_EQ(devices.size(), 3U);
    EXPECT_EQ(devices[0].addresses.at(0).destination, other);
    EXPECT_TRUE(devices[0].addresses.at(0).broadcast.empty());
    EXPECT_EQ(devices[1].addresses.at(0).broadcast, other);
    EXPECT_TRUE(devices[1].addresses.at(0).destination.empty());
    EXPECT_TRUE(devices[2].addresses.at(0).broadcast.empty());
    EXPECT_TRUE(devices[2].addresses.at(0).destination.empty());
    EXPECT_TRUE(devices[2].addresses.at(0).netmask.empty());
}

TEST(FakeDevices, without_an_address_are_listed_and_entries_of_one_name_are_one_device)
{
    const Address own = loopback(AF_INET, 1);
    const Address six = loopback(AF_INET6, 2);
    const Address strange = must(Address::opaque(200, "x"));
    const FakeInterfaces system({{"tun0", IFF_UP, nullptr, nullptr},
                                 {"eth0", 0, &own, nullptr},
                                 {"eth0", 0, &six, nullptr},
                                 {"eth0", 0, &strange, nullptr}});
    std::vector<Device> devices;
    must(list_devices(system, devices));
    ASSERT_EQ(devices.size(), 2U);
    EXPECT_EQ(devices[0].name, "tun0");
    EXPECT_TRUE(devices[0].addresses.empty());
    EXPECT_EQ(devices[0].hardware.size, 0U);
    ASSERT_EQ(devices[1].addresses.size(), 2U);
    EXPECT_EQ(devices[1].addresses[0].address, own);
    EXPECT_EQ(devices[1].addresses[1].address, six);
}

TEST(FakeDevices, may_be_none)
{
    const FakeInterfaces system({});
    std::vector<Device> devices(1);
    must(list_devices(system, devices));
    EXPECT_TRUE(devices.empty());
}

TEST(InterfaceIndex, is_found_by_name)
{
    EXPECT_THAT(interface_index(sys::host(), "lo"), is_done_with(::if_nametoindex("lo")));
}

TEST(InterfaceIndex, of_no_interface_is_enodev_whatever_the_system_says)
{
    EXPECT_THAT(interface_index(sys::host(), "nosuch"), failed_with(ENODEV, "if_nametoindex"));
    FaultyHost system;
    system.fail(Call::interface_index, ENXIO);
    EXPECT_THAT(interface_index(system, "lo"), failed_with(ENODEV, "if_nametoindex"));
    system.fail(Call::interface_index, EMFILE);
    EXPECT_THAT(interface_index(system, "lo"), failed_with(EMFILE, "if_nametoindex"));
}

} // namespace
} // namespace llnet::test
