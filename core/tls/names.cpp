// SPDX-License-Identifier: MIT
#include "core/tls/names.hpp"

#include "core/tls/handles.hpp"

#include <algorithm>
#include <new>
#include <openssl/x509v3.h>

namespace llnet::tls {

namespace {

constexpr std::size_t longest_name = 253; // RFC 1035, 2.3.4, without the root
constexpr std::size_t longest_label = 63;

bool is_of_label(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_host(std::string_view name) noexcept
{
    if (name.empty() || name.size() > longest_name) {
        return false;
    }
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('.'), name.size());
        const std::string_view label = name.substr(0, end);
        if (label.empty() || label.size() > longest_label || !std::all_of(label.begin(), label.end(), is_of_label)) {
            return false;
        }
        const bool ends_with_dot = end + 1 == name.size();
        if (ends_with_dot) {
            return false;
        }
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return true;
}

bool is_address(const std::string& text) noexcept
{
    using OctetsHandle = Handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
    return OctetsHandle(a2i_IPADDRESS(text.c_str())) != nullptr;
}

} // namespace

std::optional<ServerName> server_name(std::string_view name)
{
    if (name.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    if (std::string text(name); is_address(text)) {
        return ServerName{std::move(text), true};
    }
    name.remove_suffix(name.ends_with('.') ? 1 : 0); // RFC 6066, 3
    return is_host(name) ? std::optional(ServerName{std::string(name), false}) : std::nullopt;
}

std::string text_of(const X509_NAME* name)
{
    const BioHandle writer(BIO_new(BIO_s_mem()));
    if (writer == nullptr || X509_NAME_print_ex(writer.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        throw std::bad_alloc();
    }
    return text_in(writer.get());
}

} // namespace llnet::tls
