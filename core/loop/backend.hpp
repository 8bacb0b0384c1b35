// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "core/loop/request.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace llnet {

// A descriptor that a loop watches. `key` and what it wants are the loop's, the rest the backend's.
struct Watched {
    int fd = -1;
    std::uint64_t key = 0;
    // Whether the loop learns of it when the descriptor is closed; then it is never closed behind the loop's back.
    bool owned = false;
    bool wants_read = false;
    bool wants_write = false;
    // Events tell changes only (epoll's edges): who does not try first may wait for ever.
    bool edges = false;
    bool is_calm = false; // nothing will be told until arm()
    std::uint32_t armed = 0;
    std::size_t position = 0;
};

// A request on its way through a completion backend; the loop tells them apart by number.
using Ticket = std::uint64_t;

// What a backend has to tell of the descriptor with this key.
struct Event {
    std::uint64_t key = 0;
    // It may be ready. An error or a hang-up counts as both, so that the operation which waits finds out.
    bool can_read = false;
    bool can_write = false;
    // Instead, from a completion backend: the request with this ticket (never 0) ended so.
    Ticket ticket = 0;
    sys::Result<ssize_t> result{};
};

// How a loop learns that descriptors are ready or, from a backend that submits, that requests are done. Events may be
// spurious.
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

    // wants_read or wants_write has become true.
    virtual Outcome<> arm(Watched& watched) noexcept = 0;

    // An event told more than is wanted: nothing but that should wake the loop from now on. Fails if the descriptor was
    // closed.
    virtual Outcome<> calm(Watched& watched) noexcept = 0;

    // An event did not concern who waits: it must not wake the loop again and again.
    virtual void mute(Watched& watched) noexcept = 0;

    // Whether the number still stands for what was added: false if it was closed behind the loop's back. If it does,
    // what it is ready for will be told again. That of one that is calm stands for whatever has it when arm() is
    // called.
    virtual bool is_current(Watched& watched) noexcept = 0;

    // Waits for events, at most `timeout_ms` (negative: for ever), and gives their number; "again" when interrupted.
    virtual Outcome<std::size_t> wait(std::span<Event> events, int timeout_ms) noexcept = 0;

    // Forgets everything it was told to watch, since events came of what it was told to forget: a descriptor that was
    // closed while a duplicate is open. All is added anew then.
    virtual Outcome<> reopen() noexcept { return failed(ENOTSUP, name()); }

    // A descriptor that is readable when wait() would have something to tell; negative if there is none.
    [[nodiscard]] virtual int descriptor() noexcept { return -1; }

    // Completion style (io_uring). Such a backend makes the system calls: what an operation asks for next is submitted
    // and its result comes as an event.
    [[nodiscard]] virtual bool submits() const noexcept { return false; }

    // The memory that the request names stays until its event has come. On failure it was not submitted.
    virtual Outcome<> submit(const Request&, std::uint64_t /*key*/, Ticket) noexcept { return failed(ENOTSUP, name()); }

    // Asks for an early end: the event comes nevertheless, with ECANCELED or what the request came to before.
    virtual void withdraw(Ticket) noexcept {}
};

} // namespace llnet
