// SPDX-License-Identifier: MIT
#include "glue/llsocket/device.hpp"

#include "core/addr/device.hpp"
#include "glue/faces/objects.hpp"
#include "glue/faces/strings.hpp"

#include <cstdio>
#include <net/if.h>

namespace llnet {

// The answers of one enumeration, kept by the collector while they are turned into tables.
struct Devices {
    std::vector<Device> list;
};

template <>
struct ClassOf<Devices> {
    static constexpr Class id = Class::devices;
};

namespace {

struct Flag {
    const char* name;
    unsigned bit;
};

constexpr Flag flags[] = {
    {"up", IFF_UP},
    {"broadcast", IFF_BROADCAST},
    {"debug", IFF_DEBUG},
    {"loopback", IFF_LOOPBACK},
    {"pointopoint", IFF_POINTOPOINT},
    {"running", IFF_RUNNING},
    {"noarp", IFF_NOARP},
    {"promisc", IFF_PROMISC},
    {"allmulti", IFF_ALLMULTI},
    {"multicast", IFF_MULTICAST},
};

void push_flags(lua_State* L, unsigned bits)
{
    lua_createtable(L, 0, static_cast<int>(std::size(flags)));
    for (const Flag& flag : flags) {
        lua_pushboolean(L, (bits & flag.bit) != 0);
        lua_setfield(L, -2, flag.name);
    }
}

// Sets a field to the address's text, or leaves it out.
void set_host(lua_State* L, const char* field, const Address& address)
{
    HostText text;
    const char* host = numeric_host(sys::host(), address, text);
    if (host != nullptr) {
        lua_pushstring(L, host);
        lua_setfield(L, -2, field);
    }
}

void push_address(lua_State* L, const DeviceAddress& address)
{
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, address.address.family());
    lua_setfield(L, -2, "family");
    set_host(L, "addr", address.address);
    set_host(L, "netmask", address.netmask);
    set_host(L, "broadcast", address.broadcast);
    set_host(L, "destination", address.destination);
    if (address.address.family() == AF_INET6) {
        lua_pushinteger(L, static_cast<lua_Integer>(address.address.scope()));
        lua_setfield(L, -2, "scope");
    }
}

void push_addresses(lua_State* L, const std::vector<DeviceAddress>& addresses)
{
    lua_createtable(L, static_cast<int>(addresses.size()), 0);
    int index = 0;
    for (const DeviceAddress& address : addresses) {
        push_address(L, address);
        lua_rawseti(L, -2, ++index);
    }
}

void push_hardware_address(lua_State* L, const sys::HardwareAddress& address)
{
    char text[3 * sizeof address.bytes + 1] = {};
    for (std::size_t i = 0; i < address.size; ++i) {
        std::snprintf(text + 3 * i, 4, i + 1 < address.size ? "%02x:" : "%02x", address.bytes[i]);
    }
    lua_pushstring(L, text);
}

void push_device(lua_State* L, const Device& device)
{
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, static_cast<lua_Integer>(device.index));
    lua_setfield(L, -2, "index");
    if (device.mtu >= 0) {
        lua_pushinteger(L, device.mtu);
        lua_setfield(L, -2, "mtu");
    }
    if (device.hardware.size > 0) {
        push_hardware_address(L, device.hardware);
        lua_setfield(L, -2, "hwaddr");
    }
    push_flags(L, device.flags);
    lua_setfield(L, -2, "flags");
    push_addresses(L, device.addresses);
    lua_setfield(L, -2, "addrs");
}

template <class Face>
int device_getifaddrs(lua_State* L)
{
    Devices& devices = reserve<Devices>(L);
    const Outcome<> out = work([&] { return list_devices(sys::host(), devices.list); });
    return Face::value(L, "getifaddrs", out, [&](None) {
        lua_createtable(L, 0, static_cast<int>(devices.list.size()));
        for (const Device& device : devices.list) {
            push_device(L, device);
            lua_setfield(L, -2, device.name.c_str());
        }
        devices.list = {}; // now rather than with the userdata: Lua's collector does not see this memory
        return 1;
    });
}

constexpr luaL_Reg metamethods[] = {{"__gc", collect<Devices>}, {nullptr, nullptr}};

template <class Face>
constexpr Method functions[] = {
    {"getifaddrs", device_getifaddrs<Face>},
};

} // namespace

void define_devices(lua_State* L)
{
    define_class(L, Class::devices, "devices", metamethods);
}

template <class Face>
void add_device(lua_State* L)
{
    add_functions(L, Class::devices, functions<Face>);
}

template void add_device<Strings2>(lua_State*);
template void add_device<Strings3>(lua_State*);
template void add_device<Objects>(lua_State*);

} // namespace llnet
