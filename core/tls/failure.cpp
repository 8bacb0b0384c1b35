// SPDX-License-Identifier: MIT
#include "core/tls/failure.hpp"

#include <algorithm>
#include <cctype>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string_view>

namespace llnet::tls {

namespace {

// What the reason of an error of libssl means, if there is a code for it.
int code_of(unsigned long entry, int code) noexcept
{
    if (ERR_GET_LIB(entry) != ERR_LIB_SSL) {
        return code;
    }
    const int reason = ERR_GET_REASON(entry);
    if (reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
        return alert_base + reason - SSL_AD_REASON_OFFSET;
    }
    return code;
}

} // namespace

void clear_errors() noexcept
{
    if (ERR_peek_error() != 0) { // which is cheaper than to clear what is clear
        ERR_clear_error();
    }
}

Failure take_failure(int code, const char* op)
{
    const unsigned long entry = ERR_peek_last_error();
    // The first says where it went wrong, and others that it did.
    const char* root = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(entry)) {
        return {system_error(ERR_GET_REASON(entry), op), {}};
    }
    if (ERR_GET_REASON(entry) == ERR_R_MALLOC_FAILURE) {
        return {system_error(ENOMEM, op), {}};
    }
    const char* reason = ERR_GET_LIB(entry) == ERR_LIB_SSL ? ERR_reason_error_string(entry) : root;
    const int found = code_of(entry, code);
    const bool says_more = reason != nullptr && found == code;
    return {tls_error(found, op), says_more ? reason : ""};
}

std::string alert_name(int alert)
{
    constexpr std::string_view prefix = "ALERT_";
    const char* name = error_name(ErrorKind::tls, alert_base + alert);
    if (alert == SSL3_AD_CLOSE_NOTIFY) {
        return "close_notify";
    }
    if (name == nullptr) {
        return "alert " + std::to_string(alert);
    }
    std::string text = name + prefix.size();
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

} // namespace llnet::tls
