// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/address.hpp"

#include <string>
#include <vector>

namespace llnet {

// One address of a network interface. Each of the last three is empty where it does not apply; an interface has a
// broadcast address or, point to point, a destination.
struct DeviceAddress {
    Address address;
    Address netmask;
    Address broadcast;
    Address destination;
};

// A network interface as getifaddrs(3) and the interface ioctls tell it. `mtu` is -1 where the system does not say.
struct Device {
    std::string name;
    unsigned index = 0;
    int mtu = -1;
    unsigned flags = 0; // IFF_*
    sys::HardwareAddress hardware;
    std::vector<DeviceAddress> addresses;
};

// Replaces `into` with the interfaces of this network namespace, in the system's order. Throws std::bad_alloc.
Outcome<> list_devices(const sys::System& system, std::vector<Device>& into);

// The index of an interface; ENODEV if there is none of that name.
Outcome<unsigned> interface_index(const sys::System& system, const char* name) noexcept;

} // namespace llnet
