// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

void define_devices(lua_State* L);

// Adds the functions of the module "device" to the table below the table of all metatables.
template <class Face>
void add_device(lua_State* L);

} // namespace llnet
