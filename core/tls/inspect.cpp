// SPDX-License-Identifier: MIT
#include "core/tls/inspect.hpp"

#include "core/tls/handles.hpp"
#include "core/tls/names.hpp"

#include <array>
#include <new>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace llnet::tls {

namespace {

CertificateHandle peer_of(const Session& session) noexcept
{
    return CertificateHandle(session.is_established() ? SSL_get1_peer_certificate(session.native()) : nullptr);
}

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hexadecimal(const Digest& digest, unsigned size)
{
    constexpr char digits[] = "0123456789abcdef";
    constexpr unsigned nibble = 4;
    constexpr unsigned low = 15;
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        const unsigned byte = digest[i];
        text += digits[byte >> nibble];
        text += digits[byte & low];
    }
    return text;
}

// The digest with which a certificate is bound to a channel: that of its signature, at least SHA-256 (RFC 5929, 4.1).
const EVP_MD* binding_digest(const X509* certificate) noexcept
{
    int digest = NID_undef;
    if (X509_get_signature_info(const_cast<X509*>(certificate), &digest, nullptr, nullptr, nullptr) != 1) {
        return EVP_sha256();
    }
    const EVP_MD* found = digest == NID_md5 || digest == NID_sha1 ? nullptr : EVP_get_digestbynid(digest);
    return found != nullptr ? found : EVP_sha256();
}

} // namespace

bool describe_peer(const Session& session, PeerCertificate& into)
{
    const CertificateHandle peer = peer_of(session);
    Digest digest{};
    unsigned size = 0;
    if (peer == nullptr || X509_digest(peer.get(), EVP_sha256(), digest.data(), &size) != 1) {
        return false;
    }
    into = {text_of(X509_get_subject_name(peer.get())), text_of(X509_get_issuer_name(peer.get())),
            "SHA256:" + hexadecimal(digest, size), time_of(X509_get0_notBefore(peer.get())),
            time_of(X509_get0_notAfter(peer.get()))};
    return true;
}

bool peer_chain(const Session& session, std::string& into)
{
    const CertificateHandle peer = peer_of(session);
    if (peer == nullptr) {
        return false;
    }
    const BioHandle writer(BIO_new(BIO_s_mem()));
    bool is_written = writer != nullptr && PEM_write_bio_X509(writer.get(), peer.get()) == 1;
    const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(session.native());
    for (int i = 0; i < sk_X509_num(sent) && is_written; ++i) {
        X509* certificate = sk_X509_value(sent, i);
        const bool is_peer = i == 0 && X509_cmp(certificate, peer.get()) == 0; // a server does not have it in there
        is_written = is_peer || PEM_write_bio_X509(writer.get(), certificate) == 1;
    }
    if (!is_written) {
        throw std::bad_alloc();
    }
    into = text_in(writer.get());
    return true;
}

bool peer_is_named(const Session& session, std::string_view name)
{
    constexpr unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    const CertificateHandle peer = peer_of(session);
    const std::optional<ServerName> asked = server_name(name);
    if (peer == nullptr || !asked) {
        return false;
    }
    const std::string& text = asked->text;
    return asked->is_address ? X509_check_ip_asc(peer.get(), text.c_str(), 0) == 1
                             : X509_check_host(peer.get(), text.data(), text.size(), flags, nullptr) == 1;
}

bool peer_ocsp_url(const Session& session, std::string& into)
{
    const CertificateHandle peer = peer_of(session);
    STACK_OF(OPENSSL_STRING)* urls = peer != nullptr ? X509_get1_ocsp(peer.get()) : nullptr;
    const bool has_any = sk_OPENSSL_STRING_num(urls) > 0;
    if (has_any) {
        into = sk_OPENSSL_STRING_value(urls, 0);
    }
    X509_email_free(urls);
    return has_any;
}

const char* version(const Session& session) noexcept
{
    return session.is_established() ? SSL_get_version(session.native()) : nullptr;
}

const char* cipher(const Session& session) noexcept
{
    return session.is_established() ? SSL_get_cipher_name(session.native()) : nullptr;
}

int cipher_strength(const Session& session) noexcept
{
    return session.is_established() ? SSL_get_cipher_bits(session.native(), nullptr) : 0;
}

std::string_view protocol(const Session& session) noexcept
{
    const unsigned char* name = nullptr;
    unsigned size = 0;
    if (session.is_established()) {
        SSL_get0_alpn_selected(session.native(), &name, &size);
    }
    return {reinterpret_cast<const char*>(name), size};
}

const char* requested_name(const Session& session) noexcept
{
    return session.is_established() ? SSL_get_servername(session.native(), TLSEXT_NAMETYPE_host_name) : nullptr;
}

bool is_resumed(const Session& session) noexcept
{
    return session.is_established() && SSL_session_reused(session.native()) == 1;
}

bool export_key(const Session& session, std::string_view label, std::string_view context, bool has_context,
                std::span<char> into) noexcept
{
    auto* bytes = reinterpret_cast<unsigned char*>(into.data());
    const auto* context_bytes = reinterpret_cast<const unsigned char*>(context.data());
    const bool is_exported =
        session.is_established() &&
        SSL_export_keying_material(session.native(), bytes, into.size(), label.data(), label.size(), context_bytes,
                                   context.size(), has_context ? 1 : 0) == 1;
    clear_errors();
    return is_exported;
}

bool channel_binding(const Session& session, std::string_view type, std::string& into)
{
    if (type == "tls-exporter") {
        std::array<char, 32> key{};
        // Before TLS 1.3 it is none without the extended master secret.
        const bool is_unique = session.is_established() && (SSL_version(session.native()) >= TLS1_3_VERSION ||
                                                            SSL_get_extms_support(session.native()) == 1);
        if (!is_unique || !export_key(session, "EXPORTER-Channel-Binding", {}, true, key)) {
            return false;
        }
        into.assign(key.begin(), key.end());
        return true;
    }
    if (type != "tls-server-end-point" || !session.is_established()) {
        return false;
    }
    const bool is_client = session.context().role() == Role::client;
    const CertificateHandle peer = peer_of(session);
    const X509* certificate = is_client ? peer.get() : SSL_get_certificate(session.native());
    Digest digest{};
    unsigned size = 0;
    if (certificate == nullptr || X509_digest(certificate, binding_digest(certificate), digest.data(), &size) != 1) {
        return false;
    }
    into.assign(reinterpret_cast<const char*>(digest.data()), size);
    return true;
}

} // namespace llnet::tls
