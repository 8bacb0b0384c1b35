// SPDX-License-Identifier: MIT
#pragma once

#include "glue/net/scheduler.hpp"

namespace llnet {

// To make a coroutine takes longer than all the rest of a short task. So those of tasks that returned run others,
// unless the program may know them again.

// Pushes a coroutine that is as good as new, and gives it.
lua_State* push_spare(lua_State* L, Scheduler& scheduler);

// Whether the coroutine can run others after this task, which returned.
bool is_as_good_as_new(const Task& task, lua_State* coroutine);

// Keeps such a coroutine, which is on top of the stack and popped.
void keep_spare(lua_State* L, Scheduler& scheduler);

// Adds their table to the table of all metatables, which is on top of the stack.
void add_spares(lua_State* L);

} // namespace llnet
