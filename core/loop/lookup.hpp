// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/resolver.hpp"
#include "core/loop/loop.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llnet {

// What to look up, with its own copies of the texts: a thread may still be at it when nobody wants the answer any more.
struct LookupQuery {
    std::optional<std::string> host;
    std::optional<std::string> service;
    int family = AF_UNSPEC;
    int type = 0;
    int protocol = 0;
    int flags = 0;
};

// Throws std::bad_alloc.
LookupQuery copy_of(const Query& query);

struct LookupJob;

// A name look-up. When it is done, `answers` has what the resolver gave; an answer that comes later than the deadline,
// or after it was cancelled, is thrown away.
class LookupOperation final : public Operation {
public:
    LookupOperation() noexcept : Operation(Direction::read) {}
    LookupOperation(const LookupOperation&) = delete;
    LookupOperation& operator=(const LookupOperation&) = delete;
    ~LookupOperation() override;

    std::vector<Resolved> answers;

private:
    friend class Lookups;
    std::shared_ptr<LookupJob> job_;
};

// Runs look-ups by getaddrinfo(3), which can only block, on threads beside a loop. Threads are made as they are needed,
// up to a few, and end when there is nothing left to look up. None is waited for: one that a name server holds up when
// everything else has ended goes on alone, so a module with this in it must not be unloaded.
class Lookups {
public:
    static constexpr int most_threads = 64;

    // The system is used by the threads as well and must outlive them: sys::host() does.
    Lookups(const sys::System& system, Loop& loop) noexcept;
    ~Lookups();
    Lookups(const Lookups&) = delete;
    Lookups& operator=(const Lookups&) = delete;

    // Begins a look-up, which finishes like any other operation of the loop. On failure it was not begun. Throws
    // std::bad_alloc.
    Outcome<> start(LookupOperation& operation, LookupQuery query, const std::optional<Deadline>& deadline);

    // Whether fewer than half of the threads are at work: look-ups that can be done without leave the others free.
    [[nodiscard]] bool has_room() const noexcept;

private:
    friend struct LookupJob;
    struct Shared;
    class Notified;

    const sys::System& system_;
    Loop& loop_;
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<Notified> notified_;
    Loop::Key key_ = 0;

    Outcome<> open();
    void deliver() noexcept;
    static void work(const std::shared_ptr<Shared>& shared) noexcept;
    Outcome<> ensure_thread();
};

} // namespace llnet
