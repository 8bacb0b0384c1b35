// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"
#include "glue/kit/box.hpp"

#include <cstddef>
#include <new>
#include <optional>

namespace llnet {

class Scheduler;
class Task;

// What all waits in one function have in common.
struct Waiting {
    const char* what; // the function
    // Pushes the results of a wait that is over, and gives their number.
    int (*push)(lua_State* L, Scheduler& scheduler, Task& task);
    bool is_idle = false;      // only another task can end it
    bool is_resumable = false; // by resume()
};

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
enum class End : std::uint8_t { none, unbegun, returned, failed, exited, yielded, stray };

// A coroutine that the loop runs. While it waits, the operation that it waits for is in here.
class Task : public ListHook {
public:
    static constexpr Deadline no_limit = Deadline::max();

    enum class Status : std::uint8_t { ready, running, waiting, done, failed, cancelled };

    Task() noexcept = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() = default;

    Status status = Status::ready;
    End end = End::none;
    bool has_begun = false;
    bool is_cancelled = false;        // at its wait, or the next one, it is to raise an error
    bool was_cancelled = false;       // that error was raised
    bool has_results = false;         // in its associated table
    bool is_observed = false;         // its end is of interest in Lua
    bool is_idle = false;             // while it waits: its wait is
    bool is_limited = false;          // its wait ends at its limit, not at its own deadline
    int id = 0;                       // its place among the anchors while it lives
    int values = 0;                   // that are on its coroutine's stack already, to be resumed with
    int fd = -1;                      // on which it waits
    unsigned generation = 0;          // of the loop
    std::uint64_t number = 0;         // of all tasks
    const Waiting* waiting = nullptr; // what it waits in, or waited in last
    Deadline since{};                 // when it began to wait
    Deadline limit = no_limit;        // of all its waits
    List<Joiner> joiners;

    [[nodiscard]] bool has_ended() const noexcept { return status >= Status::done; }
    [[nodiscard]] bool is_suspended() const noexcept { return status == Status::waiting && waiting->is_resumable; }

    // Makes the operation for the next wait.
    template <class T, class... Arguments>
    T& emplace_operation(Arguments&&... arguments) noexcept
    {
        static_assert(sizeof(T) <= sizeof room_ && alignof(T) <= 8);
        reset_operation();
        auto* made = new (room_) T(std::forward<Arguments>(arguments)...);
        operation_ = made;
        operation_->owner = this;
        return *made;
    }

    [[nodiscard]] Operation* operation() const noexcept { return operation_; }

    void reset_operation() noexcept
    {
        if (Operation* old = std::exchange(operation_, nullptr)) {
            old->~Operation();
        }
    }

private:
    Operation* operation_ = nullptr;
    alignas(8) std::byte room_[192]; // for the operation
};

template <>
struct ClassOf<Task> {
    static constexpr Class id = Class::task;
};

void define_task(lua_State* L);

// Adds wait_end and so on to the table below the table of all metatables.
void add_task(lua_State* L);

} // namespace llnet
