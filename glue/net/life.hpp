// SPDX-License-Identifier: MIT
#pragma once

#include "glue/net/scheduler.hpp"

namespace llnet {

// How a coroutine came to its end, or to a point at which it does not go on.
enum class End { returned, failed, exited, yielded, stray };

// The coroutine on top of the stack is no longer used; it is popped. What it returned or failed with is on its stack.
// `yielded`: to nobody; `stray`: somebody else resumed it while it waited.
void end_task(lua_State* L, Scheduler& scheduler, Task& task, End how);

// The task whose userdata is the first argument ends before it began.
void cancel_unbegun(lua_State* L, Task& task);

// Calls a function of lua/net/loop.lua, which catches what it can; its arguments are on top of the stack.
void call_back(lua_State* L, const char* name, int arguments);

// Adds spawn and exit to the table below the table of all metatables.
void add_life(lua_State* L);

} // namespace llnet
