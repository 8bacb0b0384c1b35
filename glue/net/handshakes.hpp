// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Each on the table of all metatables, which is on top of the stack.
void define_handshakes(lua_State* L);
void add_handshakes(lua_State* L); // to the table below

} // namespace llnet
