// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Pushes the table of all metatables of generation 4, for modules that take and give its objects.
void push_object_metatables(lua_State* L);

} // namespace llnet
