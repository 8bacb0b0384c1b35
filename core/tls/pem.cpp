// SPDX-License-Identifier: MIT
#include "core/tls/pem.hpp"

#include "core/sys/file.hpp"
#include "core/tls/handles.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <new>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace llnet::tls {

namespace {

BioHandle reader_of(std::string_view text)
{
    const std::size_t size = std::min<std::size_t>(text.size(), INT_MAX);
    BioHandle reader(BIO_new_mem_buf(text.data() != nullptr ? text.data() : "", static_cast<int>(size)));
    if (reader == nullptr) {
        throw std::bad_alloc();
    }
    return reader;
}

// Whether reading stopped because nothing more is there.
bool is_at_end() noexcept
{
    const unsigned long entry = ERR_peek_last_error();
    return ERR_GET_LIB(entry) == ERR_LIB_PEM && ERR_GET_REASON(entry) == PEM_R_NO_START_LINE;
}

// Something is there that cannot be read.
Failure damage(const char* op)
{
    Failure failure = take_failure(tls_config, op);
    failure.detail = failure.detail.empty() ? "damaged" : "damaged: " + failure.detail;
    return failure;
}

// Reads all objects of one kind. `none`: what is wrong if there is none.
template <class T, class Read, class Free>
Problem read_all(std::string_view pem, const char* op, Read read, Free free, const char* none,
                 std::vector<std::shared_ptr<T>>& into)
{
    clear_errors();
    const BioHandle reader = reader_of(pem);
    std::vector<std::shared_ptr<T>> found;
    while (T* object = read(reader.get())) {
        found.emplace_back(object, free);
    }
    if (!is_at_end()) {
        return damage(op);
    }
    clear_errors();
    if (found.empty()) {
        return Failure{tls_error(tls_config, op), none};
    }
    into.insert(into.end(), found.begin(), found.end());
    return std::nullopt;
}

// For PEM_read_bio_PrivateKey(3): never asks at the terminal.
int give_passphrase(char* room, int size, int, void* passphrase) noexcept
{
    const auto& text = *static_cast<const std::string_view*>(passphrase);
    if (text.empty() || text.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::memcpy(room, text.data(), text.size());
    return static_cast<int>(text.size());
}

} // namespace

Problem read_certificates(std::string_view pem, const char* op, std::vector<Certificate>& into)
{
    const auto read = [](BIO* reader) { return PEM_read_bio_X509(reader, nullptr, nullptr, nullptr); };
    return read_all<X509>(pem, op, read, X509_free, "no certificate in it", into);
}

Problem read_crls(std::string_view pem, const char* op, std::vector<Crl>& into)
{
    const auto read = [](BIO* reader) { return PEM_read_bio_X509_CRL(reader, nullptr, nullptr, nullptr); };
    return read_all<X509_CRL>(pem, op, read, X509_CRL_free, "no revocation list in it", into);
}

Problem read_key(std::string_view pem, std::string_view passphrase, const char* op, Key& into)
{
    clear_errors();
    const BioHandle reader = reader_of(pem);
    KeyHandle key(PEM_read_bio_PrivateKey(reader.get(), nullptr, give_passphrase, &passphrase));
    if (key != nullptr) {
        into = std::move(key);
        return std::nullopt;
    }
    if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
        clear_errors();
        return Failure{tls_error(tls_config, op), "no private key in it"};
    }
    Failure failure = damage(op);
    const bool is_encrypted = pem.find("ENCRYPTED") != std::string_view::npos;
    if (is_encrypted && failure.error.kind == ErrorKind::tls) {
        failure.detail = passphrase.empty() ? "the key is encrypted: give its passphrase" : "the passphrase is wrong";
    }
    return failure;
}

Problem check_staple(std::string_view der, const char* op)
{
    clear_errors();
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const OcspHandle response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
    clear_errors();
    if (response == nullptr) {
        return Failure{tls_error(tls_config, op), "no OCSP response (DER)"};
    }
    return std::nullopt;
}

Problem check_key(const Certificate& certificate, const Key& key, const char* op)
{
    clear_errors();
    if (X509_check_private_key(certificate.get(), key.get()) == 1) {
        return std::nullopt;
    }
    clear_errors();
    return Failure{tls_error(tls_config, op), "the key does not belong to the certificate"};
}

std::string default_ca_cert_file()
{
    const char* named = std::getenv(X509_get_default_cert_file_env());
    const std::array<const char*, 4> usual{named, X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
                                           "/etc/ssl/cert.pem"};
    for (const char* path : usual) {
        if (path != nullptr && sys::can_read(path)) {
            return path;
        }
    }
    return X509_get_default_cert_file();
}

Outcome<> load_file(const char* path, std::string_view passphrase, std::string& pem, std::string& detail)
{
    constexpr const char* op = "load_file";
    Secret secret;
    if (const sys::Result<> read = sys::read_file(path, most_of_file, secret.text); !read.ok()) {
        detail = path;
        return failed(read.error, op);
    }
    if (passphrase.empty()) {
        pem = secret.text;
        return done();
    }
    Key key;
    if (Problem problem = read_key(secret.text, passphrase, op, key)) {
        detail = path + (": " + problem->detail);
        return failed(problem->error);
    }
    const BioHandle writer(BIO_new(BIO_s_mem()));
    if (writer == nullptr ||
        PEM_write_bio_PrivateKey(writer.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        throw std::bad_alloc();
    }
    pem = text_in(writer.get());
    return done();
}

} // namespace llnet::tls
