// SPDX-License-Identifier: MIT
#pragma once

#include "glue/net/scheduler.hpp"

namespace llnet {

// Adds the table "tls" with what takes its time in sessions of TLS to the table below the table of all metatables.
void add_tls_waits(lua_State* L, Scheduler& scheduler);

} // namespace llnet
