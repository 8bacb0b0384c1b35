// SPDX-License-Identifier: MIT
#include "core/tls/staple.hpp"

#include "core/tls/failure.hpp"
#include "core/tls/handles.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>

namespace llnet::tls {

namespace {

constexpr long clock_skew_sec = 300;
constexpr long most_age_sec = 14L * 24 * 60 * 60; // of a response that does not say until when it is good

// What is wrong with these times, if anything is.
int check_times(ASN1_GENERALIZEDTIME* from, ASN1_GENERALIZEDTIME* until) noexcept
{
    clear_errors();
    if (OCSP_check_validity(from, until, clock_skew_sec, until != nullptr ? -1 : most_age_sec) == 1) {
        return X509_V_OK;
    }
    const unsigned long problem = ERR_peek_error();
    switch (ERR_GET_LIB(problem) == ERR_LIB_OCSP ? ERR_GET_REASON(problem) : 0) {
    case OCSP_R_STATUS_NOT_YET_VALID:
        return ocsp_not_yet_valid;
    case OCSP_R_STATUS_EXPIRED:
    case OCSP_R_STATUS_TOO_OLD:
        return ocsp_has_expired;
    default:
        return X509_V_ERR_OCSP_VERIFY_FAILED;
    }
}

int result_of(const Staple& staple) noexcept
{
    switch (staple.cert_status) {
    case V_OCSP_CERTSTATUS_GOOD:
        return X509_V_OK;
    case V_OCSP_CERTSTATUS_REVOKED:
        return X509_V_ERR_CERT_REVOKED;
    default:
        return X509_V_ERR_OCSP_CERT_UNKNOWN;
    }
}

// Finds what the response says of the certificate, whichever digest names that; gives what is wrong.
int find(OCSP_BASICRESP* response, const X509* certificate, const X509* issuer, bool has_clock, Staple& staple) noexcept
{
    for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256()}) {
        const OcspIdHandle id(OCSP_cert_to_id(digest, certificate, issuer));
        ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
        if (id != nullptr && OCSP_resp_find_status(response, id.get(), &staple.cert_status, &staple.crl_reason,
                                                   &revoked, &from, &until) == 1) {
            staple.revocation_time = time_of(revoked);
            staple.this_update = time_of(from);
            staple.next_update = time_of(until);
            const int wrong = has_clock ? check_times(from, until) : X509_V_OK;
            return wrong != X509_V_OK ? wrong : result_of(staple);
        }
    }
    staple.cert_status = V_OCSP_CERTSTATUS_UNKNOWN;
    return X509_V_ERR_OCSP_CERT_UNKNOWN;
}

int check(SSL* ssl, OCSP_RESPONSE* response, bool has_clock, Staple& staple) noexcept
{
    const OcspBasicHandle basic(OCSP_response_get1_basic(response));
    STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl);
    if (basic == nullptr || sk_X509_num(chain) < 1) {
        return X509_V_ERR_OCSP_VERIFY_FAILED;
    }
    // The signer must be the issuer, or somebody whom that certified to be one: the chain is only where to find it.
    X509_STORE* store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
    if (OCSP_basic_verify(basic.get(), chain, store, 0) != 1) {
        return X509_V_ERR_OCSP_VERIFY_FAILED;
    }
    const X509* certificate = sk_X509_value(chain, 0);
    const X509* issuer = sk_X509_value(chain, sk_X509_num(chain) > 1 ? 1 : 0);
    return find(basic.get(), certificate, issuer, has_clock, staple);
}

} // namespace

int check_staple(SSL* ssl, const Settings& settings, Staple& staple) noexcept
{
    staple = {};
    const int without = settings.requires_staple ? X509_V_ERR_OCSP_VERIFY_NEEDED : X509_V_OK;
    const unsigned char* bytes = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes);
    if (bytes == nullptr || size <= 0) {
        return without;
    }
    if (!settings.verifies_certificate) { // nobody to say who may sign it
        return X509_V_OK;
    }
    clear_errors();
    const OcspHandle response(d2i_OCSP_RESPONSE(nullptr, &bytes, size));
    staple.response_status = response != nullptr ? OCSP_response_status(response.get()) : -1;
    const bool says_something = response == nullptr || staple.response_status == OCSP_RESPONSE_STATUS_SUCCESSFUL;
    if (says_something) {
        staple.result = response != nullptr ? check(ssl, response.get(), settings.verifies_time, staple)
                                            : X509_V_ERR_OCSP_VERIFY_FAILED;
    }
    clear_errors();
    return says_something ? staple.result : without;
}

} // namespace llnet::tls
