// SPDX-License-Identifier: MIT
// Breaks the layers on purpose: tests that tools/check_layers.lua says so.
#include "core/sys/system.hpp"
#include <lua.h>
/* hidden */ #include_next <lauxlib.h>
