// SPDX-License-Identifier: MIT
#include "core/tls/wire.hpp"

#include "core/base/outcome.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace llnet::tls {

namespace {

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

BIO* Wire::new_bio() noexcept
{
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
    taken_ = sent_ = 0;
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
        return static_cast<int>(received.value);
    }
    error_ = received.error;
    if (means_again(error_)) {
        BIO_set_retry_read(bio);
    }
    return -1;
}

int Wire::flush() noexcept
{
    while (write_error_ == 0 && has_output()) {
        const sys::Result<ssize_t> went =
            system_->send(fd_, output_.data() + sent_, output_.size() - sent_, MSG_DONTWAIT);
        if (went.ok()) {
            sent_ += static_cast<std::size_t>(went.value);
        } else if (means_again(went.error) && went.error != EINTR) {
            return EAGAIN;
        } else if (went.error != EINTR) {
            write_error_ = went.error;
        }
    }
    if (!output_.empty()) {
        output_ = {};
        sent_ = 0;
    }
    return write_error_;
}

int Wire::send(const char* bytes, int size) noexcept
{
    const auto total = static_cast<std::size_t>(size);
    std::size_t done = 0;
    if (const int error = flush(); error == 0) {
        const sys::Result<ssize_t> went = system_->send(fd_, bytes, total, MSG_DONTWAIT);
        if (went.ok()) {
            done = static_cast<std::size_t>(went.value);
        } else if (!means_again(went.error)) {
            write_error_ = went.error;
        }
    }
    if (write_error_ != 0 || done == total) {
        return size;
    }
    if (output_.size() - sent_ + total - done > most_output) {
        write_error_ = ENOBUFS;
        return size;
    }
    try {
        output_.append(bytes + done, total - done);
    } catch (const std::bad_alloc&) {
        write_error_ = ENOMEM;
    }
    return size;
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

long Wire::on_control(BIO* bio, int command, long, void*) noexcept
{
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return wire_of(bio).is_at_end() ? 1 : 0;
    default:
        return 0;
    }
}

} // namespace llnet::tls
