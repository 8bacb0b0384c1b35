// SPDX-License-Identifier: MIT
#include "core/sys/sigpipe.hpp"

#include <pthread.h>

namespace llnet::sys {

namespace {

sigset_t only_sigpipe() noexcept
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

bool sigpipe_pending() noexcept
{
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

} // namespace

SigpipeGuard::SigpipeGuard() noexcept
{
    const sigset_t set = only_sigpipe();
    pthread_sigmask(SIG_BLOCK, &set, &previous_);
    const bool was_blocked = sigismember(&previous_, SIGPIPE) == 1;
    was_pending_ = was_blocked && sigpipe_pending();
}

SigpipeGuard::~SigpipeGuard()
{
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

void SigpipeGuard::discard() noexcept
{
    // sigwait rather than sigtimedwait, which macOS lacks; it does not block because the signal is pending.
    if (!was_pending_ && sigpipe_pending()) {
        const sigset_t set = only_sigpipe();
        int taken = 0;
        sigwait(&set, &taken);
    }
}

} // namespace llnet::sys
