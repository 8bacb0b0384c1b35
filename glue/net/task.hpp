// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"
#include "glue/kit/box.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <new>

namespace llnet {

class Scheduler;
class Task;

// What all waits in one function have in common.
struct Waiting {
    const char* what; // the function
    // Pushes the results of a wait that is over, and gives their number.
    int (*push)(lua_State* L, Scheduler& scheduler, Task& task);
    std::size_t room;          // for its operation
    bool is_idle = false;      // only another task can end it
    bool is_resumable = false; // by resume()
};

// For waits with an operation of class T.
template <class T>
constexpr std::size_t room_for = sizeof(T);
constexpr std::size_t no_room = 0;

// One who waits for the end of a task.
struct Joiner : ListHook {
    Task* task = nullptr;
};

// What join waits with.
struct JoinOperation final : Operation {
    JoinOperation() noexcept : Operation(Direction::read) {}

    Joiner joiner;
};

// How a coroutine came to its end, or to a point at which it does not go on. `yielded`: to nobody; `stray`: somebody
// else resumed it while it waited.
enum class End : unsigned { none, unbegun, returned, failed, exited, yielded, stray };

// A wait of a task, and room for its operation, which follows it in memory.
class Pause {
public:
    // To be made in size(room) bytes of memory.
    explicit Pause(std::size_t room) noexcept : room_(static_cast<std::uint16_t>(room)) {}
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() { reset(); }

    const Waiting* waiting = nullptr; // what the task waits in, or waited in last
    Deadline since{};                 // when it began to wait
    int fd = -1;                      // on which it waits
    int values = 0;                   // that are on its coroutine's stack already, to be resumed with
    // Indexes of arguments that the operation points into, or 0: see keep_alive().
    std::array<std::uint8_t, 2> held{};
    bool has_places = false; // for these among the values that tasks hold
    bool is_holding = false;
    bool is_limited = false; // it ends at the task's limit, not at its own deadline

    static constexpr std::size_t size(std::size_t room) noexcept { return sizeof(Pause) + room; }
    [[nodiscard]] std::size_t size() const noexcept { return size(room_); }
    [[nodiscard]] bool has_room(std::size_t size) const noexcept { return size <= room_; }

    // What the task waits for; nullptr if the wait was only for its turn.
    [[nodiscard]] Operation* operation() noexcept
    {
        return has_operation_ ? std::launder(reinterpret_cast<Operation*>(this + 1)) : nullptr;
    }

    template <class T, class... Arguments>
    T& emplace(Arguments&&... arguments) noexcept
    {
        static_assert(alignof(T) <= alignof(Pause));
        assert(has_room(sizeof(T)));
        reset();
        auto* made = new (static_cast<void*>(this + 1)) T(std::forward<Arguments>(arguments)...);
        assert(static_cast<void*>(static_cast<Operation*>(made)) == this + 1);
        has_operation_ = true;
        return *made;
    }

    void reset() noexcept
    {
        if (Operation* old = operation()) {
            has_operation_ = false;
            old->~Operation();
        }
    }

private:
    bool has_operation_ = false;
    std::uint16_t room_;
};

// A coroutine that the loop runs. Many never wait, so this is small: 64 bytes.
class Task : public ListHook {
public:
    static constexpr Deadline no_limit = Deadline::max();

    enum class Status : unsigned { ready, running, waiting, done, failed, cancelled };

    // What it left: a list is in its associated table. Most functions that wait answer just true, which takes no list.
    enum class Results : unsigned { none, success, list };

    Task() noexcept = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() = default;

    static constexpr std::uint64_t number_mask = (std::uint64_t{1} << 48U) - 1;
    std::uint64_t number : 48 = 0; // of all tasks
    Status status : 3 = Status::ready;
    End end : 3 = End::none;
    bool has_begun : 1 = false;
    bool is_exposed : 1 = false;    // the program may have its coroutine
    bool is_cancelled : 1 = false;  // at its wait, or the next one, it is to raise an error
    bool was_cancelled : 1 = false; // that error was raised
    Results results : 2 = Results::none;
    bool is_observed : 1 = false; // its end is of interest in Lua
    bool is_idle : 1 = false;     // while it waits: only another task can end that
    unsigned generation = 0;      // of the loop
    int id = 0;                   // its place among the anchors while it lives
    Deadline limit = no_limit;    // of all its waits
    List<Joiner> joiners;
    Pause* pause = nullptr; // from its first wait to its end; the scheduler makes it

    [[nodiscard]] bool has_ended() const noexcept { return status >= Status::done; }
    [[nodiscard]] bool is_suspended() const noexcept
    {
        return status == Status::waiting && pause->waiting->is_resumable;
    }

    // Makes the operation for the wait that check_wait() began.
    template <class T, class... Arguments>
    T& emplace_operation(Arguments&&... arguments) noexcept
    {
        T& made = pause->emplace<T>(std::forward<Arguments>(arguments)...);
        made.owner = this;
        return made;
    }

    [[nodiscard]] Operation* operation() const noexcept { return pause != nullptr ? pause->operation() : nullptr; }
};

template <>
struct ClassOf<Task> {
    static constexpr Class id = Class::task;
};

void define_task(lua_State* L);

// Adds wait_end and so on to the table below the table of all metatables.
void add_task(lua_State* L);

} // namespace llnet
