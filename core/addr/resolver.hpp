// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/address.hpp"

#include <string>
#include <vector>

namespace llnet {

// An address and the kind of socket that it is for.
struct AddressInfo {
    Address address;
    int type = 0;
    int protocol = 0;

    friend bool operator==(const AddressInfo&, const AddressInfo&) noexcept = default;
};

// One answer of the resolver; `canonical_name` is empty unless AI_CANONNAME asked for it.
struct Resolved {
    AddressInfo info;
    std::string canonical_name;
};

// What to look up. A null host means this machine (loopback, or every address with AI_PASSIVE), a null service port 0.
struct Query {
    const char* host = nullptr;
    const char* service = nullptr;
    int family = AF_UNSPEC;
    int type = 0;
    int protocol = 0;
    int flags = 0;
};

// getaddrinfo(3): replaces `into` with the answers in the system's order. Throws std::bad_alloc.
Outcome<> resolve(const sys::System& system, const Query& query, std::vector<Resolved>& into);

// The address that a text such as "224.0.0.1" or "fe80::1%eth0" writes out; nothing is asked of a name server.
Outcome<Address> numeric_address(const sys::System& system, int family, const char* text) noexcept;

// Names of an address, NUL-terminated.
struct NameInfo {
    char host[NI_MAXHOST] = {};
    char service[NI_MAXSERV] = {};
};

// getnameinfo(3) with NI_* flags.
Outcome<NameInfo> name_info(const sys::System& system, const Address& address, int flags) noexcept;

} // namespace llnet
