// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llnet {

// Which table a code belongs to: errno values, getaddrinfo's EAI values and those of TLS overlap.
enum class ErrorKind : std::uint8_t { system, resolver, tls };

// Codes of TLS, beside those of certificates that are refused, which are OpenSSL's X509_V_ERR values, and those of
// alerts that the peer sent, which follow alert_base.
enum TlsError : int {
    alert_base = 1000,
    tls_protocol = 2000,
    tls_truncated,
    tls_config,
    tls_no_name,
    ocsp_not_yet_valid,
    ocsp_has_expired
};

// A failure of the world, as a value. `op` is the call that failed ("connect") and is always a string literal.
struct Error {
    ErrorKind kind = ErrorKind::system;
    int code = 0;
    const char* op = "";

    friend bool operator==(const Error& a, const Error& b) noexcept { return a.kind == b.kind && a.code == b.code; }
};

inline Error system_error(int code, const char* op) noexcept
{
    return {ErrorKind::system, code, op};
}

// One name of one code; an alias (EWOULDBLOCK) follows the canonical name of its code (EAGAIN).
struct ErrorRow {
    const char* name;
    int code;
    const char* text = nullptr; // if the system has none
};

// All errors of a kind that this platform defines.
std::span<const ErrorRow> error_rows(ErrorKind kind) noexcept;

// The canonical name of a code ("EPIPE"), or nullptr for a code that the platform does not name.
const char* error_name(ErrorKind kind, int code) noexcept;

// The row with this name in any kind, and its kind; nullptr if there is none.
const ErrorRow* find_error(std::string_view name, ErrorKind& kind) noexcept;

// The one-line text for a code; written to `buffer` if the system needs room for it. Never empty.
const char* error_message(ErrorKind kind, int code, std::span<char> buffer) noexcept;

} // namespace llnet
