// SPDX-License-Identifier: MIT
// What is known of a connection and its peer. All of it is empty, or tells so, before the handshake.
#pragma once

#include "core/tls/session.hpp"

#include <ctime>

namespace llnet::tls {

// They throw std::bad_alloc; `into` stays as it is if they give false.

struct PeerCertificate {
    std::string subject; // RFC 2253
    std::string issuer;
    std::string hash; // "SHA256:" and the digest of it
    std::time_t not_before = -1;
    std::time_t not_after = -1;
};

bool describe_peer(const Session& session, PeerCertificate& into);
// Its certificate and those that it sent with it, PEM.
bool peer_chain(const Session& session, std::string& into);
// Whether its certificate is for this host name or IP address.
bool peer_is_named(const Session& session, std::string_view name);
// Where the issuer answers OCSP requests.
bool peer_ocsp_url(const Session& session, std::string& into);

const char* version(const Session& session) noexcept;       // such as "TLSv1.3"
const char* cipher(const Session& session) noexcept;        // such as "TLS_AES_256_GCM_SHA384"
int cipher_strength(const Session& session) noexcept;       // bits
std::string_view protocol(const Session& session) noexcept; // by ALPN
// The name that a client asked for.
const char* requested_name(const Session& session) noexcept;
bool is_resumed(const Session& session) noexcept;

// Keying material for `label` (RFC 8446, 7.5; RFC 5705); `context` only if `has_context`.
bool export_key(const Session& session, std::string_view label, std::string_view context, bool has_context,
                std::span<char> into) noexcept;

// "tls-exporter" (RFC 9266) or "tls-server-end-point" (RFC 5929); false for others.
bool channel_binding(const Session& session, std::string_view type, std::string& into);

} // namespace llnet::tls
