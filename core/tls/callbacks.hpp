// SPDX-License-Identifier: MIT
// What OpenSSL calls during handshakes. Included by files of core/tls only.
#pragma once

#include "core/tls/context.hpp"

#include <openssl/ssl.h>

namespace llnet::tls {

struct Callbacks {
    static void log_key(const SSL* ssl, const char* line) noexcept;
    static int verify(int is_good, X509_STORE_CTX* verification) noexcept;

    // Of clients.
    static int keep_session(SSL* ssl, SSL_SESSION* session) noexcept;
    static int check_staple(SSL* ssl, void*) noexcept;

    // Of servers.
    static int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* size,
                               const unsigned char* offered, unsigned offered_size, void*) noexcept;
    static int choose_keypair(SSL* ssl, void*) noexcept;
    static int staple(SSL* ssl, void*) noexcept;
    static int stamp_session(SSL* ssl, void*) noexcept;
    static SSL_TICKET_RETURN check_session(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                                           SSL_TICKET_STATUS status, void*) noexcept;
    static int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                              EVP_MAC_CTX* mac, int encrypts) noexcept;
};

} // namespace llnet::tls
