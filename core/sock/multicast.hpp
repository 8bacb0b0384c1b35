// SPDX-License-Identifier: MIT
#pragma once

#include "core/sock/option.hpp"

namespace llnet {

// Group membership of a socket (RFC 3678, protocol-independent).
enum class Membership : std::uint8_t { join, leave, join_source, leave_source, block_source, unblock_source };

// Changes a membership. `source` is given for the four that name one. `interface_name` may be null: the kernel then
// chooses by its routes. EAFNOSUPPORT when group, source and socket are not of one inet family; ENODEV for an
// interface that does not exist.
Outcome<> change_membership(const sys::System& system, SocketRef socket, Membership change, const Address& group,
                            const Address* source, const char* interface_name) noexcept;

// IP_MULTICAST_IF and IPV6_MULTICAST_IF by interface name; the empty name is "not set", read or written.
//
// IPv4 remembers an address rather than an interface, so the name read is that of the interface which has the address,
// and an interface without an IPv4 address reads as not set.
Outcome<> read_multicast_interface(const sys::System& system, SocketRef socket, OptionName option,
                                   OptionValue& name) noexcept;
Outcome<> write_multicast_interface(const sys::System& system, SocketRef socket, OptionName option,
                                    const char* name) noexcept;

} // namespace llnet
