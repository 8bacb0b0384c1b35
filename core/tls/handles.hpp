// SPDX-License-Identifier: MIT
// OpenSSL's objects, each with its owner. Included by files of core/tls, and by programs that use OpenSSL beside it.
#pragma once

#include <ctime>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string>

namespace llnet::tls {

template <auto release>
struct Releaser {
    template <class T>
    void operator()(T* object) const noexcept
    {
        release(object);
    }
};

template <class T, auto release>
using Handle = std::unique_ptr<T, Releaser<release>>;

using BioHandle = Handle<BIO, BIO_free>;
using CipherHandle = Handle<EVP_CIPHER, EVP_CIPHER_free>;
using ContextHandle = Handle<SSL_CTX, SSL_CTX_free>;
using CertificateHandle = Handle<X509, X509_free>;
using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using SessionHandle = Handle<SSL_SESSION, SSL_SESSION_free>;
using OcspHandle = Handle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using OcspBasicHandle = Handle<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using OcspIdHandle = Handle<OCSP_CERTID, OCSP_CERTID_free>;

inline void free_certificates(STACK_OF(X509) * certificates) noexcept
{
    sk_X509_pop_free(certificates, X509_free);
}

using CertificatesHandle = Handle<STACK_OF(X509), free_certificates>;

// What was written to a BIO_s_mem(). Throws std::bad_alloc.
inline std::string text_in(BIO* writer)
{
    char* text = nullptr;
    const long size = BIO_get_mem_data(writer, &text);
    return {text, static_cast<std::size_t>(size)};
}

// Seconds since 1970; -1 if it is none.
inline std::time_t time_of(const ASN1_TIME* time) noexcept
{
    std::tm fields{};
    return time != nullptr && ASN1_TIME_to_tm(time, &fields) == 1 ? timegm(&fields) : -1;
}

} // namespace llnet::tls
