// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/stable_row.hpp"
#include "core/loop/operation.hpp"
#include "core/sock/socket.hpp"
#include "core/sys/fork.hpp"

#include <algorithm>
#include <array>
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
class Loop final : private Watcher {
public:
    Loop(const sys::System& system, std::unique_ptr<Backend> backend) noexcept;
    ~Loop() override;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // A watched descriptor. A key that was released means nothing any more, even if the number is used again.
    using Key = std::uint64_t;

    // Watches a descriptor of somebody else until release(); for one that is watched already the same key. EBADF if it
    // is not open; EPERM in a child of the process that made the loop. Throws std::bad_alloc.
    Outcome<Key> watch(int fd);

    // Watches a socket until it is closed, which releases the key.
    Outcome<Key> watch(Socket& socket)
    {
        const Watch& watch = socket.fd.watch();
        return watch.is_by(*this) && !is_inherited() ? done(watch.key()) : watch_anew(socket);
    }

    // What waits on the descriptor ends with ECANCELED; to be called before a descriptor is closed.
    void release(Key key) noexcept;

    // The key of a descriptor that is watched.
    [[nodiscard]] std::optional<Key> key_of(int fd) const noexcept;

    // Finishes what waits on the descriptor in this direction with this error. False if nothing does.
    bool wake(Key key, Direction direction, int error) noexcept;

    // Has what waits on the descriptor in this direction try, for something was done of which no event may tell.
    void nudge(Key key, Direction direction) noexcept;

