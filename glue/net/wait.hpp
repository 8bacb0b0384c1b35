// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/errors.hpp"
#include "glue/net/scheduler.hpp"

namespace llnet {

// A wait of the task that calls, from its arguments to its results: check_wait() first, then prepare an operation in
// wait.task and start it.
struct Wait {
    Scheduler& scheduler;
    Task& task;
    std::optional<Deadline> until;
};

// How long something may take: the seconds at `index`, or nullopt for as long as it takes if there are none.
std::optional<Deadline> check_deadline(lua_State* L, int index);

void push_seconds(lua_State* L, Clock::duration duration);

// The limit of a task's waits as a value in Lua, nil if there is none.
void push_limit(lua_State* L, Deadline limit);
Deadline limit_at(lua_State* L, int index);

// Why a wait is impossible: where, and what is in the way.
inline constexpr const char* cannot_wait = "cannot use '%s' here: %s";
inline constexpr const char* not_through_c =
    "a C function such as pcall or table.sort is in the way; for pcall take net.pcall";

// Raises that.
[[gnu::cold]] int refuse_wait(lua_State* L, const char* what, const char* why);

// The task that runs. Raises an error if none does, or if its coroutine was resumed past us.
Task& check_runs(lua_State* L, const Scheduler& scheduler, const char* what);

// Raises an error unless the caller is a task that may wait here. `seconds` is the index of how long it may take, nil
// or none for as long as it takes, or 0 for that.
Wait check_wait(lua_State* L, Scheduler& scheduler, const Waiting& waiting, int seconds);

inline Wait check_wait(lua_State* L, const Waiting& waiting, int seconds)
{
    return check_wait(L, scheduler_of(L), waiting, seconds);
}

// The task runs: if it was about to wait and could not yield, because a C function was in the way, that is taken back.
void settle(lua_State* L, Task& task);

// Whether the argument is a socket, of any generation or of net. In the place of one of net there is that of llsocket
// afterwards, in the place of another table whatever it has for one.
bool is_socket(lua_State* L, int index);

// What is waited on: a socket, or the number of a descriptor. Raises an argument error for anything
// else; what cannot be watched is told by the outcome.
Outcome<Loop::Key> watch_argument(lua_State* L, Scheduler& scheduler, int index);
// The number of it.
int check_descriptor(lua_State* L, int index);

// While the task waits, these arguments of its function, of which the second may be 0, are kept: the operation points
// into them, and others may close the coroutine that has them.
void keep_alive(lua_State* L, const Wait& wait, std::uint8_t first, std::uint8_t second = 0);

// The task goes on: they are its coroutine's only.
void let_go(lua_State* L, Task& task);

// The limit of all waits of the task has passed.
bool is_too_late(const Wait& wait);

// Starts the task's operation. Either it is finished and its results are pushed, or the task yields; the function that
// calls this returns what this gives. When it is too late it is not started, and its time is over.
int start_wait(lua_State* L, const Wait& wait, Loop::Key key, bool dozes = false);
int finish_wait(lua_State* L, const Wait& wait); // of an operation that ended before it was started
int start_wait_alone(lua_State* L, const Wait& wait);
int start_wait_beside(lua_State* L, const Wait& wait, Loop::Key key);

// For what is started otherwise, when it is too late. A task that waits again and again all the same leaves others
// their turn.
[[gnu::cold]] int miss_wait(lua_State* L, const Wait& wait);

// For operations that were started already.
int yield_wait(lua_State* L, const Wait& wait);

// Others have their turn, then the task goes on.
int yield_ready(lua_State* L, const Wait& wait);

// The results of a task's operation that failed: nil, nil, true when its deadline has passed, else nil and the error.
[[gnu::cold]] int push_failure(lua_State* L, const Task& task);
[[gnu::cold]] int push_failure(lua_State* L, const Error& error, const char* what);

// The results of a wait whose time is over: nil, nil, true.
[[gnu::cold]] int push_timeout(lua_State* L);

// What a coroutine is resumed with for its wait to raise an error: this, and the error.
extern const char raise_tag;

// What a coroutine has on top of its stack while it waits.
extern const char wait_mark;

// Whether it is in a wait: only who knows that it is over may resume it.
bool is_in_wait(lua_State* coroutine);

// Raises the error if the values from `index` on ask for it.
void raise_if_asked(lua_State* L, int index);

// The error that a cancelled task sees.
void push_cancellation(lua_State* L);

} // namespace llnet
