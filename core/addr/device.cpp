// SPDX-License-Identifier: MIT
#include "core/addr/device.hpp"

#include <algorithm>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>

namespace llnet {

namespace {

Address inet_address(const sockaddr* address) noexcept
{
    if (address == nullptr) {
        return {};
    }
    switch (address->sa_family) {
    case AF_INET:
        return {address, sizeof(sockaddr_in)};
    case AF_INET6:
        return {address, sizeof(sockaddr_in6)};
    default:
        return {};
    }
}

Device& find_or_add(const sys::System& system, std::vector<Device>& devices, const ifaddrs& entry)
{
    const auto known = std::find_if(devices.begin(), devices.end(),
                                    [&](const Device& device) { return device.name == entry.ifa_name; });
    if (known != devices.end()) {
        return *known;
    }
    Device& device = devices.emplace_back();
    device.name = entry.ifa_name;
    device.index = system.interface_index(entry.ifa_name).value;
    const sys::Result<> mtu = system.interface_mtu(entry.ifa_name);
    device.mtu = mtu.ok() ? mtu.value : -1;
    device.flags = entry.ifa_flags;
    return device;
}

DeviceAddress device_address(const ifaddrs& entry) noexcept
{
    DeviceAddress address;
    address.address = inet_address(entry.ifa_addr);
    address.netmask = inet_address(entry.ifa_netmask);
    if ((entry.ifa_flags & IFF_POINTOPOINT) != 0) {
        address.destination = inet_address(entry.ifa_dstaddr);
    } else if ((entry.ifa_flags & IFF_BROADCAST) != 0) {
        address.broadcast = inet_address(entry.ifa_broadaddr);
    }
    return address;
}

} // namespace

Outcome<> list_devices(const sys::System& system, std::vector<Device>& into)
{
    ifaddrs* list = nullptr;
    const sys::Result<> listed = system.interface_addresses(&list);
    if (!listed.ok()) {
        return failed(listed.error, "getifaddrs");
    }
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);

    into.clear();
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
        Device& device = find_or_add(system, into, *entry);
        if (entry->ifa_addr == nullptr) {
            continue;
        }
        const sys::HardwareAddress hardware = system.hardware_address(entry->ifa_addr);
        if (hardware.size > 0) {
            device.hardware = hardware;
        }
        const DeviceAddress address = device_address(*entry);
        if (!address.address.empty()) {
            device.addresses.push_back(address);
        }
    }
    return done();
}

Outcome<unsigned> interface_index(const sys::System& system, const char* name) noexcept
{
    const sys::Result<unsigned> index = system.interface_index(name);
    if (!index.ok()) {
        // Some systems say ENXIO for a name that does not exist.
        return failed<unsigned>(index.error == ENXIO ? ENODEV : index.error, "if_nametoindex");
    }
    return done(index.value);
}

} // namespace llnet
