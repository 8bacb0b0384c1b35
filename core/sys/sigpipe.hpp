// SPDX-License-Identifier: MIT
#pragma once

#include <csignal>

namespace llnet::sys {

// Holds SIGPIPE back in the calling thread for the length of one write that has no MSG_NOSIGNAL (sendfile, writev).
// The disposition of the signal is never touched; one that was pending before stays pending.
class SigpipeGuard {
public:
    SigpipeGuard() noexcept;
    ~SigpipeGuard();
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

    // The guarded call failed with EPIPE: takes back the signal that it raised.
    void discard() noexcept;

private:
    sigset_t previous_{};
    bool was_pending_ = false;
};

} // namespace llnet::sys
