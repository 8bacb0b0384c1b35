// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"

#include <string>

namespace llnet::tls {

// A failure of TLS: `detail` says what the error does not, such as the subject of a certificate.
struct Failure {
    Error error;
    std::string detail;
};

inline Error tls_error(int code, const char* op) noexcept
{
    return {ErrorKind::tls, code, op};
}

// Forgets what OpenSSL calls of others left in this thread's queue of errors, so that it is not taken for ours.
void clear_errors() noexcept;

// Empties the queue; gives what it says of the call that failed. `code` is for what has no code of its own. Throws
// std::bad_alloc.
Failure take_failure(int code, const char* op);

// The name of an alert as RFC 8446 has it, such as "unknown_ca"; "alert 200" if it has none. Throws std::bad_alloc.
std::string alert_name(int alert);

} // namespace llnet::tls
