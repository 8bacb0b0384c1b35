// SPDX-License-Identifier: MIT
#include "core/tls/session.hpp"

#include "core/tls/callbacks.hpp"
#include "core/tls/handles.hpp"
#include "core/tls/names.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace llnet::tls {

namespace {

Step done_with(std::size_t count) noexcept
{
    return {done(count), Wants::nothing};
}

Step wait_for(Wants wants, const char* op) noexcept
{
    return {again_or_failed<std::size_t>(EAGAIN, op), wants};
}

bool has_reason(unsigned long entry, int reason) noexcept
{
    return ERR_GET_LIB(entry) == ERR_LIB_SSL && ERR_GET_REASON(entry) == reason;
}

} // namespace

Session::~Session()
{
    SSL_free(ssl_);
}

Outcome<> Session::open(std::shared_ptr<const Context> context, const Options& options)
{
    const bool is_client = context->role() == Role::client;
    clear_errors();
    context_ = std::move(context);
    ssl_ = SSL_new(context_->native());
    BIO* bio = ssl_ != nullptr ? wire_.new_bio(ssl_) : nullptr;
    if (bio == nullptr) {
        clear_errors();
        throw std::bad_alloc();
    }
    SSL_set_bio(ssl_, bio, bio);
    SSL_set_app_data(ssl_, this);
    SSL_set_info_callback(ssl_, note_alert);
    state_ = State::handshaking;
    if (!is_client) {
        SSL_set_accept_state(ssl_);
        return done();
    }
    SSL_set_connect_state(ssl_);
    const Outcome<> named = set_name(options.servername);
    if (named.done()) {
        resumption_ = options.resumption;
        load_session();
    }
    return named;
}

Outcome<> Session::set_name(std::string_view servername)
{
    constexpr const char* op = "servername";
    const bool is_verified = context_->settings().verifies_name;
    if (servername.empty()) {
        return is_verified ? failed(tls_error(tls_no_name, op)) : done();
    }
    const std::optional<ServerName> name = server_name(servername);
    if (!name) {
        const bool is_ascii = std::all_of(servername.begin(), servername.end(), [](char c) { return (c & 0x80) == 0; });
        failure_.detail = "neither a host name nor an IP address";
        failure_.detail += is_ascii ? "" : ": of an internationalised name its A-labels are expected (xn--...)";
        return failed(tls_error(tls_config, op));
    }
    servername_ = name->text;
    const bool is_set =
        name->is_address ? !is_verified || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), name->text.c_str()) == 1
                         : SSL_set_tlsext_host_name(ssl_, name->text.c_str()) == 1 &&
                               (!is_verified || SSL_set1_host(ssl_, name->text.c_str()) == 1);
    if (!is_set) {
        throw std::bad_alloc();
    }
    return done();
}

void Session::note_alert(const SSL* ssl, int where, int value) noexcept
{
    constexpr int low_byte = 0xff;
    if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT) {
        static_cast<Session*>(SSL_get_app_data(ssl))->alert_sent_ = value & low_byte;
    }
}

void Session::note_refusal(int result, int depth, const X509* certificate) noexcept
{
    try {
        refusal_ = {result, depth, {}, {}};
        if (certificate != nullptr) {
            refusal_.subject = text_of(X509_get_subject_name(certificate));
            refusal_.issuer = text_of(X509_get_issuer_name(certificate));
        }
    } catch (const std::bad_alloc&) { // the names are missing then
    }
}

void Session::attach(const sys::System& system, int fd) noexcept
{
    wire_.attach(system, fd);
    clear_errors();
}

Step Session::failed_before(const char* op) const noexcept
{
    return {failed<std::size_t>(Error{failure_.error.kind, failure_.error.code, op}), Wants::nothing};
}

// Whether the handshake has succeeded; else `step` says what is wrong.
bool Session::is_usable(const char* op, Step& step) noexcept
{
    if (state_ == State::failed) {
        step = failed_before(op);
    } else if (state_ != State::established) {
        step = {failed<std::size_t>(ENOTCONN, op), Wants::nothing};
    }
    return state_ == State::established;
}

