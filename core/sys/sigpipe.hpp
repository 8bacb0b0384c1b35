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

    // Takes back the signal that the guarded call raised. It did not if it wrote all that it was given; else it may
    // have, whether it failed with EPIPE or tells what it wrote before.
    void discard() noexcept;

private:
    sigset_t previous_{};
    bool was_pending_ = false;
};

} // namespace llnet::sys
