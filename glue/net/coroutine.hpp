// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Adds coresume to the table below the table of all metatables.
void add_coroutine(lua_State* L);

} // namespace llnet
