// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Adds recvfrom, accept and so on to the table below the table of all metatables.
void add_transfer(lua_State* L);

} // namespace llnet
