// SPDX-License-Identifier: MIT
#pragma once

#include "glue/net/scheduler.hpp"

namespace llnet {

// The task, whose `end` is told and whose coroutine is on top of the stack, has ended: its results are kept, and who
// waits for it wakes. Pops the coroutine. Where that raises an error, for want of memory, it is to be called again.
void end_task(lua_State* L, Scheduler& scheduler, Task& task);

// Raises an error if the task is the parent's of this process, which forked while it or a hook ran: it must go no
// further.
void check_process(lua_State* L, Scheduler& scheduler, const Task& task);

// The task is no longer among those that live, and who waits for its end wakes.
void leave(lua_State* L, Scheduler& scheduler, Task& task);
// The same for one whose anchors are released.
void retire(Scheduler& scheduler, Task& task);

// The task ends before it began: at once, or in its turn if somebody is to be told.
void cancel_unbegun(lua_State* L, Scheduler& scheduler, Task& task);

// Pushes a function of lua/net/loop.lua.
void push_callback(lua_State* L, const char* name);

// Adds spawn and exit to the table below the table of all metatables.
void add_life(lua_State* L);

} // namespace llnet
