// SPDX-License-Identifier: MIT
#include "core/sock/multicast.hpp"

#include "core/addr/device.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>

namespace llnet {

namespace {

constexpr std::array<int, 6> membership_options = {
    MCAST_JOIN_GROUP,         MCAST_LEAVE_GROUP,  MCAST_JOIN_SOURCE_GROUP,
    MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE,
};

using InterfaceList = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;

Outcome<unsigned> index_of(const sys::System& system, const char* name) noexcept
{
    return name == nullptr ? done(0U) : interface_index(system, name);
}

template <class Request>
Outcome<> apply(const sys::System& system, SocketRef socket, Membership change, const Request& request) noexcept
{
    const int level = socket.family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int option = membership_options[static_cast<std::size_t>(change)];
    const sys::Result<> result = system.set_option(socket.fd, level, option, &request, sizeof request);
    return result.ok() ? done() : failed(result.error, "setsockopt");
}

bool same_inet_family(SocketRef socket, const Address& group, const Address* source) noexcept
{
    return group.is_inet() && group.family() == socket.family &&
           (source == nullptr || source->family() == socket.family);
}

const sockaddr_in* inet_of(const ifaddrs& entry) noexcept
{
    if (entry.ifa_addr == nullptr || entry.ifa_addr->sa_family != AF_INET) {
        return nullptr;
    }
    return reinterpret_cast<const sockaddr_in*>(entry.ifa_addr);
}

InterfaceList list_interfaces(const sys::System& system) noexcept
{
    ifaddrs* list = nullptr;
    const sys::Result<> listed = system.interface_addresses(&list);
    return {listed.ok() ? list : nullptr, &::freeifaddrs};
}

// The first IPv4 address of an interface, or 0.0.0.0.
in_addr first_inet_address(const sys::System& system, std::string_view name) noexcept
{
    const InterfaceList list = list_interfaces(system);
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        const sockaddr_in* address = inet_of(*entry);
        if (address != nullptr && name == entry->ifa_name) {
            return address->sin_addr;
        }
    }
    return {};
}

void assign(OptionValue& value, std::string_view text) noexcept
{
    value.size = text.copy(value.text, sizeof value.text - 1);
    value.text[value.size] = '\0';
}

void name_by_inet_address(const sys::System& system, in_addr wanted, OptionValue& name) noexcept
{
    if (wanted.s_addr == INADDR_ANY) {
        return;
    }
    const InterfaceList list = list_interfaces(system);
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        const sockaddr_in* address = inet_of(*entry);
        if (address != nullptr && address->sin_addr.s_addr == wanted.s_addr) {
            assign(name, entry->ifa_name);
            return;
        }
    }
}

Outcome<> name_by_index(const sys::System& system, unsigned index, OptionValue& name) noexcept
{
    if (index == 0) {
        return done();
    }
    char text[IF_NAMESIZE] = {};
    const sys::Result<> named = system.interface_name(index, text);
    if (!named.ok()) {
        return failed(named.error, "if_indextoname");
    }
    assign(name, text);
    return done();
}

} // namespace

Outcome<> change_membership(const sys::System& system, SocketRef socket, Membership change, const Address& group,
                            const Address* source, const char* interface_name) noexcept
{
    if (socket.fd < 0) {
        return failed(EBADF, "setsockopt");
    }
    if (!same_inet_family(socket, group, source)) {
        return failed(EAFNOSUPPORT, "setsockopt");
    }
    // Linux refuses it by IP_ADD_MEMBERSHIP (ip(7)) and forgets to by MCAST_JOIN_GROUP.
    if (socket.type == SOCK_STREAM) {
        return failed(EPROTO, "setsockopt");
    }
    const Outcome<unsigned> index = index_of(system, interface_name);
    if (!index.done()) {
        return failed(index.error);
    }
    if (source == nullptr) {
        group_req request{};
        request.gr_interface = index.value;
        std::memcpy(&request.gr_group, group.data(), group.size());
        return apply(system, socket, change, request);
    }
    group_source_req request{};
    request.gsr_interface = index.value;
    std::memcpy(&request.gsr_group, group.data(), group.size());
    std::memcpy(&request.gsr_source, source->data(), source->size());
    return apply(system, socket, change, request);
}

Outcome<> read_multicast_interface(const sys::System& system, SocketRef socket, OptionName option,
                                   OptionValue& name) noexcept
{
    union {
        in_addr inet;
        unsigned index;
    } value{};
    socklen_t size = sizeof value;
    const sys::Result<> result = system.get_option(socket.fd, option.level, option.name, &value, &size);
    if (!result.ok()) {
        return failed(result.error, "getsockopt");
    }
    if (socket.family == AF_INET6) {
        return name_by_index(system, value.index, name);
    }
    name_by_inet_address(system, value.inet, name);
    return done();
}

Outcome<> write_multicast_interface(const sys::System& system, SocketRef socket, OptionName option,
                                    const char* name) noexcept
{
    const Outcome<unsigned> index = *name == '\0' ? done(0U) : interface_index(system, name);
    if (!index.done()) {
        return failed(index.error);
    }
    sys::Result<> result;
    if (socket.family == AF_INET6) {
        const unsigned number = index.value;
        result = system.set_option(socket.fd, option.level, option.name, &number, sizeof number);
    } else {
        // Both index and address: Linux sends by the index and reads back the address.
        ip_mreqn request{};
        request.imr_address = first_inet_address(system, name);
        request.imr_ifindex = static_cast<int>(index.value);
        result = system.set_option(socket.fd, option.level, option.name, &request, sizeof request);
    }
    return result.ok() ? done() : failed(result.error, "setsockopt");
}

} // namespace llnet
