// SPDX-License-Identifier: MIT
// What programs ask of TLS, before a context is made of it. The names are those of tls_config_*(3) of libtls.
#pragma once

#include "core/sys/file.hpp"
#include "core/tls/failure.hpp"
#include "core/tls/openssl.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llnet::tls {

using Certificate = std::shared_ptr<x509_st>;
using Crl = std::shared_ptr<X509_crl_st>;
using Key = std::shared_ptr<evp_pkey_st>;
using Resumption = std::shared_ptr<ssl_session_st>;

// Versions, as bits.
enum Protocols : unsigned {
    tls_1_0 = 1U << 1U,
    tls_1_1 = 1U << 2U,
    tls_1_2 = 1U << 3U,
    tls_1_3 = 1U << 4U,
    default_protocols = tls_1_2 | tls_1_3,
    all_protocols = tls_1_0 | tls_1_1 | default_protocols,
};

// Of TLS 1.2, unless others are set.
inline constexpr const char* usual_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:!aNULL:!PSK";

// The protocols of a list such as "tlsv1.2,tlsv1.3", "default" or "all,!tlsv1.0"; nullopt if it is none.
std::optional<unsigned> parse_protocols(std::string_view list) noexcept;

// Whom a server asks for a certificate.
enum class ClientCertificate : std::uint8_t { ignored, optional, required };

struct Keypair {
    std::vector<Certificate> chain; // the first is its own
    Key key;
    std::string staple; // an OCSP response, DER
};

// Encrypts session tickets.
struct TicketKey {
    static constexpr std::size_t size = 48;

    std::uint32_t revision = 0;
    std::array<unsigned char, size> secret{};
    std::array<unsigned char, 16> name{}; // which tickets show

    TicketKey() = default;
    TicketKey(const TicketKey&) = default;
    TicketKey(TicketKey&&) noexcept = default;
    TicketKey& operator=(const TicketKey&) = default;
    TicketKey& operator=(TicketKey&&) noexcept = default;
    ~TicketKey(); // wipes it
};

// The values, for a context to be made of.
struct Settings {
    static constexpr std::chrono::seconds week = std::chrono::weeks(1);

    // Calls visit(keypair) for each that is not empty, until one gives true: whether one did.
    template <class Visit>
    bool any_keypair(Visit visit) const
    {
        const auto has = [&](const Keypair& each) { return !each.chain.empty() && visit(each); };
        return has(keypair) || std::any_of(more_keypairs.begin(), more_keypairs.end(), has);
    }

    Keypair keypair;                    // perhaps empty
    std::vector<Keypair> more_keypairs; // of a server
    std::vector<Certificate> authorities;
    std::string authorities_path; // a directory with hashed names
    std::vector<Crl> crls;
    std::string ciphers; // of TLS 1.2 and before
    std::string suites;  // of TLS 1.3; empty: the usual ones
    std::string groups;
    std::string protocol_names; // ALPN, as on the wire
    std::string session_id;
    std::string keylog_path;
    std::vector<TicketKey> ticket_keys; // the newest first
    std::chrono::seconds session_lifetime = std::chrono::seconds::zero();
    std::chrono::seconds most_session_age = week; // however often it is resumed (RFC 8446, 4.6.1)
    unsigned protocols = default_protocols;
    int session_fd = -1;
    sys::FileIdentity session_file;
    int verify_depth = 6;
    int dhe = 0; // as SSL_CTX_set_dh_auto(3)
    ClientCertificate client_certificate = ClientCertificate::ignored;
    bool prefers_client_ciphers = false;
    bool verifies_certificate = true;
    bool verifies_name = true;
    bool verifies_time = true;
    bool requires_staple = false;
};

// Each setter checks what it is given: when it fails nothing has changed, and detail() says more. They throw
// std::bad_alloc.
class Config {
public:
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
    // Another number after each change.
    [[nodiscard]] int version() const noexcept { return version_; }

