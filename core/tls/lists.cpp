// SPDX-License-Identifier: MIT
#include "core/tls/lists.hpp"

#include "core/tls/config.hpp"

#include <algorithm>

namespace llnet::tls {

std::string_view take_name(std::string_view& list, std::string_view separators) noexcept
{
    const std::size_t end = std::min(list.find_first_of(separators), list.size());
    const std::string_view name = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    return name;
}

std::string_view trimmed(std::string_view text) noexcept
{
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

void append_name(std::string& list, std::string_view name)
{
    list.append(list.empty() ? "" : ":").append(name);
}

std::string_view ciphers_named(std::string_view name) noexcept
{
    if (name == "secure" || name == "default") {
        return usual_ciphers;
    }
    if (name == "compat") {
        return "HIGH:!aNULL:!PSK";
    }
    if (name == "legacy") {
        return "HIGH:MEDIUM:!aNULL:!PSK";
    }
    if (name == "insecure" || name == "all") {
        return "ALL:!aNULL:!eNULL:@SECLEVEL=0";
    }
    return {};
}

namespace {

unsigned protocols_named(std::string_view name) noexcept
{
    struct Row {
        std::string_view name;
        unsigned protocols;
    };
    constexpr Row rows[] = {
        {"tlsv1", all_protocols},  {"tlsv1.0", tls_1_0},           {"tlsv1.1", tls_1_1},
        {"tlsv1.2", tls_1_2},      {"tlsv1.3", tls_1_3},           {"all", all_protocols},
        {"legacy", all_protocols}, {"default", default_protocols}, {"secure", default_protocols},
    };
    const auto* row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& each) { return each.name == name; });
    return row != std::end(rows) ? row->protocols : 0;
}

} // namespace

std::optional<unsigned> parse_protocols(std::string_view list) noexcept
{
    unsigned protocols = 0;
    if (list.ends_with(',') || list.ends_with(':')) {
        return std::nullopt;
    }
    while (!list.empty()) {
        std::string_view name = trimmed(take_name(list, ",:"));
        const bool without = name.starts_with('!');
        name.remove_prefix(without ? 1 : 0);
        const unsigned named = protocols_named(name);
        if (named == 0) {
            return std::nullopt;
        }
        if (without) {
            protocols = (protocols == 0 ? unsigned{default_protocols} : protocols) & ~named;
        } else {
            protocols |= named;
        }
    }
    return protocols != 0 ? std::optional(protocols) : std::nullopt;
}

} // namespace llnet::tls
