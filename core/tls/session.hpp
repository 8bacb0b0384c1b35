// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/system.hpp"
#include "core/tls/context.hpp"
#include "core/tls/staple.hpp"
#include "core/tls/wire.hpp"

#include <span>

namespace llnet::tls {

// What a call that did not finish waits for. `turn`: for the socket to be readable, which it is if there is more: some
// peers send without end what is no data, such as changes of keys, and others should get their turn meanwhile.
enum class Wants : std::uint8_t { nothing, read, write, turn };

// How a call ended: `again` says with `wants` when to make it again.
struct Step {
    Outcome<std::size_t> outcome;
    Wants wants = Wants::nothing;
};

// One end of a connection. Its calls never block; they take the socket's system and descriptor each time. One that
// failed is of no more use: what comes after says the same. It must stay where it is.
class Session {
public:
    // What is needed beside the context: a client's `servername`, a host name or an IP address, is asked for (SNI) and
    // checked against the certificate. `resumption`: of an earlier connection to the same server.
    struct Options {
        std::string_view servername;
        Resumption resumption;
    };

    static constexpr std::size_t most_at_once = 16384; // bytes of a record (RFC 8446, 5.1)

    Session() noexcept = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    // To be called first. Throws std::bad_alloc.
    Outcome<> open(std::shared_ptr<const Context> context, const Options& options);

    // Bytes of the peer that were received before the handshake. Throws std::bad_alloc.
    void feed(std::string_view bytes) { wire_.feed(bytes); }

    Step handshake(const sys::System& system, int fd) noexcept;
    // What there is, up to the room. `end`: the peer has said that nothing more comes.
    Step read(const sys::System& system, int fd, std::span<char> room) noexcept;
    // Some of the bytes. What it counts is on its way: the rest of that goes out with what is called next.
    Step write(const sys::System& system, int fd, std::string_view bytes) noexcept;
    // Some bytes of a file from `offset` on; none at its end. Nothing is read while earlier bytes are on their way.
    Step write_file(const sys::System& system, int fd, int file, off_t offset, std::size_t size) noexcept;
    // Sends what is still on its way.
    Step flush(const sys::System& system, int fd) noexcept;
    // Says that nothing more comes, once, and sends that.
    Step close(const sys::System& system, int fd) noexcept;
    // Gives the memory of the engine back. Nothing but resumption(), staple() and detail() tells anything from now on.
    void release() noexcept;

    // The program has shut the socket for reading: that it ends is no truncation then.
    void end_input() noexcept { wire_.end_input(); }

    // Whether read() has something without the socket.
    [[nodiscard]] bool has_input() const noexcept;
    // Whether something is on its way yet.
    [[nodiscard]] bool has_output() const noexcept { return wire_.has_output(); }
    [[nodiscard]] bool is_established() const noexcept { return state_ == State::established; }
    [[nodiscard]] bool is_released() const noexcept { return state_ == State::released; }
    [[nodiscard]] const Context& context() const noexcept { return *context_; }
    [[nodiscard]] const std::string& servername() const noexcept { return servername_; }
    // What the error of the last call does not say.
    [[nodiscard]] const std::string& detail() const noexcept { return failure_.detail; }
    [[nodiscard]] SSL* native() const noexcept { return ssl_; }
    // For later connections to the same server; empty until the server gave one.
    [[nodiscard]] const Resumption& resumption() const noexcept { return resumption_; }
    // Tickets wait to be sent, which must not be later than the next wait.
    [[nodiscard]] bool has_held() const noexcept { return wire_.is_held(); }
    [[nodiscard]] Staple& staple() noexcept { return staple_; }

    // For callbacks.
    void note_refusal(int result, int depth, const X509* certificate) noexcept;
    void keep(SSL_SESSION* session) noexcept;

private:
    enum class State : std::uint8_t { unopened, handshaking, established, failed, released };

    // Why a certificate was refused.
    struct Refusal {
        int result = 0; // X509_V_*
        int depth = 0;
        std::string subject;
        std::string issuer;
    };

    std::shared_ptr<const Context> context_;
    SSL* ssl_ = nullptr;
    Wire wire_;
    State state_ = State::unopened;
    bool has_closed_ = false;
    int alert_sent_ = -1;
    std::string servername_;
    Refusal refusal_;
    Failure failure_;
    Resumption resumption_;
    Staple staple_;

    Outcome<> set_name(std::string_view servername);
    void load_session();
    void store_session(const SSL_SESSION* session) noexcept;
    void attach(const sys::System& system, int fd) noexcept;
    Step finish_handshake() noexcept;
    void keep_renewed() noexcept;
    Step wait_to_read() noexcept;
    Step fail(const char* op, int result) noexcept;
    Step fail_with(Error error, std::string detail) noexcept;
    void send_answers() noexcept;
    [[nodiscard]] Step failed_before(const char* op) const noexcept;
    [[nodiscard]] bool is_usable(const char* op, Step& step) noexcept;
    [[nodiscard]] bool is_writable(const sys::System& system, int fd, const char* op, Step& step) noexcept;
    [[nodiscard]] Failure failure_of(const char* op, int reason);
    [[nodiscard]] std::string with_alert(std::string detail) const;

    static void note_alert(const SSL* ssl, int where, int value) noexcept;
};

} // namespace llnet::tls
