// SPDX-License-Identifier: MIT
#include "core/addr/address.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace llnet {

namespace {

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
constexpr std::size_t path_room = sizeof(sockaddr_un::sun_path);
constexpr std::size_t payload_offset = offsetof(sockaddr, sa_data);

} // namespace

Address::Address(const sockaddr* bytes, socklen_t size) noexcept
{
    std::memcpy(&bytes_, bytes, std::min<std::size_t>(size, capacity));
    resize(size);
}

Address::Address(int family, std::string_view payload, std::size_t padding) noexcept
{
    // The field is a byte on the BSDs, two on Linux.
    bytes_.ss_family = static_cast<decltype(bytes_.ss_family)>(family);
    std::copy(payload.begin(), payload.end(), reinterpret_cast<char*>(&bytes_) + payload_offset);
    resize(static_cast<socklen_t>(payload_offset + payload.size() + padding));
}

void Address::resize(socklen_t size) noexcept
{
    // Linux counts a NUL behind a path that fills sun_path (unix(7)), and then refuses an address of that size.
    const socklen_t most = family() == AF_UNIX ? socklen_t{sizeof(sockaddr_un)} : capacity;
    size_ = std::min(size, most);
#ifdef SIN6_LEN // the BSDs, whose sockaddr tells its own length
    bytes_.ss_len = static_cast<unsigned char>(size_);
#endif
}

Outcome<Address> Address::unix_path(std::string_view path) noexcept
{
    static_assert(path_offset == payload_offset);
    const bool is_abstract = path.starts_with('\0');
    if (path.size() > path_room) {
        return failed<Address>(ENAMETOOLONG, "unix");
    }
    // A path that fills sun_path has no NUL behind it (unix(7)).
    const bool is_terminated = !path.empty() && !is_abstract && path.size() < path_room;
    const std::size_t terminator = is_terminated ? 1 : 0;
    if (!is_abstract && path.find('\0') != std::string_view::npos) {
        return failed<Address>(EINVAL, "unix");
    }
    return llnet::done(Address(AF_UNIX, path, terminator));
}

Outcome<Address> Address::opaque(int family, std::string_view bytes) noexcept
{
    if (payload_offset + bytes.size() > capacity) {
        return failed<Address>(EINVAL, "opaque");
    }
    return llnet::done(Address(family, bytes, 0));
}

int Address::port() const noexcept
{
    if (family() == AF_INET && size_ >= sizeof(sockaddr_in)) {
        return ntohs(reinterpret_cast<const sockaddr_in&>(bytes_).sin_port);
    }
    if (family() == AF_INET6 && size_ >= sizeof(sockaddr_in6)) {
        return ntohs(reinterpret_cast<const sockaddr_in6&>(bytes_).sin6_port);
    }
    return -1;
}

unsigned Address::scope() const noexcept
{
    if (family() == AF_INET6 && size_ >= sizeof(sockaddr_in6)) {
        return reinterpret_cast<const sockaddr_in6&>(bytes_).sin6_scope_id;
    }
    return 0;
}

std::string_view Address::path() const noexcept
{
    const std::string_view bytes = payload();
    if (bytes.starts_with('\0')) {
        return bytes;
    }
    return bytes.substr(0, bytes.find('\0'));
}

std::string_view Address::payload() const noexcept
{
    if (size_ <= payload_offset) {
        return {};
    }
    return {reinterpret_cast<const char*>(&bytes_) + payload_offset, size_ - payload_offset};
}

bool operator==(const Address& a, const Address& b) noexcept
{
    return a.size_ == b.size_ && std::memcmp(&a.bytes_, &b.bytes_, a.size_) == 0;
}

const char* numeric_host(const sys::System& system, const Address& address, HostText& text) noexcept
{
    if (!address.is_inet()) {
        return nullptr;
    }
    const auto named = system.name_info(address.data(), address.size(), text, {}, NI_NUMERICHOST);
    return named.value == 0 ? text : nullptr;
}

} // namespace llnet
