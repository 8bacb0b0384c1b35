// SPDX-License-Identifier: MIT
#include "core/loop/tls_operations.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace llnet {

namespace {

using Progress = Operation::Progress;

constexpr std::size_t most_of_record = 16384;

// What a session counts besides what the operation has counted before.
Outcome<std::size_t> counted(Outcome<std::size_t> outcome, std::size_t before) noexcept
{
    outcome.value = before;
    return outcome;
}

} // namespace

Progress TlsReceiveOperation::perform(const sys::System& system, int fd) noexcept
{
    const tls::Step step = session_.read(system, fd, room_);
    drained_ = !session_.has_input();
    return progress_of(step);
}

Progress TlsSendOperation::perform(const sys::System& system, int fd) noexcept
{
    const bool is_all = outcome_.value == bytes_.size();
    const tls::Step step =
        is_all ? session_.flush(system, fd) : session_.write(system, fd, bytes_.substr(outcome_.value));
    if (!step.outcome.done()) {
        return finish_unless_again(counted(step.outcome, outcome_.value));
    }
    outcome_.value += step.outcome.value;
    return is_all ? finish(done(outcome_.value)) : Progress::more;
}

Progress TlsSendFileOperation::perform(const sys::System& system, int fd) noexcept
{
    std::array<char, most_of_record> part;
    tls::Step step = session_.flush(system, fd); // before a part is read in vain
    if (!step.outcome.done()) {
        return finish_unless_again(counted(step.outcome, outcome_.value));
    }
    const std::size_t wanted = std::min(size_ - outcome_.value, part.size());
    const sys::Result<ssize_t> read =
        system.read_at(file_, part.data(), wanted, offset_ + static_cast<off_t>(outcome_.value));
    if (!read.ok()) {
        return finish_unless_again(counted(again_or_failed<std::size_t>(read.error, "sendfile"), outcome_.value));
    }
    if (read.value == 0) { // all of it, or the end of the file
        return finish(done(outcome_.value));
    }
    step = session_.write(system, fd, {part.data(), static_cast<std::size_t>(read.value)});
    if (!step.outcome.done()) {
        return finish_unless_again(counted(step.outcome, outcome_.value));
    }
    outcome_.value += step.outcome.value;
    return Progress::more;
}

Progress TlsHandshakeOperation::perform(const sys::System& system, int fd) noexcept
{
    const tls::Step step = session_.handshake(system, fd);
    if (step.outcome.status == Status::again) {
        move_to(key(), step.wants == tls::Wants::write ? Direction::write : Direction::read);
    }
    return progress_of(step);
}

Progress TlsCloseOperation::perform(const sys::System& system, int fd) noexcept
{
    return progress_of(session_.close(system, fd));
}

} // namespace llnet
