// SPDX-License-Identifier: MIT
// Names of servers and of certificates. Included by files of core/tls only.
#pragma once

#include <openssl/x509.h>
#include <optional>
#include <string>
#include <string_view>

namespace llnet::tls {

struct ServerName {
    std::string text; // of a host without the dot of the root
    bool is_address = false;
};

// nullopt if it is neither a host name nor an IP address. Throws std::bad_alloc.
std::optional<ServerName> server_name(std::string_view name);

// A distinguished name as RFC 2253 writes it. Throws std::bad_alloc.
std::string text_of(const X509_NAME* name);

} // namespace llnet::tls