Step Session::handshake(const sys::System& system, int fd) noexcept
{
    if (state_ == State::failed) {
        return failed_before("handshake");
    }
    if (state_ == State::unopened || state_ == State::released) {
        return {failed<std::size_t>(ENOTCONN, "handshake"), Wants::nothing};
    }
    attach(system, fd);
    wire_.hold(true);
    const int result = SSL_do_handshake(ssl_);
    wire_.hold(false);
    if (result == 1) {
        return finish_handshake();
    }
    return SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ ? wait_to_read() : fail("handshake", result);
}

// The engine needs more of the peer, who may need more of us first.
Step Session::wait_to_read() noexcept
{
    const int error = wire_.flush();
    if (error == EAGAIN) {
        return wait_for(Wants::write, "handshake");
    }
    return error == 0 ? wait_for(Wants::read, "handshake") : fail_with(system_error(error, "handshake"), {});
}

Step Session::finish_handshake() noexcept
{
    const long result = SSL_get_verify_result(ssl_);
    if (SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE && result != X509_V_OK) { // of a session that is resumed
        return fail_with(tls_error(static_cast<int>(result), "handshake"), {});
    }
    // Tickets, which no client waits for, go with what the server says first.
    const bool has_tickets_only = context_->role() == Role::server && SSL_version(ssl_) >= TLS1_3_VERSION;
    const int error = has_tickets_only ? 0 : wire_.flush();
    if (error == EAGAIN) {
        return wait_for(Wants::write, "handshake");
    }
    if (error != 0) {
        return fail_with(system_error(error, "handshake"), {});
    }
    state_ = State::established;
    keep_renewed();
    return done_with(0);
}

// What the peer waits for. What is wrong is told when something is written.
void Session::send_answers() noexcept
{
    if (!wire_.is_held()) {
        static_cast<void>(wire_.flush());
    }
}

Step Session::read(const sys::System& system, int fd, std::span<char> room) noexcept
{
    Step step;
    if (!is_usable("recv", step)) {
        return step;
    }
    attach(system, fd);
    send_answers();
    wire_.limit(room.size() + most_at_once);
    std::size_t total = 0;
    int result = 1;
    do {
        std::size_t count = 0;
        result = room.empty() ? 1 : SSL_read_ex(ssl_, room.data() + total, room.size() - total, &count);
        total += count;
    } while (result == 1 && total < room.size() && has_input());
    const int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_, result);
    if (total > 0) {
        send_answers();
    } else {
        static_cast<void>(wire_.flush());
    }
    const bool is_at_end = error == SSL_ERROR_ZERO_RETURN || (error == SSL_ERROR_WANT_READ && wire_.is_at_end());
    if (error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ || is_at_end) {
        step = is_at_end ? Step{end_of_stream<std::size_t>(), Wants::nothing}
                         : wait_for(wire_.is_at_limit() ? Wants::turn : Wants::read, "recv");
    } else {
        step = fail("recv", result);
    }
    return total > 0 || error == SSL_ERROR_NONE ? done_with(total) : step;
}

