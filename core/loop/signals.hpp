// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/loop.hpp"

#include <bitset>
#include <csignal>
#include <memory>
#include <optional>

namespace llnet {

// Waits for a signal of a set; the value of its outcome is the number of the one that came.
class SignalOperation final : public Operation {
public:
    // Greater than every signal's number on any system; sigismember(3) knows those of this one.
    static constexpr int end = 129;

    SignalOperation() noexcept : Operation(Direction::read) {}

private:
    friend class Signals;

    // Its place in the row of those that wait, which it leaves when it is destroyed.
    struct Place : ListHook {
        explicit Place(SignalOperation& of) noexcept : operation(of) {}
        SignalOperation& operation;
    };

    std::bitset<end> set_; // an eighth of what a sigset_t needs
    Place place_{*this};

    [[nodiscard]] bool waits() const noexcept { return pending() && outcome_.status == Status::again; }
};

// How a system keeps signals until somebody takes them. Like the kernel, it keeps of each number one that came.
class SignalSource {
public:
    // What the calling thread does with signals that are held: SIG_BLOCK or SIG_UNBLOCK.
    explicit SignalSource(int masking) noexcept : masking_(masking) {}
    SignalSource(const SignalSource&) = delete;
    SignalSource& operator=(const SignalSource&) = delete;
    virtual ~SignalSource() = default;

    [[nodiscard]] int masking() const noexcept { return masking_; }

    // The descriptor that is readable when a signal came, which stays the source's; made by the first call.
    virtual Outcome<int> open() noexcept = 0;

    // From now on, until it is let go as often, the signal has no effect of its own but is kept.
    virtual void hold(int) noexcept {}
    virtual void let_go(int) noexcept {}

    // Forgets that the descriptor is readable. It becomes so when one of these comes; others make it so once at most.
    virtual void listen(const sigset_t& wanted) noexcept = 0;

    // Takes a signal of the set that came and gives its number; 0 if none did.
    virtual int take(const sigset_t& set) noexcept = 0;

private:
    int masking_;
};

// The best source on this platform: signalfd(2) on Linux, else handlers. Throws std::bad_alloc.
std::unique_ptr<SignalSource> make_signal_source(const sys::System& system);

// Handlers that write to a socket pair: on every POSIX system. Throws std::bad_alloc.
std::unique_ptr<SignalSource> make_handler_source(const sys::System& system);

// Gives the signals that come to the operations of a loop that wait for them: each to the one that waits longest, or
// if none waits to the next that does.
//
// A signal is held from the first time that it is waited for: with signalfd(2) it is blocked in this thread, with
// handlers it is caught in the process. release() puts the thread's mask and the signal's disposition back; what came
// and was not taken has its usual effect then. To be used in one thread, like the loop.
//
// There may be several in a process: a signal goes to one of those that wait for it, and is held until the last has
// released it. Where signals are blocked, so they are in programs that are started meanwhile, which inherit the mask;
// and a thread that was made before and does not block them gets them, with their usual effect.
class Signals {
public:
    Signals(Loop& loop, std::unique_ptr<SignalSource> source) noexcept;
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    // Begins to wait, also for a signal that came already. The operation finishes like any other of the loop. On
    // failure it was not begun: EINVAL for a set with a signal that cannot be held (SIGKILL, SIGSTOP). Throws
    // std::bad_alloc the first time; after that nothing allocates.
    Outcome<> start(SignalOperation& operation, const sigset_t& set, const std::optional<Deadline>& deadline);

    // Lets go of all signals. Operations that wait end with ECANCELED.
    void release() noexcept;

private:
    using Place = SignalOperation::Place;
    class Notified;

    Loop& loop_;
    std::unique_ptr<SignalSource> source_;
    std::unique_ptr<Notified> notified_;
    Loop::Key key_ = 0;
    sigset_t held_{};
    List<Place> waiting_; // the longest first; some may have finished otherwise

    Outcome<> open();
    void hold(const sigset_t& set) noexcept;
    void deliver() noexcept;
    sigset_t collect_wanted() noexcept;
};

} // namespace llnet
