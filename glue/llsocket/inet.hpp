// SPDX-License-Identifier: MIT
#pragma once

#include "glue/kit/compat.hpp"

namespace llnet {

// Add the functions of the modules "inet" and "unix", which generations 1, 2 and 3 have, to the table below the table
// of all metatables.
template <class Face>
void add_inet(lua_State* L);
template <class Face>
void add_unix(lua_State* L);

} // namespace llnet
