// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/fd.hpp"
#include "core/loop/backend.hpp"

namespace llnet {

// epoll(7) with edges: a descriptor is registered once, for both directions, and waiting on it costs no system call.
class EpollBackend final : public Backend {
public:
    // Call open() before all else.
    [[nodiscard]] Outcome<> open() noexcept;

    [[nodiscard]] const char* name() const noexcept override { return "epoll"; }
    Outcome<> add(Watched& watched) override;
    void remove(Watched& watched) noexcept override;
    void update(Watched&) noexcept override {} // both directions are always watched
    bool is_current(const Watched& watched) noexcept override;
    Outcome<std::size_t> wait(std::span<Event> events, int timeout_ms) noexcept override;

private:
    Fd epoll_;
};

} // namespace llnet