    // PEM, with one certificate, list or key at least.
    Outcome<> set_ca(std::string_view pem);
    Outcome<> set_ca_file(const char* path);
    Outcome<> set_ca_path(const char* path);
    Outcome<> set_crl(std::string_view pem);
    Outcome<> set_crl_file(const char* path);
    // The certificate, and those of its issuers behind it.
    Outcome<> set_cert(std::string_view pem);
    Outcome<> set_cert_file(const char* path);
    Outcome<> set_key(std::string_view pem, std::string_view passphrase);
    Outcome<> set_key_file(const char* path, std::string_view passphrase);
    Outcome<> set_ocsp_staple(std::string_view der);
    Outcome<> set_ocsp_staple_file(const char* path);

    // A certificate with its key and perhaps a staple. The first is that of the setters above; a server takes one of
    // the others if it fits the name that a client asks for.
    struct KeypairText {
        std::string_view cert;
        std::string_view key;
        std::string_view staple;
        std::string_view passphrase;
    };
    Outcome<> set_keypair(const KeypairText& text);
    Outcome<> add_keypair(const KeypairText& text);
    struct KeypairPaths {
        const char* cert;
        const char* key;
        const char* staple; // or nullptr
        std::string_view passphrase;
    };
    Outcome<> set_keypair_file(const KeypairPaths& paths);
    Outcome<> add_keypair_file(const KeypairPaths& paths);
    // Forgets all keys, which contexts that were made before keep.
    void clear_keys() noexcept;

    // "secure" or "default", "compat", "legacy", "insecure" or "all"; or names as in openssl-ciphers(1), among which
    // those that begin with "TLS_" are suites of TLS 1.3.
    Outcome<> set_ciphers(std::string_view names);
    // Such as "X25519:P-256"; "default" or "auto".
    Outcome<> set_ecdhecurves(std::string_view names);
    Outcome<> set_dheparams(std::string_view name); // "none", "auto" or "legacy"
    Outcome<> set_alpn(std::string_view names);     // such as "h2,http/1.1", the best first
    Outcome<> set_protocols(unsigned protocols);

    // A file in which a client keeps its session from one connection to the next; -1: none.
    Outcome<> set_session_fd(int fd);
    Outcome<> set_session_id(std::string_view id);
    Outcome<> set_session_lifetime(std::chrono::seconds lifetime); // 0: no sessions
    Outcome<> add_ticket_key(std::uint32_t revision, std::string_view secret);
    Outcome<> set_verify_depth(int depth);
    Outcome<> set_keylog_file(const char* path);

    void verify() noexcept;
    void verify_client(ClientCertificate wanted) noexcept { change().client_certificate = wanted; }
    void prefer_ciphers_of_client(bool yes) noexcept { change().prefers_client_ciphers = yes; }
    void insecure_noverifycert() noexcept { change().verifies_certificate = false; }
    void insecure_noverifyname() noexcept { change().verifies_name = false; }
    void insecure_noverifytime() noexcept { change().verifies_time = false; }
    void require_staple() noexcept { change().requires_staple = true; }

private:
    Settings settings_;
    std::string detail_;
    int version_ = 0;

    // The settings, which are about to change.
    Settings& change() noexcept
    {
        ++version_;
        return settings_;
    }

    Outcome<> refuse(const char* op, std::string detail);
    Outcome<> fail(Failure failure);
    Outcome<> told(std::optional<Failure> problem);
    template <class Set>
    Outcome<> with_file(const char* path, const char* op, Set set);
    template <class Make>
    Outcome<> take_keypair(bool is_another, Make make);
    Outcome<> make_keypair(const KeypairText& text, const char* op, Keypair& into);
    Outcome<> read_keypair(const KeypairPaths& paths, const char* op, Keypair& into);
};

// The file of trusted certificates that contexts without authorities of their own use, or would if it were there.
std::string default_ca_cert_file();

// A PEM file; a key in it that is encrypted is decrypted. Throws std::bad_alloc.
Outcome<> load_file(const char* path, std::string_view passphrase, std::string& pem, std::string& detail);

} // namespace llnet::tls
