// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Adds counts and waiting to the table below the table of all metatables.
void add_inspect(lua_State* L);

} // namespace llnet
