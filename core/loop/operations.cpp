// SPDX-License-Identifier: MIT
#include "core/loop/operations.hpp"

#include "core/sock/socket.hpp"

#include <algorithm>
#include <cerrno>

namespace llnet {

namespace {

using Progress = Operation::Progress;

// A call that failed after `count` bytes went.
Outcome<std::size_t> again_or_failed_after(std::size_t count, int error, const char* op) noexcept
{
    Outcome<std::size_t> out = again_or_failed<std::size_t>(error, op);
    out.value = count;
    return out;
}

} // namespace

Progress WaitOperation::complete(sys::Result<ssize_t> result) noexcept
{
    return finish_unless_again(result.ok() ? done<std::size_t>(0) : again_or_failed<std::size_t>(result.error, "poll"));
}

// What the request would do. These two are so frequent that it pays.
Progress ReceiveOperation::perform(const sys::System& system, int fd) noexcept
{
    return ReceiveOperation::complete(system.receive(fd, room_.data(), room_.size(), flags_ | MSG_DONTWAIT));
}

Progress SendOperation::perform(const sys::System& system, int fd) noexcept
{
    const std::string_view rest = bytes_.substr(outcome_.value);
    return SendOperation::complete(system.send(fd, rest.data(), rest.size(), flags_ | MSG_DONTWAIT));
}

Request ReceiveOperation::prepare(int fd) noexcept
{
    Request request;
    request.kind = Request::Kind::receive;
    request.fd = fd;
    request.data = room_.data();
    request.size = room_.size();
    request.flags = flags_;
    return request;
}

Progress ReceiveOperation::complete(sys::Result<ssize_t> result) noexcept
{
    if (!result.ok()) [[unlikely]] {
        return finish_unless_again(again_or_failed<std::size_t>(result.error, "recv"));
    }
    if (result.value == 0 && nothing_is_end_) [[unlikely]] {
        return finish(end_of_stream<std::size_t>());
    }
    drained_ = static_cast<std::size_t>(result.value) < room_.size();
    // MSG_TRUNC makes the kernel count bytes that it did not store.
    return finish(done(std::min(static_cast<std::size_t>(result.value), room_.size())));
}

Request SendOperation::prepare(int fd) noexcept
{
    const std::string_view rest = bytes_.substr(outcome_.value);
    Request request;
    request.kind = Request::Kind::send;
    request.fd = fd;
    request.data = const_cast<char*>(rest.data());
    request.size = rest.size();
    request.flags = flags_;
    return request;
}

Progress SendOperation::complete(sys::Result<ssize_t> result) noexcept
{
    if (!result.ok()) {
        return finish_unless_again(again_or_failed_after(outcome_.value, result.error, "send"));
    }
    outcome_.value += static_cast<std::size_t>(result.value);
    return outcome_.value < bytes_.size() ? Progress::more : finish(done(outcome_.value));
}

Request SendFileOperation::prepare(int fd) noexcept
{
    Request request;
    request.kind = Request::Kind::send_file;
    request.fd = fd;
    request.file = file_;
    request.offset = offset_ + static_cast<off_t>(outcome_.value);
    request.size = std::min(size_ - outcome_.value, most_in_turn); // the call goes on while the peer takes them
    return request;
}

Progress SendFileOperation::complete(sys::Result<ssize_t> result) noexcept
{
    if (!result.ok()) {
        return finish_unless_again(again_or_failed_after(outcome_.value, result.error, "sendfile"));
    }
    outcome_.value += static_cast<std::size_t>(result.value);
    const bool is_at_end = result.value == 0;
    return is_at_end || outcome_.value == size_ ? finish(done(outcome_.value)) : Progress::more;
}

Progress WriteOperation::perform(const sys::System& system, int fd) noexcept
{
    const std::size_t total = vector_.bytes();
    if (outcome_.value >= total) {
        return finish(done(outcome_.value));
    }
    const Outcome<std::size_t> out = write_vector(system, fd, vector_, outcome_.value, total - outcome_.value);
    if (!out.done()) {
        return finish_unless_again({out.status, outcome_.value, out.error});
    }
    outcome_.value += out.value;
    return Progress::more;
}

Progress RelayOperation::perform(const sys::System&, int) noexcept
{
    return conduit_->held() == 0 ? fill() : drain();
}

Progress RelayOperation::fill() noexcept
{
    const sys::Result<ssize_t> filled = conduit_->fill(source_.fd, size_ - outcome_.value);
    if (!filled.ok()) {
        return wait_at(source_, Direction::read, again_or_failed_after(outcome_.value, filled.error, "recv"));
    }
    return filled.value == 0 ? finish(done(outcome_.value)) : Progress::more;
}

Progress RelayOperation::drain() noexcept
{
    const sys::Result<ssize_t> drained = conduit_->drain(sink_.fd);
    if (!drained.ok()) {
        return wait_at(sink_, Direction::write, again_or_failed_after(outcome_.value, drained.error, "send"));
    }
    outcome_.value += static_cast<std::size_t>(drained.value);
    return outcome_.value < size_ ? Progress::more : finish(done(outcome_.value));
}

Progress RelayOperation::wait_at(const End& end, Direction direction, const Outcome<std::size_t>& outcome) noexcept
{
    move_to(end.key, direction);
    return finish_unless_again(outcome);
}

Request AcceptOperation::prepare(int fd) noexcept
{
    peer_size_ = Address::capacity;
    Request request;
    request.kind = Request::Kind::accept;
    request.fd = fd;
    request.address = peer_ != nullptr ? peer_->writable() : nullptr;
    request.address_size = peer_ != nullptr ? &peer_size_ : nullptr;
    request.nonblock = nonblock_;
    return request;
}

Progress AcceptOperation::complete(sys::Result<ssize_t> result) noexcept
{
    if (result.ok()) {
        accepted_ = Fd(static_cast<int>(result.value));
        if (peer_ != nullptr) {
            peer_->resize(peer_size_);
        }
        return finish(done<std::size_t>(0));
    }
    if (is_of_lost_connection(result.error)) {
        return Progress::more;
    }
    return finish_unless_again(again_or_failed<std::size_t>(result.error, "accept"));
}

Request ConnectOperation::prepare(int fd) noexcept
{
    size_ = address_.size();
    Request request;
    request.kind = Request::Kind::connect;
    request.fd = fd;
    request.address = const_cast<sockaddr*>(address_.data());
    request.address_size = &size_;
    return request;
}

Progress ConnectOperation::complete(sys::Result<ssize_t> result) noexcept
{
    switch (result.error) {
    case 0:
    case EISCONN: // a call after the one that began it: it is made (POSIX, connect)
        return finish(done<std::size_t>(0));
    case EINPROGRESS:
    case EALREADY:
    case EINTR: // it goes on being made
        return Progress::blocked;
    default:
        return finish(failed<std::size_t>(result.error, "connect"));
    }
}

} // namespace llnet
