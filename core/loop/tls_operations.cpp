// SPDX-License-Identifier: MIT
#include "core/loop/tls_operations.hpp"

#include <cerrno>
#include <utility>

namespace llnet {

namespace {

using Progress = Operation::Progress;

// What a session counts besides what the operation has counted before.
Outcome<std::size_t> counted(Outcome<std::size_t> outcome, std::size_t before) noexcept
{
    outcome.value = before;
    return outcome;
}

} // namespace

Progress TlsReceiveOperation::perform(const sys::System& system, int fd) noexcept
{
    if (session_.has_held() && !std::exchange(has_left_turn_, true)) {
        return Progress::later;
    }
    const tls::Step step = session_.read(system, fd, room_);
    drained_ = !session_.has_input();
    return step.wants == tls::Wants::turn ? Progress::later : finish_unless_again(step.outcome);
}

Progress TlsSendOperation::perform(const sys::System& system, int fd) noexcept
{
    const bool is_all = outcome_.value == bytes_.size();
    return take(is_all ? session_.flush(system, fd) : session_.write(system, fd, bytes_.substr(outcome_.value)));
}

Progress TlsSendOperation::take(const tls::Step& step) noexcept
{
    if (!step.outcome.done()) {
        return finish_unless_again(counted(step.outcome, outcome_.value));
    }
    outcome_.value += step.outcome.value;
    const bool is_all = outcome_.value == bytes_.size() && !session_.has_output();
    return is_all ? finish(done(outcome_.value)) : Progress::more;
}

Progress TlsSendFileOperation::perform(const sys::System& system, int fd) noexcept
{
    const std::size_t left = size_ - outcome_.value;
    const off_t offset = offset_ + static_cast<off_t>(outcome_.value);
    const tls::Step step = session_.write_file(system, fd, file_, offset, left);
    if (!step.outcome.done()) {
        return finish_unless_again(counted(step.outcome, outcome_.value));
    }
    outcome_.value += step.outcome.value;
    return step.outcome.value == 0 ? finish(done(outcome_.value)) : Progress::more; // all of it, or the end of the file
}

Progress TlsHandshakeOperation::perform(const sys::System& system, int fd) noexcept
{
    const tls::Step step = session_.handshake(system, fd);
    if (step.outcome.status == Status::again) {
        move_to(key(), step.wants == tls::Wants::write ? Direction::write : Direction::read);
    }
    return finish_unless_again(step.outcome);
}

Progress TlsCloseOperation::perform(const sys::System& system, int fd) noexcept
{
    return finish_unless_again(session_.close(system, fd).outcome);
}

} // namespace llnet
