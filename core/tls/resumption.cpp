// SPDX-License-Identifier: MIT
// What a client's session takes from an earlier one, and leaves to later ones.
#include "core/sys/file.hpp"
#include "core/tls/handles.hpp"
#include "core/tls/pem.hpp"
#include "core/tls/session.hpp"

#include <algorithm>
#include <new>

namespace llnet::tls {

namespace {

// For whom a session was made and how that was verified, so that it is used for nobody else.
std::string label_of(const Context& context, const std::string& servername)
{
    return context.digest_of_trust() + servername;
}

constexpr std::size_t most_of_session = 65536;

} // namespace

// Takes up an earlier session, if there is one that fits.
void Session::load_session()
{
    const int fd = context_->settings().session_fd;
    if (resumption_ == nullptr && fd >= 0 && sys::is_private_file(fd, context_->settings().session_file)) {
        Secret der;
        if (sys::read_file(fd, most_of_session, der.text).ok()) {
            const auto* bytes = reinterpret_cast<const unsigned char*>(der.text.data());
            resumption_ = SessionHandle(d2i_SSL_SESSION(nullptr, &bytes, static_cast<long>(der.text.size())));
        }
    }
    if (resumption_ != nullptr) {
        void* label = nullptr;
        std::size_t size = 0;
        const std::string wanted = label_of(*context_, servername_);
        const bool is_ours = SSL_SESSION_get0_ticket_appdata(resumption_.get(), &label, &size) == 1 &&
                             std::string_view(static_cast<const char*>(label), size) == wanted;
        if (!is_ours || SSL_set_session(ssl_, resumption_.get()) != 1) {
            resumption_.reset();
        }
    }
    clear_errors();
}

void Session::keep(SSL_SESSION* session) noexcept
{
    try {
        const std::string label = label_of(*context_, servername_);
        if (SSL_SESSION_set1_ticket_appdata(session, label.data(), label.size()) == 1 &&
            SSL_SESSION_up_ref(session) == 1) {
            SessionHandle owned(session);
            resumption_ = std::move(owned);
            store_session(session);
        }
    } catch (const std::bad_alloc&) { // it cannot be resumed, which is no failure
    }
}

void Session::store_session(const SSL_SESSION* session) noexcept
{
    const int fd = context_->settings().session_fd;
    unsigned char* der = nullptr;
    const bool has_file = fd >= 0 && sys::is_private_file(fd, context_->settings().session_file);
    const int size = has_file ? i2d_SSL_SESSION(session, &der) : 0;
    if (size > 0) {
        static_cast<void>(sys::replace_file(fd, {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}));
    }
    OPENSSL_clear_free(der, static_cast<std::size_t>(std::max(size, 0)));
}

// Of a session of TLS 1.2 that is resumed OpenSSL does not tell that the server has sent another ticket.
void Session::keep_renewed() noexcept
{
    SSL_SESSION* session = SSL_get_session(ssl_);
    if (resumption_ != nullptr && session != resumption_.get() && SSL_session_reused(ssl_) == 1 &&
        SSL_version(ssl_) < TLS1_3_VERSION) {
        keep(session);
    }
}

} // namespace llnet::tls
