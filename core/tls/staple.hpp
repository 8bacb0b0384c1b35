// SPDX-License-Identifier: MIT
// Stapled OCSP responses (RFC 6960, RFC 6066).
#pragma once

#include "core/tls/config.hpp"

#include <ctime>

namespace llnet::tls {

// What a response says.
struct Staple {
    int response_status = -1; // OCSP_RESPONSE_STATUS_*
    int cert_status = -1;     // V_OCSP_CERTSTATUS_*
    int crl_reason = -1;      // OCSP_REVOKED_STATUS_*
    std::time_t revocation_time = -1;
    std::time_t this_update = -1;
    std::time_t next_update = -1;
    int result = -1; // of the check: X509_V_* or TlsError; 0 is good
};

// Checks what the server of this connection stapled; gives X509_V_OK, or what is wrong: X509_V_* or TlsError. The chain
// is verified already, if it is to be.
int check_staple(SSL* ssl, const Settings& settings, Staple& staple) noexcept;

} // namespace llnet::tls
