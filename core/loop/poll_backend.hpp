// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/backend.hpp"
#include "core/sys/system.hpp"

#include <poll.h>
#include <vector>

namespace llnet {

// poll(2): on every POSIX system, and the reference for what a backend does.
class PollBackend final : public Backend {
public:
    explicit PollBackend(const sys::System& system) noexcept : system_(system) {}

    [[nodiscard]] const char* name() const noexcept override { return "poll"; }
    Outcome<> add(Watched& watched) override;
    void remove(Watched& watched) noexcept override;
    Outcome<> arm(Watched& watched) noexcept override;
    Outcome<> calm(Watched& watched) noexcept override;
    void mute(Watched&) noexcept override {} // poll(2) tells what is, not what changes
    bool is_current(Watched& watched) noexcept override;
    Outcome<std::size_t> wait(std::span<Event> events, int timeout_ms) noexcept override;

private:
    const sys::System& system_;
    std::vector<pollfd> entries_;   // negative numbers are ignored by poll(2): nobody waits there now
    std::vector<Watched*> watched_; // of the entries
    std::size_t next_ = 0;          // where to look first for events, so that none starves
};

} // namespace llnet
