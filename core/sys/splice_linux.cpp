// SPDX-License-Identifier: MIT
#include "core/sys/splice_linux.hpp"

#include "core/sys/sigpipe.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace llnet::sys {

Result<> make_pipe(int (&fds)[2]) noexcept
{
    return result_of(::pipe2(fds, O_CLOEXEC | O_NONBLOCK));
}

Result<ssize_t> splice(int from, int to, std::size_t size) noexcept
{
    SigpipeGuard guard; // splice(2) has no MSG_NOSIGNAL
    const Result<ssize_t> moved =
        result_of(::splice(from, nullptr, to, nullptr, size, SPLICE_F_NONBLOCK | SPLICE_F_MOVE));
    if (!moved.ok() || static_cast<std::size_t>(moved.value) < size) {
        guard.discard();
    }
    return moved;
}

} // namespace llnet::sys
