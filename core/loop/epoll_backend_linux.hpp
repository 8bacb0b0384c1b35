// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/fd.hpp"
#include "core/loop/backend.hpp"

namespace llnet {

// epoll(7). A descriptor that tells when it is closed is watched by level and armed for what somebody waited for, until
// something comes for which nobody waits: so a conversation, which always waits for the next request, costs no further
// system call. One that may be closed behind our back is watched by edges, which tell nothing twice: when a duplicate
// keeps it open, its events cannot be turned off.
class EpollBackend final : public Backend {
public:
    // Call open() before all else.
    [[nodiscard]] Outcome<> open() noexcept;

    [[nodiscard]] const char* name() const noexcept override { return "epoll"; }
    Outcome<> add(Watched& watched) override;
    void remove(Watched& watched) noexcept override;
    Outcome<> arm(Watched& watched) noexcept override;
    Outcome<> calm(Watched& watched) noexcept override;
    void mute(Watched& watched) noexcept override;
    bool is_current(Watched& watched) noexcept override;
    Outcome<std::size_t> wait(std::span<Event> events, int timeout_ms) noexcept override;
    Outcome<> reopen() noexcept override;
    [[nodiscard]] int descriptor() noexcept override;

private:
    Fd epoll_;
    Fd outer_; // what a host watches, since epoll_ is replaced by reopen(); made when it is asked for

    Outcome<> tell(Watched& watched, std::uint32_t events) noexcept;
    Outcome<> show_host() noexcept;
};

} // namespace llnet
