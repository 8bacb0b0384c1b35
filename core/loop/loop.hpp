// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/backend.hpp"
#include "core/loop/operation.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace llnet {

// What a loop counted since it was made.
struct LoopStats {
    std::uint64_t started = 0;   // operations
    std::uint64_t at_once = 0;   // of these, finished without waiting
    std::uint64_t waits = 0;     // calls that waited for events
    std::uint64_t events = 0;    // that came
    std::uint64_t timeouts = 0;  // deadlines that passed
    std::uint64_t cancelled = 0; // operations
};

// Finishes operations: those that cannot be finished at once wait for their descriptor or their deadline, whichever
// comes first, and come out once. It runs nothing and calls nobody: who drives it takes what is finished and goes on
// with it. Not to be shared by threads, nor used in a child after fork(2).
class Loop {
public:
    Loop(const sys::System& system, std::unique_ptr<Backend> backend) noexcept;
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // A watched descriptor. A key that was released means nothing any more, even if the number is used again.
    using Key = std::uint64_t;

    // Watches a descriptor for as long as somebody uses the key: each call needs a release(). EBADF if it is not open.
    // Throws std::bad_alloc.
    Outcome<Key> watch(int fd);
    void release(Key key) noexcept;

    // Finishes what waits on the descriptor with this error; to be called before the descriptor is closed.
    void wake(Key key, int error) noexcept;

    // Tries the operation, and if it would block lets it wait until the deadline. True: it is finished already and will
    // not come out of take(). EBUSY when another operation waits in its direction; EBADF for a released key.
    bool start(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept;

    // For what waits on no descriptor: the operation finishes with ETIMEDOUT at the deadline, or by complete().
    void start_alone(Operation& operation, const std::optional<Deadline>& deadline) noexcept;

    // Finishes an operation that was started alone; false if it has finished already.
    bool complete(Operation& operation, const Outcome<std::size_t>& outcome) noexcept;

    // Tries an operation whenever its descriptor is ready, for as long as it lives: part of the machinery, which counts
    // as no work. It must always answer that it is blocked.
    void attend(Operation& operation, Key key) noexcept;

    // Finishes a pending operation with this error.
    void cancel(Operation& operation, int error) noexcept;

    // The next operation that is finished; nullptr if there is none. In the order in which they finished.
    Operation* take() noexcept;

    // Waits until something is finished, the deadline has passed, or a signal came; without one until something is
    // finished. Nothing pending and no deadline: returns at once.
    Outcome<> step(const std::optional<Deadline>& until) noexcept;

    // How long step() may wait at most before a deadline passes, in milliseconds; negative if there is none.
    [[nodiscard]] int timeout_ms() const noexcept;

    [[nodiscard]] std::size_t pending() const noexcept { return pending_; }
    [[nodiscard]] std::size_t timers() const noexcept { return timers_.size(); }
    [[nodiscard]] const LoopStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const Backend& backend() const noexcept { return *backend_; }

private:
    friend class Operation;

    struct Slot {
        Watched watched;
        Operation* reader = nullptr;
        Operation* writer = nullptr;
        std::uint32_t generation = 0;
        std::uint32_t users = 0;
        bool always_ready = false; // a file

        Operation*& place(Direction direction) noexcept { return direction == Direction::read ? reader : writer; }
    };

    const sys::System& system_;
    std::unique_ptr<Backend> backend_;
    Timers timers_;
    List<Operation> ready_;    // to be tried in the next step
    List<Operation> finished_; // to be taken
    std::deque<Slot> slots_;   // a deque: the backend keeps pointers
    std::vector<std::uint32_t> free_slots_;
    std::vector<std::int32_t> slot_of_fd_; // -1: none
    std::size_t pending_ = 0;
    int budget_ = 0; // how many operations may still finish at once before others get their turn
    LoopStats stats_;

    Slot* find(Key key) noexcept;
    Slot* find_by_fd(int fd) noexcept;
    Slot& new_slot();
    Outcome<> open_slot(Slot& slot, int fd);
    void retire(Slot& slot) noexcept;
    bool attempt(Operation& operation, int fd) noexcept;
    void park(Operation& operation, const std::optional<Deadline>& deadline) noexcept;
    void unpark(Operation& operation) noexcept;
    void leave_place(Operation& operation) noexcept;
    void update_interest(Slot& slot) noexcept;
    void finish(Operation& operation) noexcept;
    void fail(Operation& operation, int error, const char* op) noexcept;
    void retry(Operation* operation) noexcept;
    void deliver(std::span<const Event> events) noexcept;
    void retry_ready() noexcept;
    void expire() noexcept;
    [[nodiscard]] int wait_ms(const std::optional<Deadline>& until) const noexcept;
};

} // namespace llnet
