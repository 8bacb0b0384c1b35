// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Adds sigwait and the table `signals` to the table below the table of all metatables.
void add_signals(lua_State* L);

} // namespace llnet
