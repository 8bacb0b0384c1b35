// SPDX-License-Identifier: MIT
#include "core/tls/tickets.hpp"

#include <algorithm>
#include <new>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

namespace llnet::tls {

namespace {

// Of the 48 bytes of a key.
constexpr std::size_t cipher_bytes = 32; // AES-256-CBC
constexpr std::size_t mac_bytes = 16;    // HMAC-SHA256
constexpr int iv_bytes = 16;             // of the cipher
static_assert(cipher_bytes + mac_bytes == TicketKey::size);

bool make_key(TicketKey& key) noexcept
{
    return RAND_bytes(key.secret.data(), static_cast<int>(key.secret.size())) == 1 &&
           RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1;
}

bool set_mac_key(EVP_MAC_CTX* mac, const TicketKey& key) noexcept
{
    auto* bytes = const_cast<unsigned char*>(key.secret.data()) + cipher_bytes;
    char digest[] = "sha256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, bytes, mac_bytes),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

} // namespace

Tickets::Tickets(const std::vector<TicketKey>& keys, std::chrono::seconds lifetime)
    : lifetime_(lifetime), are_own_(keys.empty()), cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr))
{
    for (const TicketKey& key : keys) {
        keys_.push_back({key, Clock::now()});
    }
}

const TicketKey* Tickets::newest(Clock::time_point now)
{
    if (are_own_ && (keys_.empty() || now - keys_.front().since >= lifetime_ / 2)) {
        Aging made{{}, now};
        if (!make_key(made.key)) {
            return nullptr;
        }
        std::erase_if(keys_, [&](const Aging& each) { return now - each.since >= 2 * lifetime_; });
        keys_.insert(keys_.begin(), made);
    }
    return &keys_.front().key;
}

const TicketKey* Tickets::find(const unsigned char* name, Clock::time_point now) const noexcept
{
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Aging& each) {
        return std::equal(each.key.name.begin(), each.key.name.end(), name);
    });
    const bool is_good = found != keys_.end() && !(are_own_ && now - found->since >= 2 * lifetime_);
    return is_good ? &found->key : nullptr;
}

int use_ticket_key(Tickets& tickets, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                   bool encrypts) noexcept
{
    constexpr int failure = -1, unknown = 0, good = 1, good_but_renew = 2;
    const auto now = Tickets::Clock::now();
    const TicketKey* key = nullptr;
    try {
        key = encrypts ? tickets.newest(now) : tickets.find(name, now);
    } catch (const std::bad_alloc&) {
        return failure;
    }
    if (key == nullptr) {
        return encrypts ? failure : unknown;
    }
    if (encrypts) {
        std::copy(key->name.begin(), key->name.end(), name);
        if (RAND_bytes(iv, iv_bytes) != 1) {
            return failure;
        }
    }
    if (EVP_CipherInit_ex(cipher, tickets.cipher(), nullptr, key->secret.data(), iv, encrypts ? 1 : 0) != 1 ||
        !set_mac_key(mac, *key)) {
        return failure;
    }
    return encrypts || tickets.is_newest(*key) ? good : good_but_renew;
}

} // namespace llnet::tls
