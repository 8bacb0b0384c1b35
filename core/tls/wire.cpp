// SPDX-License-Identifier: MIT
#include "core/tls/wire.hpp"

#include "core/base/outcome.hpp"
#include "core/sys/kernel_tls.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <openssl/ssl.h>
#include <utility>

namespace llnet::tls {

namespace {

// What engines ask BIOs for with SSL_OP_ENABLE_KTLS. openssl/bio.h has these numbers in a comment only.
constexpr int set_keys = 72;
constexpr int set_type_of_next = 74;
constexpr int clear_type_of_next = 75;

Wire& wire_of(BIO* bio) noexcept
{
    return *static_cast<Wire*>(BIO_get_data(bio));
}

BIO_METHOD* new_method() noexcept
{
    return BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "llnet");
}

} // namespace

// OpenSSL has numbers for a hundred kinds of BIO, so there is one for the process.
const BIO_METHOD* Wire::method() noexcept
{
    static const BIO_METHOD* const made = [] {
        BIO_METHOD* method = new_method();
        if (method != nullptr) {
            BIO_meth_set_read(method, on_read);
            BIO_meth_set_write(method, on_write);
            BIO_meth_set_ctrl(method, on_control);
        }
        return method;
    }();
    return made;
}

BIO* Wire::new_bio(const SSL* engine) noexcept
{
    engine_ = engine;
    BIO* bio = method() != nullptr ? BIO_new(method()) : nullptr;
    if (bio != nullptr) {
        BIO_set_data(bio, this);
        BIO_set_init(bio, 1);
    }
    return bio;
}

void Wire::feed(std::string_view bytes)
{
    input_.erase(0, taken_);
    taken_ = 0;
    input_.append(bytes);
}

void Wire::clear() noexcept
{
    input_ = {};
    output_ = {};
    taken_ = sent_ = waiting_ = 0;
    is_held_ = false;
}

int Wire::receive(BIO* bio, char* room, int size) noexcept
{
    if (has_input()) {
        const std::size_t count = std::min(input_.size() - taken_, static_cast<std::size_t>(size));
        std::memcpy(room, input_.data() + taken_, count);
        taken_ += count;
        if (!has_input()) {
            input_ = {};
            taken_ = 0;
        }
        return static_cast<int>(count);
    }
    if (is_at_limit()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    sys::Result<ssize_t> received;
    do {
        received = system_->receive(fd_, room, static_cast<std::size_t>(size), MSG_DONTWAIT);
    } while (received.error == EINTR);
    is_at_end_ = received.ok() && received.value == 0;
    if (is_at_end_ && is_input_over_) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if (received.ok()) {
        left_ -= std::min(left_, static_cast<std::size_t>(received.value));
        return static_cast<int>(received.value);
    }
    error_ = received.error;
    if (means_again(error_)) {
        BIO_set_retry_read(bio);
    }
    return -1;
}

sys::Result<ssize_t> Wire::transmit(unsigned char type, std::string_view bytes) noexcept
{
    return type == data ? system_->send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT)
                        : sys::send_record(*system_, fd_, type, bytes.data(), bytes.size(), MSG_DONTWAIT);
}

int Wire::flush() noexcept
{
    is_held_ = false;
    while (has_output()) {
        const Part& first = output_.front();
        const sys::Result<ssize_t> went = transmit(first.type, std::string_view(first.bytes).substr(sent_));
        if (went.ok()) {
            sent_ += static_cast<std::size_t>(went.value);
        } else if (means_again(went.error) && went.error != EINTR) {
            return EAGAIN;
        } else if (went.error != EINTR) {
            fail(went.error);
        }
        if (has_output() && sent_ == first.bytes.size()) {
            waiting_ -= std::exchange(sent_, 0);
            output_.erase(output_.begin());
        }
    }
    return write_error_;
}

// What waits to be sent never will be.
void Wire::fail(int error) noexcept
{
    write_error_ = error;
    output_ = {};
    sent_ = waiting_ = 0;
}

int Wire::send(const char* bytes, int size) noexcept
{
    std::string_view left(bytes, static_cast<std::size_t>(size));
    const unsigned char type = std::exchange(next_type_, data);
    is_held_ = is_held_ || (holds_ && !has_output());
    if (!is_held_ && flush() == 0) {
        const sys::Result<ssize_t> went = transmit(type, left);
        if (went.ok()) {
            left.remove_prefix(static_cast<std::size_t>(went.value));
        } else if (!means_again(went.error)) {
            fail(went.error);
        }
    }
    if (write_error_ == 0 && !left.empty()) {
        queue(type, left);
    }
    return size;
}

void Wire::queue(unsigned char type, std::string_view bytes) noexcept
{
    if (waiting_ + bytes.size() > most_output) {
        fail(ENOBUFS);
        return;
    }
    try {
        if (has_output() && sent_ > output_.front().bytes.size() / 2) { // a peer that is slow may ask for more and more
            output_.front().bytes.erase(0, sent_);
            waiting_ -= std::exchange(sent_, 0);
        }
        if (has_output() && output_.back().type == type) {
            output_.back().bytes.append(bytes);
        } else {
            output_.push_back({type, std::string(bytes)});
        }
        waiting_ += bytes.size();
    } catch (const std::bad_alloc&) {
        fail(ENOMEM);
    }
}

// The engine does not encrypt what it writes from now on. `keys` are in a form that only OpenSSL's own BIO for sockets
// knows. In TLS 1.3 the peer can ask for other keys later, which cannot be given to the kernel then:
// docs/decisions/0003-kernel-tls.md.
bool Wire::give_keys_to_kernel(void* keys) noexcept
{
    constexpr long for_sending = 1;
    const bool can_be = SSL_version(engine_) == TLS1_2_VERSION && flush() == 0;
    if (!can_be || !sys::enable_kernel_tls(*system_, fd_).ok()) {
        return false;
    }
    BIO* socket = BIO_new_socket(fd_, BIO_NOCLOSE);
    kernel_encrypts_ = socket != nullptr && BIO_ctrl(socket, set_keys, for_sending, keys) > 0;
    BIO_free(socket);
    if (kernel_encrypts_) {
        ++sys::kernel_tls_sockets;
    }
    return kernel_encrypts_;
}

int Wire::on_read(BIO* bio, char* room, int size) noexcept
{
    BIO_clear_retry_flags(bio);
    return wire_of(bio).receive(bio, room, size);
}

int Wire::on_write(BIO* bio, const char* bytes, int size) noexcept
{
    BIO_clear_retry_flags(bio);
    return wire_of(bio).send(bytes, size);
}

long Wire::on_control(BIO* bio, int command, long number, void* pointer) noexcept
{
    Wire& wire = wire_of(bio);
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return wire.is_at_end() ? 1 : 0;
    case set_keys:
        return number != 0 && wire.give_keys_to_kernel(pointer) ? 1 : 0;
    case set_type_of_next:
        wire.next_type_ = static_cast<unsigned char>(number);
        return 1;
    case clear_type_of_next:
        wire.next_type_ = data;
        return 1;
    case BIO_CTRL_GET_KTLS_SEND:
        return wire.kernel_encrypts_ ? 1 : 0;
    default:
        return 0;
    }
}

} // namespace llnet::tls
