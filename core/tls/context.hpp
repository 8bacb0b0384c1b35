// SPDX-License-Identifier: MIT
#pragma once

#include "core/tls/config.hpp"

namespace llnet::tls {

enum class Role : std::uint8_t { client, server };

class Tickets;

// What the connections of a client or a server have in common. It never changes: to replace a certificate, make another
// one for the connections that come.
class Context {
public:
    // `detail`: what the error does not say. Throws std::bad_alloc.
    static Outcome<> make(const Settings& settings, Role role, std::shared_ptr<const Context>& into,
                          std::string& detail);

    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context();

    [[nodiscard]] Role role() const noexcept { return role_; }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] ssl_ctx_st* native() const noexcept { return native_; }
    // Of all that the verification of peers depends on: a session is resumed only where that is the same.
    [[nodiscard]] const std::string& digest_of_trust() const noexcept { return digest_of_trust_; }

private:
    Context(const Settings& settings, Role role);

    Settings settings_;
    std::string digest_of_trust_;
    Role role_;
    mutable std::unique_ptr<Tickets> tickets_; // of a server; they age
    ssl_ctx_st* native_;

    using Problem = std::optional<Failure>;

    [[nodiscard]] Problem check_role() const;
    Problem set_up();
    void set_protocols() noexcept;
    Problem set_algorithms();
    Problem set_keypair();
    Problem set_trust();
    void set_verification() noexcept;
    void set_client();
    void set_server();
    void set_sessions();

    friend struct Callbacks;
};

} // namespace llnet::tls
