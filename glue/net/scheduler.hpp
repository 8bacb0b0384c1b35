// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/address.hpp"
#include "core/base/pool.hpp"
#include "core/loop/lookup.hpp"
#include "core/loop/signals.hpp"
#include "glue/net/task.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace llnet {

// Where a coroutine runs that a task runs: in a task's own coroutine there is no limit around.
struct Surroundings {
    Deadline limit = Task::no_limit; // of whoever resumed it
    bool is_generator = false;       // it is not the task's own coroutine
};

// Makes a loop over the backend that LLNET_BACKEND names, or the best that there is. Throws std::bad_alloc.
Outcome<> make_loop(std::unique_ptr<Loop>& into);

class Scheduler;

// A call of recv or send: on what, and where on the stack that and the arguments are. `seconds` is 0 for as long as it
// takes.
struct TransferCall {
    Scheduler& scheduler;
    void* object;
    int self;
    int seconds;
    int value;
    int flags = 0;
};

// What recv and send do with objects of one class.
struct Transfers {
    const void* metatable = nullptr;
    int (*receive)(lua_State* L, const TransferCall& call) = nullptr;
    int (*send)(lua_State* L, const TransferCall& call) = nullptr;
};

// The tasks of a Lua state and the loop that they wait on. There is one for each state.
//
// Their coroutines and userdata are in a table, the anchors, by the task's id. Nothing here points to a coroutine for
// longer than it runs. A task without arguments has its function there until it waits: see driver.cpp.
class Scheduler {
public:
    static constexpr std::size_t scratch_size = 65536;

    Scheduler() noexcept = default;
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler() = default;

    // Whether there is a loop, and it was not made by the process that this one is a child of.
    [[nodiscard]] bool is_usable() const noexcept { return loop_ != nullptr && !loop_->is_inherited(); }

    // Makes a loop. One of the parent, and its tasks, are forgotten; so must be their anchors. Throws std::bad_alloc.
    Outcome<> open();

    [[nodiscard]] Loop& loop() noexcept { return *loop_; }
    // Whether the task is one of this loop that has not ended.
    [[nodiscard]] bool has(const Task& task) const noexcept
    {
        return is_usable() && !task.has_ended() && task.generation == generation;
    }
    // Throws std::bad_alloc.
    Lookups& lookups();
    // Throws std::bad_alloc.
    Signals& signals();
    // Gives the task a pause with that much room, in place of what it has. Throws std::bad_alloc, with nothing changed.
    void make_pause(Task& task, std::size_t room);
    void drop_pause(Task& task) noexcept;
    // Puts back what the waits for signals changed in this thread or process.
    void release_signals() noexcept;
    // Memory in which an operation leaves what it received, until it is taken.
    [[nodiscard]] std::span<char> scratch() noexcept { return scratch_; }

    // A place among the anchors; it stays free until it is taken. Throws std::bad_alloc.
    int free_id();
    void take_id() noexcept;
    void give_id(int id) noexcept;
    [[nodiscard]] int last_id() const noexcept { return last_id_; }

    List<Task> ready;             // to be run
    Task* due = nullptr;          // its wait is over; nothing else comes before it
    Task* current = nullptr;      // while it runs
    lua_State* running = nullptr; // its coroutine, or the one that it resumed, while it runs
    Surroundings around;          // of that
    bool is_driven = false;       // by somebody who runs the tasks
    bool is_beginning = false;    // a wait, which a finalizer must not disturb: see check_wait()
    std::size_t tasks = 0;        // that have not ended
    std::size_t idle_tasks = 0;   // of these, those which only another task can wake
    std::uint64_t spawned = 0;
    std::uint64_t resumed = 0;
    unsigned generation = 0;       // of the loop
    const void* globals = nullptr; // of the coroutine that loaded the module
    const void* socket_metatable = nullptr;
    std::array<Transfers, 2> transfers; // of sockets, and of sessions of TLS
    int spares = 0;                     // how many there are: see spares.hpp
    bool is_closed = false;             // with the Lua state
    Deadline step_began{};
    Clock::duration longest_step{};
    Address from; // of what was received last

    // Ends a wait that only another task can end: the task goes on in its turn. False if it is over already.
    bool wake(Task& task) noexcept;

    void begin_step() noexcept { step_began = Clock::now(); }
    void end_step() noexcept { longest_step = std::max(longest_step, Clock::now() - step_began); }

private:
    std::unique_ptr<Loop> loop_;
    std::unique_ptr<Lookups> lookups_; // after the loop, so that they go first
    std::unique_ptr<Signals> signals_;
    Pool pauses_;
    std::vector<char> scratch_;
    std::vector<int> free_ids_;
    int last_id_ = 0;

    void forget_tasks() noexcept;
};

template <>
struct ClassOf<Scheduler> {
    static constexpr Class id = Class::scheduler;
};

// Fields of the table of all metatables, beside those: see Class.
inline constexpr int anchors_slot = 101;
inline constexpr int callbacks_slot = 102; // functions of lua/net/loop.lua
inline constexpr int limits_slot = 103;    // see coroutine.cpp
inline constexpr int spares_slot = 104;    // see spares.hpp
inline constexpr int held_slot = 105;      // see keep_alive()

// The scheduler of a function's module.
Scheduler& scheduler_of(lua_State* L);

// The same, with a loop that is this process's own.
Scheduler& check_scheduler(lua_State* L);

// A task that has not ended has two places in the table of anchors, for its coroutine, or the function that it is to
// run, and its userdata; and the same two in the table of the values that tasks hold.

constexpr int first_place(int id)
{
    return 2 * id - 1;
}

constexpr int coroutine_place(int id)
{
    return first_place(id);
}

constexpr int userdata_place(int id)
{
    return first_place(id) + 1;
}

// Pushes its coroutine, and gives it.
lua_State* push_coroutine(lua_State* L, const Task& task);

// Pushes its userdata.
void push_task(lua_State* L, const Task& task);

// Pushes what is at the place of this id, and gives the task if there is one.
Task* push_task_of(lua_State* L, int id);

// Keeps the task on top of the stack, and its coroutine or function below it; both stay there.
void anchor_task(lua_State* L, int id);

// Clears both of its places in the table at `index`.
inline void clear_places(lua_State* L, int index, int id)
{
    const int table = index < 0 ? index - 1 : index;
    lua_pushnil(L);
    lua_rawseti(L, table, first_place(id));
    lua_pushnil(L);
    lua_rawseti(L, table, first_place(id) + 1);
}

// Adds the scheduler to the table of all metatables, which is on top of the stack.
Scheduler& add_scheduler(lua_State* L);

} // namespace llnet
