// SPDX-License-Identifier: MIT
#include "core/addr/resolver.hpp"

#include <memory>

namespace llnet {

namespace {

using AnswerList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Error resolver_error(sys::Result<> result, const char* op) noexcept
{
    if (result.value == EAI_SYSTEM) {
        return system_error(result.error, op);
    }
    return {ErrorKind::resolver, result.value, op};
}

} // namespace

Outcome<> resolve(const sys::System& system, const Query& query, std::vector<Resolved>& into)
{
    addrinfo hints{};
    hints.ai_family = query.family;
    hints.ai_socktype = query.type;
    hints.ai_protocol = query.protocol;
    hints.ai_flags = query.flags;
    // getaddrinfo wants at least one of the two.
    const char* service = query.host == nullptr && query.service == nullptr ? "0" : query.service;

    addrinfo* list = nullptr;
    const sys::Result<> found = system.resolve(query.host, service, hints, &list);
    if (found.value != 0) {
        return failed(resolver_error(found, "getaddrinfo"));
    }
    const AnswerList owner(list, &::freeaddrinfo);

    into.clear();
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        Resolved resolved{{Address(entry->ai_addr, entry->ai_addrlen), entry->ai_socktype, entry->ai_protocol}, {}};
        if (entry->ai_canonname != nullptr) {
            resolved.canonical_name = entry->ai_canonname;
        }
        into.push_back(std::move(resolved));
    }
    return done();
}

Outcome<Address> numeric_address(const sys::System& system, int family, const char* text) noexcept
{
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* list = nullptr;
    const sys::Result<> found = system.resolve(text, nullptr, hints, &list);
    if (found.value != 0) {
        return failed<Address>(resolver_error(found, "getaddrinfo"));
    }
    const AnswerList owner(list, &::freeaddrinfo);
    return done(Address(list->ai_addr, list->ai_addrlen));
}

Outcome<NameInfo> name_info(const sys::System& system, const Address& address, int flags) noexcept
{
    NameInfo names;
    const sys::Result<> named = system.name_info(address.data(), address.size(), names.host, names.service, flags);
    if (named.value != 0) {
        return failed<NameInfo>(resolver_error(named, "getnameinfo"));
    }
    return done(names);
}

} // namespace llnet