    // Tries the operation if that is worthwhile, and if it would block lets it wait until the deadline. True: it is
    // finished already and will not come out of take(). EBUSY when another operation waits in its direction; EBADF for
    // a released key.
    bool start(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept;

    // Whether a call that moves bytes in this direction may be made without an operation, as one that is started would
    // make it at once: acted() then tells of it.
    [[nodiscard]] bool may_act(Socket& socket, Direction direction) noexcept
    {
        const Watch& watch = socket.fd.watch();
        Slot* slot = watch.is_by(*this) ? find_live(watch.key()) : nullptr;
        return slot != nullptr && slot->place(direction) == nullptr && slot->side(direction).hope.is_high() &&
               budget_ > 0;
    }

    // The call moved so many bytes; `is_finished`: all that it should.
    void acted(Socket& socket, Direction direction, std::size_t bytes, bool is_finished) noexcept;

    // As start(), but it is tried only some moments later, whatever events tell: for whoever was told in vain again and
    // again that there is something.
    bool start_dozing(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept;

    // To be told of what finishes at once without us. False: let others have their turn first.
    [[nodiscard]] bool spend() noexcept { return budget_ > 0 && --budget_ > 0; }

    // Instead of a start: its time was over before.
    static void miss(Operation& operation) noexcept;

    // For what waits on no descriptor: the operation finishes with ETIMEDOUT at the deadline, or by complete().
    void start_alone(Operation& operation, const std::optional<Deadline>& deadline) noexcept;

    // For what waits on a descriptor, but not for it to be ready: it is released with the key.
    bool start_beside(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept;

    // Finishes an operation that was started alone or beside others; false if it has finished already.
    bool complete(Operation& operation, const Outcome<std::size_t>& outcome) noexcept;

    // The same, but it will not come out of take().
    bool withdraw(Operation& operation, const Outcome<std::size_t>& outcome) noexcept;

    // Tries an operation whenever its descriptor is ready, for as long as it lives: part of the machinery, which counts
    // as no work. It must always answer that it is blocked.
    void attend(Operation& operation, Key key) noexcept;

    // Tries one of those once more, when what is finished by now has been taken.
    void try_again(Operation& operation) noexcept { trying_.push_back(operation); }

    // Finishes a pending operation with this error.
    void cancel(Operation& operation, int error) noexcept;

    // The next operation that is finished; nullptr if there is none. Those whose events came are tried one by one, so
    // what an operation left in memory that others use as well is good until the next take().
    Operation* take() noexcept;

    // Waits until something can be taken or the deadline has passed, and sometimes less; without a deadline until
    // something can be taken. Nothing pending and no deadline: returns at once. EPERM in a child of the process that
    // made the loop.
    Outcome<> step(const std::optional<Deadline>& until) noexcept;

    // Whether there is something to do at once: for take(), or for step().
    [[nodiscard]] bool has_work() const noexcept;

    // When step() will have something to do at the latest; nullopt if only an event can tell.
    [[nodiscard]] std::optional<Deadline> next_deadline() noexcept;

    // Whether this process is a child of the one that made the loop.
    [[nodiscard]] bool is_inherited() const noexcept { return sys::fork_generation() != fork_generation_; }

    [[nodiscard]] std::size_t pending() const noexcept { return pending_; }
    [[nodiscard]] std::size_t timers() const noexcept { return timers_.size(); }
    [[nodiscard]] const LoopStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const Backend& backend() const noexcept { return *backend_; }
    // What a host can watch to learn that there is something to take; negative if the backend has no such descriptor.
    [[nodiscard]] int descriptor() noexcept { return backend_->descriptor(); }

private:
    friend class Operation;

    // Whether it is worthwhile to try before waiting. A try in vain puts the next ones off, each time for longer.
    struct Hope {
        bool is_likely = true;  // that there is something
        std::uint8_t pause = 0; // how many tries are left out after one in vain
        std::uint8_t left = 0;  // of this pause

        [[nodiscard]] bool is_high() const noexcept { return is_likely && left == 0; }
        [[nodiscard]] bool is_worth_trying() noexcept
        {
            if (is_likely && left > 0) {
                --left;
                return false;
            }
            return is_likely;
        }
        void tried(bool succeeded) noexcept
        {
            pause = succeeded ? 0 : static_cast<std::uint8_t>(std::min(2 * pause + 1, 127));
            left = pause;
        }
    };

    // What is known of one direction of a descriptor.
    struct Side {
        Hope hope;
        bool dozes = false;    // who waits is tried now and then, whatever events tell
        std::uint8_t vain = 0; // events in a row that told of something where there was nothing
    };

    struct Slot {
        enum class State : std::uint8_t {
            free,
            live,
            leaving // until the requests that a completion backend has are back
        };

        Watched watched;
        Operation* reader = nullptr;
        Operation* writer = nullptr;
        List<Operation> beside; // whom the end of the slot concerns as well
        Watch* watch = nullptr; // of the socket, if it is one that tells when it is closed
        std::uint32_t generation = 0;
        State state = State::free;
        bool always_ready = false; // a file
        bool was_asked = false;    // what it is ready for will be told, whatever was told before
        Side to_read;
        Side to_write;

        void reset(std::uint32_t number, int fd, bool owned) noexcept;
        Operation*& place(Direction direction) noexcept { return direction == Direction::read ? reader : writer; }
        Side& side(Direction direction) noexcept { return direction == Direction::read ? to_read : to_write; }
        bool& wants(Direction direction) noexcept
        {
            return direction == Direction::read ? watched.wants_read : watched.wants_write;
        }
    };

    // Operations that finish at once between two steps, fewer if they move much: enough to be fast, few enough that a
    // peer which always has data leaves the others their turn.
    static constexpr int turn_budget = 64;
    static constexpr std::chrono::seconds sweep_interval{1};
    static constexpr std::chrono::milliseconds doze_interval{10};
    static constexpr Key no_key = ~Key{0}; // of an operation that waits on no descriptor

    const sys::System& system_;
    std::unique_ptr<Backend> backend_;
    const unsigned fork_generation_;
    Timers timers_;
    List<Operation> ready_;    // to be tried in the next step
    List<Operation> trying_;   // to be tried in this one
    List<Operation> dozing_;   // to be tried when doze_until_ has passed
    List<Operation> finished_; // to be taken
    List<Operation> alone_;    // that wait on no descriptor
    std::array<Event, 256> events_;
    std::size_t event_count_ = 0; // of this step
    std::size_t next_event_ = 0;
    bool expires_ = false;  // deadlines had passed when this step looked for events
    Deadline looked_{};     // when this step looked for events
    StableRow<Slot> slots_; // the backend keeps pointers
    std::vector<std::uint32_t> free_slots_;
    std::vector<std::int32_t> slot_of_fd_; // -1: none
    std::size_t pending_ = 0;
    std::size_t strangers_ = 0; // operations that wait on descriptors which may be closed behind our back
    Deadline next_sweep_{};     // when those are looked at
    Deadline doze_until_{};
    Ticket next_ticket_ = 1;
    int budget_ = 0; // how many operations may still finish at once before others get their turn
    LoopStats stats_;

    void forget(std::uint64_t key) noexcept override { release(key); }

    [[nodiscard]] Slot* find(Key key) noexcept
    {
        const auto number = static_cast<std::uint32_t>(key);
        if (number >= slots_.size()) {
            return nullptr;
        }
        Slot& slot = slots_[number];
        return slot.watched.key == key && slot.state != Slot::State::free ? &slot : nullptr;
    }
    [[nodiscard]] Slot* find_live(Key key) noexcept
    {
        Slot* slot = find(key);
        return slot != nullptr && slot->state == Slot::State::live ? slot : nullptr;
    }
    [[nodiscard]] Slot* find_by_fd(int fd) noexcept;
    Slot& new_slot();
    Outcome<Slot*> open_slot(int fd, bool owned);
    Outcome<Key> watch_anew(Socket& socket);
    [[nodiscard]] bool is_current(Slot& slot) noexcept;
    // Nothing waits there, whether for events or for its turn.
    [[nodiscard]] static bool is_deserted(const Slot& slot) noexcept
    {
        return slot.reader == nullptr && slot.writer == nullptr && slot.beside.empty();
    }
    [[nodiscard]] static bool is_stranger(const Slot& slot, const Operation& operation) noexcept;
    void adopt(Slot& slot) noexcept;
    void retire(Slot& slot, int error) noexcept;
    void free_if_left(Slot& slot) noexcept;

    Slot* find_place(Operation& operation, Key key) noexcept;
    [[nodiscard]] static bool must_try(Slot& slot, const Operation& operation) noexcept;
    bool attempt(Operation& operation, Slot& slot) noexcept;
    [[nodiscard]] static int cost_of(std::size_t bytes) noexcept;
    bool attempt_at_start(Operation& operation, Slot& slot) noexcept;
    Outcome<> wait_for(Operation& operation, Slot& slot) noexcept;
    void park(Operation& operation, const std::optional<Deadline>& deadline) noexcept;
    void unpark(Operation& operation) noexcept;
    void await_ticket(Operation& operation) noexcept;
    void drop_result(Operation& operation, Event& event) noexcept;
    [[gnu::cold]] Outcome<> take_place(Operation& operation) noexcept;
    void occupy(Slot& slot, Operation& operation) noexcept;
    void leave_place(Operation& operation) noexcept;

    void finish(Operation& operation) noexcept;
    [[gnu::cold]] static void refuse(Operation& operation, const Error& error) noexcept;
    [[gnu::cold]] void fail(Operation& operation, int error) noexcept;
    void end(Operation& operation, int error) noexcept;

    bool proceed() noexcept;
    [[nodiscard]] static bool may_be_vain(const Slot& slot, const Operation& operation) noexcept;
    void doze_if_vain(Operation& operation, Slot& slot) noexcept;
    [[gnu::cold]] void doze(Operation& operation, Slot& slot) noexcept;
    void wake_dozing() noexcept;
    bool deliver(Event& event) noexcept;
    void complete_request(Slot& slot, const Event& event) noexcept;
    void retry(Operation& operation, Slot& slot, bool has_event) noexcept;
    void expire() noexcept;
    void sweep() noexcept;
    Outcome<> expel_strangers() noexcept;
    [[nodiscard]] std::uint32_t step_number() const noexcept { return static_cast<std::uint32_t>(stats_.waits); }
    [[nodiscard]] int wait_ms(const std::optional<Deadline>& until) noexcept;
};

} // namespace llnet
