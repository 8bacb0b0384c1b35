// SPDX-License-Identifier: MIT
// Certificates and keys from texts. Included by files of core/tls only.
#pragma once

#include "core/tls/config.hpp"

#include <openssl/crypto.h>

namespace llnet::tls {

constexpr std::size_t most_of_file = 16777216;

// A text that is wiped when it is no longer needed.
struct Secret {
    std::string text;

    Secret() = default;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { OPENSSL_cleanse(text.data(), text.size()); }
};

// Each throws std::bad_alloc, and adds to or sets `into` only if it gives nullopt.

using Problem = std::optional<Failure>;

Problem read_certificates(std::string_view pem, const char* op, std::vector<Certificate>& into);
Problem read_crls(std::string_view pem, const char* op, std::vector<Crl>& into);
Problem read_key(std::string_view pem, std::string_view passphrase, const char* op, Key& into);
Problem check_staple(std::string_view der, const char* op);
Problem check_key(const Certificate& certificate, const Key& key, const char* op);

} // namespace llnet::tls
