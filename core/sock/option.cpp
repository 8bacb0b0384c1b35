// SPDX-License-Identifier: MIT
#include "core/sock/option.hpp"

#include "core/sock/multicast.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/time.h>

namespace llnet {

namespace {

constexpr OptionRow rows[] = {
#include "core/sock/option_rows.inc"
};

constexpr const char* get_op = "getsockopt";
constexpr const char* set_op = "setsockopt";

OptionName name_for(SocketRef socket, const OptionRow& row) noexcept
{
    return socket.family == AF_INET6 ? row.inet6 : row.inet;
}

// The BSDs take the IPv4 multicast options as a single byte, and Linux takes them so too (ip(7)).
bool is_byte(OptionName option) noexcept
{
    return option.level == IPPROTO_IP && (option.name == IP_MULTICAST_TTL || option.name == IP_MULTICAST_LOOP);
}

template <class T>
Outcome<> read(const sys::System& system, int fd, OptionName option, T& value) noexcept
{
    socklen_t size = sizeof value;
    const sys::Result<> result = system.get_option(fd, option.level, option.name, &value, &size);
    return result.ok() ? done() : failed(result.error, get_op);
}

template <class T>
Outcome<> write(const sys::System& system, int fd, OptionName option, const T& value) noexcept
{
    const sys::Result<> result = system.set_option(fd, option.level, option.name, &value, sizeof value);
    return result.ok() ? done() : failed(result.error, set_op);
}

Outcome<> read_integer(const sys::System& system, int fd, OptionName option, int& value) noexcept
{
    if (!is_byte(option)) {
        return read(system, fd, option, value);
    }
    unsigned char byte = 0;
    const Outcome<> result = read(system, fd, option, byte);
    value = byte;
    return result;
}

Outcome<> write_integer(const sys::System& system, int fd, OptionName option, int value) noexcept
{
    if (!is_byte(option)) {
        return write(system, fd, option, value);
    }
    return write(system, fd, option, static_cast<unsigned char>(value));
}

double to_seconds(const timeval& time) noexcept
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Rounded up to microseconds: a positive time must not become 0, which means none at all.
timeval to_timeval(double seconds) noexcept
{
    constexpr double noise = 1e-3; // of a microsecond: 2.1 is stored as a little more than 2.1
    const auto micros = static_cast<long long>(std::ceil(seconds * 1e6 - noise));
    const long long rounded = seconds > 0 ? std::max(micros, 1LL) : 0;
    timeval time{};
    time.tv_sec = static_cast<decltype(time.tv_sec)>(rounded / 1000000);
    time.tv_usec = static_cast<decltype(time.tv_usec)>(rounded % 1000000);
    return time;
}

Outcome<> read_seconds(const sys::System& system, int fd, OptionName option, double& seconds) noexcept
{
    timeval time{};
    const Outcome<> result = read(system, fd, option, time);
    seconds = to_seconds(time);
    return result;
}

Outcome<> read_linger(const sys::System& system, int fd, OptionName option, int& seconds) noexcept
{
    linger value{};
    const Outcome<> result = read(system, fd, option, value);
    seconds = value.l_onoff != 0 ? value.l_linger : -1;
    return result;
}

Outcome<> write_linger(const sys::System& system, int fd, OptionName option, int seconds) noexcept
{
    linger value{};
    value.l_onoff = seconds >= 0 ? 1 : 0;
    value.l_linger = std::max(seconds, 0);
    return write(system, fd, option, value);
}

Outcome<> read_bytes(const sys::System& system, int fd, OptionName option, OptionValue& value) noexcept
{
    socklen_t size = sizeof value.text - 1;
    const sys::Result<> result = system.get_option(fd, option.level, option.name, value.text, &size);
    if (!result.ok()) {
        return failed(result.error, get_op);
    }
    // Names come padded with NULs (SO_BINDTODEVICE, TCP_CONGESTION).
    const std::string_view bytes{value.text, size};
    value.size = std::min(bytes.find('\0'), bytes.size());
    return done();
}

Outcome<> write_bytes(const sys::System& system, int fd, OptionName option, std::string_view bytes) noexcept
{
    const sys::Result<> result =
        system.set_option(fd, option.level, option.name, bytes.data(), static_cast<socklen_t>(bytes.size()));
    return result.ok() ? done() : failed(result.error, set_op);
}

Outcome<> read_by_kind(const sys::System& system, SocketRef socket, OptionKind kind, OptionName option,
                       OptionValue& value) noexcept
{
    const int fd = socket.fd;
    switch (kind) {
    case OptionKind::boolean:
    case OptionKind::integer:
        return read_integer(system, fd, option, value.integer);
    case OptionKind::seconds:
        return read_seconds(system, fd, option, value.seconds);
    case OptionKind::linger:
        return read_linger(system, fd, option, value.integer);
    case OptionKind::interface_name:
        return read_multicast_interface(system, socket, option, value);
    case OptionKind::bytes:
        return read_bytes(system, fd, option, value);
    }
    return failed(EINVAL, get_op);
}

} // namespace

std::span<const OptionRow> option_rows() noexcept
{
    return rows;
}

Outcome<OptionValue> get_option(const sys::System& system, SocketRef socket, const OptionRow& row) noexcept
{
    const OptionName option = name_for(socket, row);
    if (option.absent()) {
        return failed<OptionValue>(ENOTSUP, get_op);
    }
    OptionValue value;
    const Outcome<> result = read_by_kind(system, socket, row.kind, option, value);
    return result.done() ? done(value) : failed<OptionValue>(result.error);
}

Outcome<> set_option(const sys::System& system, SocketRef socket, const OptionRow& row,
                     const OptionValue& value) noexcept
{
    const OptionName option = name_for(socket, row);
    if (option.absent()) {
        return failed(ENOTSUP, set_op);
    }
    const int fd = socket.fd;
    switch (row.kind) {
    case OptionKind::boolean:
    case OptionKind::integer:
        return write_integer(system, fd, option, value.integer);
    case OptionKind::seconds:
        return write(system, fd, option, to_timeval(value.seconds));
    case OptionKind::linger:
        return write_linger(system, fd, option, value.integer);
    case OptionKind::interface_name:
        return write_multicast_interface(system, socket, option, value.text);
    case OptionKind::bytes:
        return write_bytes(system, fd, option, value.view());
    }
    return failed(EINVAL, set_op);
}

} // namespace llnet
