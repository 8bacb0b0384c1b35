// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "core/sys/system.hpp"

#include <cstddef>
#include <netinet/in.h>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace llnet {

// A socket address of any family, as the kernel has it: the bytes and how many of them count. A value; trivial, so
// that it may live in memory that nobody destroys.
class Address {
public:
    // No address at all: family AF_UNSPEC, size 0.
    Address() noexcept = default;
    Address(const sockaddr* bytes, socklen_t size) noexcept;

    // A unix address. "" is the unnamed one, a leading NUL makes an abstract name of exactly these bytes (Linux,
    // unix(7)). ENAMETOOLONG when it does not fit, EINVAL for a NUL inside a path.
    static Outcome<Address> unix_path(std::string_view path) noexcept;

    // An address of any family from the bytes behind sa_family. EINVAL when they do not fit.
    static Outcome<Address> opaque(int family, std::string_view bytes) noexcept;

    [[nodiscard]] int family() const noexcept { return bytes_.ss_family; }
    [[nodiscard]] const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&bytes_); }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] bool is_inet() const noexcept { return family() == AF_INET || family() == AF_INET6; }

    // The port in host order, or -1 for a family without ports.
    [[nodiscard]] int port() const noexcept;
    // The scope id of an inet6 address (the interface of a link-local one), or 0.
    [[nodiscard]] unsigned scope() const noexcept;
    // The path or abstract name of a unix address, bounded by the size and not by a NUL; "" if unnamed.
    [[nodiscard]] std::string_view path() const noexcept;
    // The bytes behind sa_family.
    [[nodiscard]] std::string_view payload() const noexcept;

    // Room for the kernel to write an address to: data, size, and what it then says the size is.
    sockaddr* writable() noexcept { return reinterpret_cast<sockaddr*>(&bytes_); }
    static constexpr socklen_t capacity = sizeof(sockaddr_storage);
    void resize(socklen_t size) noexcept;

    friend bool operator==(const Address& a, const Address& b) noexcept;

private:
    Address(int family, std::string_view payload, std::size_t padding) noexcept;

    sockaddr_storage bytes_{};
    socklen_t size_ = 0;
};

// Room for any numeric host with its scope ("fe80::1%eth0").
using HostText = char[INET6_ADDRSTRLEN + 32];

// The numeric host of an inet or inet6 address, with %scope where it has one. nullptr for other families.
const char* numeric_host(const sys::System& system, const Address& address, HostText& text) noexcept;

} // namespace llnet
