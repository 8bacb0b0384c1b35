// SPDX-License-Identifier: MIT
#pragma once

#include "core/sock/socket.hpp"

#include <cstdint>
#include <string_view>

namespace llnet {

// How an option's value looks to the kernel and to a program.
enum class OptionKind : std::uint8_t {
    boolean,
    integer,
    seconds,        // a timeval; a number with a fraction, 0 for none
    linger,         // struct linger; whole seconds, negative for off
    interface_name, // the interface of outgoing multicast
    bytes,          // a string
};

enum class OptionAccess : std::uint8_t { read_write, read_only };

// Level and constant; `level` is negative where the platform or the family lacks the option.
struct OptionName {
    int level;
    int name;

    [[nodiscard]] bool absent() const noexcept { return level < 0; }
};

inline constexpr OptionName absent_option{-1, -1};

// One option: api/options.lua is where the rows are kept.
struct OptionRow {
    const char* name;
    OptionKind kind;
    OptionAccess access;
    int min; // the smallest and largest integer that make sense
    int max;
    OptionName inet;
    OptionName inet6;
};

std::span<const OptionRow> option_rows() noexcept;

// A value of any kind: the member that the kind names is in use.
struct OptionValue {
    int integer = 0; // boolean (0 or 1), integer, linger
    double seconds = 0;
    char text[64] = {}; // bytes, interface_name: NUL-terminated after `size` bytes
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {text, size}; }
};

// getsockopt(2) and setsockopt(2) by a row. ENOTSUP where the platform lacks the option.
Outcome<OptionValue> get_option(const sys::System& system, SocketRef socket, const OptionRow& row) noexcept;
Outcome<> set_option(const sys::System& system, SocketRef socket, const OptionRow& row,
                     const OptionValue& value) noexcept;

} // namespace llnet
