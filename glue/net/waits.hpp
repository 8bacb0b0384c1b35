// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Adds sleep, later, suspend, readable and so on to the table below the table of all metatables.
void add_waits(lua_State* L);

} // namespace llnet
