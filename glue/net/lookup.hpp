// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

void define_lookup(lua_State* L);

// Adds lookup to the table below the table of all metatables.
void add_lookup(lua_State* L);

} // namespace llnet
