// SPDX-License-Identifier: MIT
#include "core/tls/callbacks.hpp"

#include "core/sys/file.hpp"
#include "core/tls/handles.hpp"
#include "core/tls/session.hpp"
#include "core/tls/staple.hpp"
#include "core/tls/tickets.hpp"

#include <cstring>
#include <ctime>
#include <new>
#include <utility>

namespace llnet::tls {

namespace {

const Context& context_of(const SSL* ssl) noexcept
{
    return *static_cast<const Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

Session& session_of(const SSL* ssl) noexcept
{
    return *static_cast<Session*>(SSL_get_app_data(ssl));
}

bool is_of_name(int error) noexcept
{
    return error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

bool is_for(const Keypair& keypair, const char* name) noexcept
{
    constexpr unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    return X509_check_host(keypair.chain.front().get(), name, 0, flags, nullptr) == 1;
}

// Keys of each kind may be used side by side.
bool use(SSL* ssl, const Keypair& keypair)
{
    const CertificatesHandle issuers(sk_X509_new_null());
    if (issuers == nullptr) {
        return false;
    }
    for (std::size_t i = 1; i < keypair.chain.size(); ++i) {
        if (X509_up_ref(keypair.chain[i].get()) != 1) {
            return false;
        }
        if (sk_X509_push(issuers.get(), keypair.chain[i].get()) == 0) {
            X509_free(keypair.chain[i].get());
            return false;
        }
    }
    return SSL_use_cert_and_key(ssl, keypair.chain.front().get(), keypair.key.get(), issuers.get(), 1) == 1;
}

// When the full handshake of a server's session was, in seconds since 1970.
std::optional<long long> began(SSL_SESSION* session) noexcept
{
    void* stamp = nullptr;
    std::size_t size = 0;
    long long since = 0;
    if (SSL_SESSION_get0_ticket_appdata(session, &stamp, &size) != 1 || size != sizeof since) {
        return std::nullopt;
    }
    std::memcpy(&since, stamp, size);
    return since;
}

} // namespace

void Callbacks::log_key(const SSL* ssl, const char* line) noexcept
{
    try {
        static_cast<void>(sys::append_line(context_of(ssl).settings().keylog_path.c_str(), std::string(line) + '\n'));
    } catch (const std::bad_alloc&) { // the log lacks a line
    }
}

int Callbacks::verify(int is_good, X509_STORE_CTX* verification) noexcept
{
    constexpr int refused = 0, accepted = 1;
    if (is_good != 0) {
        return accepted;
    }
    const int index = SSL_get_ex_data_X509_STORE_CTX_idx();
    const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(verification, index));
    if (!context_of(ssl).settings().verifies_certificate && !is_of_name(X509_STORE_CTX_get_error(verification))) {
        X509_STORE_CTX_set_error(verification, X509_V_OK);
        return accepted;
    }
    session_of(ssl).note_refusal(X509_STORE_CTX_get_error(verification), X509_STORE_CTX_get_error_depth(verification),
                                 X509_STORE_CTX_get_current_cert(verification));
    return refused;
}

int Callbacks::keep_session(SSL* ssl, SSL_SESSION* session) noexcept
{
    constexpr int without_reference = 0; // keep() takes its own
    session_of(ssl).keep(session);
    return without_reference;
}

int Callbacks::check_staple(SSL* ssl, void*) noexcept
{
    constexpr int refused = 0, accepted = 1;
    Session& session = session_of(ssl);
    const int result = tls::check_staple(ssl, context_of(ssl).settings(), session.staple());
    if (result != X509_V_OK) {
        session.note_refusal(result, 0, SSL_get0_peer_certificate(ssl));
    }
    return result == X509_V_OK ? accepted : refused;
}

int Callbacks::choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* size,
                               const unsigned char* offered, unsigned offered_size, void*) noexcept
{
    const std::string& ours = context_of(ssl).settings().protocol_names;
    unsigned char* found = nullptr;
    const int result = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                                             static_cast<unsigned>(ours.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL; // RFC 7301, 3.2
}

int Callbacks::choose_keypair(SSL* ssl, void*) noexcept
{
    constexpr int failure = 0, success = 1;
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) {
        return success;
    }
    bool has_any = false;
    const bool has_failed = context_of(ssl).settings().any_keypair([&](const Keypair& keypair) {
        if (!is_for(keypair, name)) {
            return false;
        }
        if (!std::exchange(has_any, true)) {
            SSL_certs_clear(ssl);
        }
        return !use(ssl, keypair);
    });
    return has_failed ? failure : success;
}

int Callbacks::staple(SSL* ssl, void*) noexcept
{
    const X509* certificate = SSL_get_certificate(ssl);
    const std::string* staple = nullptr;
    context_of(ssl).settings().any_keypair([&](const Keypair& each) {
        const bool is_used = X509_cmp(each.chain.front().get(), certificate) == 0;
        staple = is_used ? &each.staple : nullptr;
        return is_used;
    });
    if (staple == nullptr || staple->empty()) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    void* copy = OPENSSL_memdup(staple->data(), staple->size());
    if (copy == nullptr) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(staple->size()));
    return SSL_TLSEXT_ERR_OK;
}

int Callbacks::use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                              EVP_MAC_CTX* mac, int encrypts) noexcept
{
    return tls::use_ticket_key(*context_of(ssl).tickets_, name, iv, cipher, mac, encrypts != 0);
}

// A session tells in all its tickets when it began: at the full handshake.
int Callbacks::stamp_session(SSL* ssl, void*) noexcept
{
    SSL_SESSION* session = SSL_get_session(ssl);
    if (!began(session)) {
        const auto now = static_cast<long long>(std::time(nullptr));
        SSL_SESSION_set1_ticket_appdata(session, &now, sizeof now);
    }
    return 1;
}

SSL_TICKET_RETURN Callbacks::check_session(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                                           SSL_TICKET_STATUS status, void*) noexcept
{
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    const std::optional<long long> since = began(session);
    const long long most = context_of(ssl).settings().most_session_age.count();
    if (!since || std::time(nullptr) - *since > most) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    // A client uses a ticket of TLS 1.3 once (RFC 8446, C.4), and gets another only if this one is to be renewed.
    const bool is_used_up = status == SSL_TICKET_SUCCESS_RENEW || SSL_version(ssl) >= TLS1_3_VERSION;
    return is_used_up ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_USE;
}

} // namespace llnet::tls
