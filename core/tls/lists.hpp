// SPDX-License-Identifier: MIT
// Lists of names. Included by files of core/tls only.
#pragma once

#include <string>
#include <string_view>

namespace llnet::tls {

// Takes the next name of a list, which separators follow.
std::string_view take_name(std::string_view& list, std::string_view separators) noexcept;

std::string_view trimmed(std::string_view text) noexcept;

void append_name(std::string& list, std::string_view name);

// The ciphers that libtls has under this name; empty if there are none.
std::string_view ciphers_named(std::string_view name) noexcept;

} // namespace llnet::tls
