// SPDX-License-Identifier: MIT
#include "tests/unit/tls/identity.hpp"

#include "core/tls/handles.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace llnet::test {

namespace {

constexpr long hour = 3600;

void add_name(X509* certificate)
{
    using ExtensionHandle = tls::Handle<X509_EXTENSION, X509_EXTENSION_free>;
    const ExtensionHandle names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"));
    X509_add_ext(certificate, names.get(), -1);
}

Identity make_identity()
{
    const tls::KeyHandle key(EVP_EC_gen("P-256"));
    const tls::CertificateHandle certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -hour);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), hour);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key.get());
    add_name(certificate.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const tls::BioHandle certificate_text(BIO_new(BIO_s_mem()));
    const tls::BioHandle key_text(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(certificate_text.get(), certificate.get());
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {tls::text_in(certificate_text.get()), tls::text_in(key_text.get())};
}

} // namespace

const Identity& identity()
{
    static const Identity made = make_identity();
    return made;
}

tls::Settings trusting()
{
    tls::Config config;
    EXPECT_TRUE(config.set_ca(identity().certificate).done()) << config.detail();
    return config.settings();
}

tls::Settings proving()
{
    tls::Config config;
    EXPECT_TRUE(config.set_keypair({identity().certificate, identity().key, {}, {}}).done()) << config.detail();
    return config.settings();
}

} // namespace llnet::test
