// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/list.hpp"
#include "core/loop/request.hpp"
#include "core/loop/timers.hpp"

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
    // What an answer means: it is finished; there is nothing to be had now; or there is more to ask for at once.
    enum class Progress : std::uint8_t { finished, blocked, more };

    explicit Operation(Direction direction) noexcept : direction_(direction) {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation();

    [[nodiscard]] Direction direction() const noexcept { return direction_; }
    // Between its start and the moment in which the loop hands it out.
    [[nodiscard]] bool pending() const noexcept { return loop_ != nullptr; }
    // How it ended, with a count where it has one. A failure keeps the count of what was done before it.
    [[nodiscard]] const Outcome<std::size_t>& outcome() const noexcept { return outcome_; }

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

    // The same for the outcome of a call of the core.
    Progress finish_unless_again(const Outcome<std::size_t>& outcome) noexcept
    {
        if (outcome.status != Status::again) {
            return finish(outcome);
        }
        return outcome.error.code == EINTR ? Progress::more : Progress::blocked;
    }

    Outcome<std::size_t> outcome_{};

private:
    friend class Loop;

    Direction direction_;
    Loop* loop_ = nullptr;  // while it is pending
    std::uint64_t key_ = 0; // of the descriptor that it waits on
    bool finished_ = false; // and not yet handed out
    bool counts_ = true;    // as work of the program
};

} // namespace llnet
