// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/list.hpp"
#include "core/loop/backend.hpp"
#include "core/loop/timers.hpp"

#include <optional>

namespace llnet {

class Loop;

// Which of a descriptor's two places an operation waits in.
enum class Direction : std::uint8_t { read, write };

// Something that takes its time: a loop starts it, tries it, waits for it, and hands it out when it is finished.
//
// What it is and how it goes on is the business of the derived class. One that makes a system call at a time defines
// prepare(), which says what to ask the kernel for next, and complete(), which takes the answer: both styles of backend
// go through these two, so that the end of a stream, interruption and short counts are interpreted in one place. One
// that is more than that defines perform(), and waits for its direction in between.
//
// An operation belongs to whoever made it. Destroying one that is pending takes it back from its loop.
class Operation : public ListHook, private Timer {
public:
    // What an answer means: it is finished; there is nothing to be had now; there is more to ask for at once; or there
    // is more when others have had their turn.
    enum class Progress : std::uint8_t { finished, blocked, more, later };

    explicit Operation(Direction direction) noexcept : direction_(direction) {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation();

    [[nodiscard]] Direction direction() const noexcept { return direction_; }
    // Between its start and the moment in which the loop hands it out.
    [[nodiscard]] bool pending() const noexcept { return loop_ != nullptr; }
    // How it ended, with a count where it has one. A failure keeps the count of what was done before it.
    [[nodiscard]] const Outcome<std::size_t>& outcome() const noexcept { return outcome_; }
    // It failed (ETIMEDOUT) because its deadline passed, not because the kernel says so.
    [[nodiscard]] bool timed_out() const noexcept { return timed_out_; }
    // Until when it waits at most.
    [[nodiscard]] std::optional<Deadline> deadline() const noexcept
    {
        return armed() ? std::optional(when()) : std::nullopt;
    }

    // Bytes that one moves at once before others get their turn.
    static constexpr std::size_t most_in_turn = 262144;

    // What it belongs to, for whoever started it.
    void* owner = nullptr;

protected:
    // Goes on without blocking.
    virtual Progress perform(const sys::System& system, int fd) noexcept
    {
        return complete(execute(system, prepare(fd)));
    }
    virtual Request prepare(int fd) noexcept;
    virtual Progress complete(sys::Result<ssize_t>) noexcept { return Progress::more; }

    Progress finish(const Outcome<std::size_t>& outcome) noexcept
    {
        outcome_ = outcome;
        return Progress::finished;
    }

    // To be called by perform() before it says that it is blocked: from now on it waits there.
    void move_to(std::uint64_t key, Direction direction) noexcept
    {
        key_ = key;
        direction_ = direction;
    }

    // For one that moves: the other descriptor, whose end ends it as well.
    [[nodiscard]] virtual std::uint64_t other_key() const noexcept { return 0; }
    [[nodiscard]] std::uint64_t key() const noexcept { return key_; }

    // The same for the outcome of a call of the core.
    Progress finish_unless_again(const Outcome<std::size_t>& outcome) noexcept
    {
        if (outcome.status != Status::again) {
            return finish(outcome);
        }
        return outcome.error.code == EINTR ? Progress::more : Progress::blocked;
    }

    Outcome<std::size_t> outcome_{};
    // It took all there was, as far as it can tell: another will hardly find something at once. Only a hint.
    bool drained_ = false;
    // It has something to do whatever its descriptor is ready for, so it is tried at once.
    bool insists_ = false;
    // It moves nothing, so an event is all that it waits for and to try is in vain.
    bool only_waits_ = false;
    // It may wait now here and now there: see move_to().
    bool moves_ = false;

private:
    friend class Loop;

    Direction direction_;
    bool finished_ = false; // and not yet handed out
    bool has_more_ = false; // to do at once, and leaves the others their turn first
    bool counts_ = true;    // as work of the program
    bool timed_out_ = false;
    bool accepts_ = false;   // its request makes a descriptor
    int ending_ = 0;         // the error with which it ends when its request has come back
    std::uint32_t step_ = 0; // of the loop in which it began to wait
    Ticket ticket_ = 0;      // of its request, while a completion backend has it
    Loop* loop_ = nullptr;   // while it is pending
    std::uint64_t key_ = 0;  // of the descriptor that it waits on
};

} // namespace llnet
