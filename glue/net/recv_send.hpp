// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/box.hpp"

namespace llnet {

// Adds recv and send to the table below the table of all metatables.
void add_recv_send(lua_State* L);

} // namespace llnet
