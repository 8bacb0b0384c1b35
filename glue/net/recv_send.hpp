// SPDX-License-Identifier: MIT
#pragma once

#include "glue/net/scheduler.hpp"

namespace llnet {

// Adds recv and send to the table below the table of all metatables.
void add_recv_send(lua_State* L, Scheduler& scheduler);

} // namespace llnet
