// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace llnet {

// A descriptor that a loop watches. `key` is the loop's, `position` the backend's own.
struct Watched {
    int fd = -1;
    std::uint64_t key = 0;
    bool wants_read = false;
    bool wants_write = false;
    std::size_t position = 0;
};

// What a backend saw of the descriptor with this key. An error or a hang-up counts as both, so that the operation which
// waits finds out.
struct Event {
    std::uint64_t key = 0;
    bool can_read = false;
    bool can_write = false;
};

// How a loop learns that descriptors are ready. Events may be spurious; they may come once for each change (epoll's
// edges) or again and again (poll), since an operation always tries before it waits.
class Backend {
public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    [[nodiscard]] virtual const char* name() const noexcept = 0;

    // Begins to watch. Throws std::bad_alloc; after that nothing allocates. EPERM: the descriptor (a file) is always
    // ready.
    virtual Outcome<> add(Watched& watched) = 0;

    // Ends it; the descriptor may be closed already.
    virtual void remove(Watched& watched) noexcept = 0;

    // wants_read or wants_write has changed.
    virtual void update(Watched& watched) noexcept = 0;

    // Whether the number still stands for what was added: false if it was closed behind the loop's back.
    virtual bool is_current(const Watched& watched) noexcept = 0;

    // Waits for events, at most `timeout_ms` (negative: for ever), and gives their number; "again" when interrupted.
    virtual Outcome<std::size_t> wait(std::span<Event> events, int timeout_ms) noexcept = 0;
};

} // namespace llnet
