// SPDX-License-Identifier: MIT
// Addresses from any bytes: what a kernel or a program may hand over never reads or writes out of bounds.

#include "core/addr/address.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using llnet::Address;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);

    const auto unix_address = Address::unix_path(bytes);
    if (unix_address.done() && unix_address.value.path() != bytes) {
        std::abort();
    }
    const auto opaque = Address::opaque(AF_UNSPEC, bytes);
    if (opaque.done() && opaque.value.payload() != bytes) {
        std::abort();
    }
    if (size >= sizeof(sockaddr)) {
        const Address raw(reinterpret_cast<const sockaddr*>(data), static_cast<socklen_t>(size));
        llnet::HostText text;
        numeric_host(llnet::sys::host(), raw, text);
        if (raw.path().size() > raw.payload().size() || raw.port() > 65535 || !(raw == raw)) {
            std::abort();
        }
    }
    return 0;
}