bool Session::has_input() const noexcept
{
    return state_ == State::failed || wire_.has_input() ||
           (ssl_ != nullptr && (SSL_has_pending(ssl_) == 1 || (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0));
}

Step Session::flush(const sys::System& system, int fd) noexcept
{
    wire_.attach(system, fd);
    const int error = wire_.flush();
    if (error == 0) {
        return done_with(0);
    }
    return error == EAGAIN ? wait_for(Wants::write, "send") : Step{failed<std::size_t>(error, "send"), Wants::nothing};
}

// Whether the socket takes more, after all that was on its way; else `step` says why not.
bool Session::is_writable(const sys::System& system, int fd, const char* op, Step& step) noexcept
{
    if (!is_usable(op, step)) {
        return false;
    }
    if (has_closed_) {
        step = {failed<std::size_t>(EPIPE, op), Wants::nothing};
        return false;
    }
    attach(system, fd);
    step = wire_.is_held() ? done_with(0) : flush(system, fd);
    return step.outcome.done();
}

Step Session::write(const sys::System& system, int fd, std::string_view bytes) noexcept
{
    Step step;
    if (!is_writable(system, fd, "send", step) || bytes.empty()) {
        return step;
    }
    std::size_t count = 0;
    const int result = SSL_write_ex(ssl_, bytes.data(), std::min(bytes.size(), most_at_once), &count);
    if (result != 1) {
        return fail("send", result);
    }
    step = flush(system, fd);
    return step.outcome.status == Status::failed ? step : done_with(count);
}

Step Session::write_file(const sys::System& system, int fd, int file, off_t offset, std::size_t size) noexcept
{
    Step step;
    if (!is_writable(system, fd, "sendfile", step)) {
        return step;
    }
    if (wire_.is_encrypted_by_kernel()) {
        const sys::Result<ssize_t> sent = system.send_file(fd, file, offset, size);
        return sent.ok() ? done_with(static_cast<std::size_t>(sent.value))
                         : Step{again_or_failed<std::size_t>(sent.error, "sendfile"), Wants::write};
    }
    std::array<char, most_at_once> part;
    const sys::Result<ssize_t> read = system.read_at(file, part.data(), std::min(size, part.size()), offset);
    if (!read.ok()) {
        return {again_or_failed<std::size_t>(read.error, "sendfile"), Wants::write};
    }
    return write(system, fd, {part.data(), static_cast<std::size_t>(read.value)});
}

Step Session::close(const sys::System& system, int fd) noexcept
{
    attach(system, fd);
    if (state_ == State::established && !has_closed_) {
        has_closed_ = true;
        static_cast<void>(SSL_shutdown(ssl_)); // our part of it is all that is needed
        clear_errors();
    }
    return flush(system, fd);
}

void Session::release() noexcept
{
    SSL_free(ssl_);
    ssl_ = nullptr;
    wire_.clear();
    state_ = State::released;
}

Step Session::fail_with(Error error, std::string detail) noexcept
{
    state_ = State::failed;
    failure_ = {error, std::move(detail)};
    return failed_before(error.op);
}

// A call of the engine failed for good.
Step Session::fail(const char* op, int result) noexcept
{
    const int reason = SSL_get_error(ssl_, result);
    try {
        Failure failure = failure_of(op, reason);
        static_cast<void>(wire_.flush()); // the alert
        return fail_with(failure.error, std::move(failure.detail));
    } catch (const std::bad_alloc&) {
        clear_errors();
        return fail_with(system_error(ENOMEM, op), {});
    }
}

Failure Session::failure_of(const char* op, int reason)
{
    const unsigned long entry = ERR_peek_last_error();
    const bool is_in_handshake = state_ == State::handshaking;
    const char* const closed = is_in_handshake ? "the peer closed the connection during the handshake" : "";
    if (reason == SSL_ERROR_SYSCALL && wire_.error() != 0 && !wire_.is_at_end()) {
        return {system_error(wire_.error(), op), {}};
    }
    const bool was_cut = reason != SSL_ERROR_SSL || has_reason(entry, SSL_R_UNEXPECTED_EOF_WHILE_READING);
    if (was_cut) { // OpenSSL 1.1 says so in another way, sometimes with nothing at all
        clear_errors();
        return {tls_error(tls_truncated, op), closed};
    }
    const bool is_refusal = refusal_.result != 0 && (has_reason(entry, SSL_R_CERTIFICATE_VERIFY_FAILED) ||
                                                     has_reason(entry, SSL_R_INVALID_STATUS_RESPONSE));
    if (is_refusal) {
        clear_errors();
        std::string detail = "depth " + std::to_string(refusal_.depth);
        detail += refusal_.subject.empty() ? "" : ", subject '" + refusal_.subject + "'";
        detail += refusal_.issuer.empty() ? "" : ", issuer '" + refusal_.issuer + "'";
        detail += servername_.empty() ? "" : ", name '" + servername_ + "'";
        return {tls_error(refusal_.result, op), with_alert(std::move(detail))};
    }
    Failure failure = take_failure(tls_protocol, op);
    failure.detail = with_alert(std::move(failure.detail));
    return failure;
}

std::string Session::with_alert(std::string detail) const
{
    if (alert_sent_ < 0) {
        return detail;
    }
    return detail + (detail.empty() ? "alert " : ", alert ") + alert_name(alert_sent_);
}

} // namespace llnet::tls
