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

// Pushes the results of a wait that is over, and gives their number.
using PushResults = int (*)(lua_State* L, Scheduler& scheduler, Task& task);

// One who waits for the end of a task.
struct Joiner : ListHook {
    Task* task = nullptr;
};

// What join waits with.
struct JoinOperation final : Operation {
    JoinOperation() noexcept : Operation(Direction::read) {}

    Joiner joiner;
    Task* target = nullptr;
};

// A coroutine that the loop runs. While it waits, the operation that it waits for is in here.
class Task : public ListHook {
public:
    enum class Status : std::uint8_t { ready, running, waiting, done, failed, cancelled };

    Task() noexcept = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    Status status = Status::ready;
    bool has_begun = false;
    bool is_cancelled = false;       // at its wait, or the next one, it is to raise an error
    bool was_cancelled = false;      // that error was raised
    bool has_results = false;        // in its associated table
    bool is_observed = false;        // its end is of interest in Lua
    bool is_idle = false;            // only another task can end its wait
    bool is_resumable = false;       // by resume()
    bool is_limited = false;         // its wait ends at its limit, not at its own deadline
    int id = 0;                      // its place among the anchors while it lives
    int values = 0;                  // that are on its coroutine's stack already, to be resumed with
    std::uint64_t number = 0;        // of all tasks
    unsigned generation = 0;         // of the loop
    const char* what = "";           // the function that it waits in
    int fd = -1;                     // on which it waits
    Deadline since{};                // when it began to wait
    std::optional<Deadline> until{}; // how long it waits at most
    std::optional<Deadline> limit{}; // of all its waits
    PushResults push = nullptr;
    List<Joiner> joiners;

    [[nodiscard]] bool has_ended() const noexcept { return status >= Status::done; }
    [[nodiscard]] bool is_suspended() const noexcept { return status == Status::waiting && is_resumable; }

    // Makes the operation for the next wait.
    template <class T, class... Arguments>
    T& emplace_operation(Arguments&&... arguments) noexcept
    {
        static_assert(sizeof(T) <= sizeof room_ && alignof(T) <= 8);
        reset_operation();
        T* made = new (room_) T(std::forward<Arguments>(arguments)...);
        operation_ = made;
        operation_->owner = this;
        return *made;
    }

    [[nodiscard]] Operation* operation() const noexcept { return operation_; }

    void reset_operation() noexcept
    {
        if (operation_ != nullptr) {
            std::exchange(operation_, nullptr)->~Operation();
        }
    }

private:
    Operation* operation_ = nullptr;
    alignas(8) std::byte room_[232];
};

template <>
struct ClassOf<Task> {
    static constexpr Class id = Class::task;
};

void define_task(lua_State* L);

// Adds wait_end and so on to the table below the table of all metatables.
void add_task(lua_State* L);

} // namespace llnet
