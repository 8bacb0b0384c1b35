// SPDX-License-Identifier: MIT
// The keys with which a server encrypts session tickets. Included by files of core/tls only.
#pragma once

#include "core/tls/config.hpp"
#include "core/tls/handles.hpp"

#include <openssl/ssl.h>

namespace llnet::tls {

// Those of the program stay as they are. Without any a server makes its own: a new one after half of the lifetime of
// sessions, and the earlier ones decrypt for as long as there may be tickets of theirs.
class Tickets {
public:
    using Clock = std::chrono::steady_clock;

    Tickets(const std::vector<TicketKey>& keys, std::chrono::seconds lifetime);

    // The key that encrypts now; nullptr if there is none and none can be made. Throws std::bad_alloc.
    const TicketKey* newest(Clock::time_point now);
    // The key of a ticket; nullptr if it is unknown or too old.
    [[nodiscard]] const TicketKey* find(const unsigned char* name, Clock::time_point now) const noexcept;
    [[nodiscard]] const EVP_CIPHER* cipher() const noexcept { return cipher_.get(); }
    [[nodiscard]] bool is_newest(const TicketKey& key) const noexcept { return &key == &keys_.front().key; }

private:
    struct Aging {
        TicketKey key;
        Clock::time_point since;
    };

    std::vector<Aging> keys_; // the newest first
    std::chrono::seconds lifetime_;
    bool are_own_;
    CipherHandle cipher_; // fetched once, since a look-up searches all providers under locks
};

// For SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
int use_ticket_key(Tickets& tickets, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                   bool encrypts) noexcept;

} // namespace llnet::tls
