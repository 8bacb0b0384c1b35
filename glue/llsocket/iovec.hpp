// SPDX-License-Identifier: MIT
#pragma once

#include "core/msg/io_vector.hpp"
#include "glue/kit/box.hpp"

namespace llnet {

template <>
struct ClassOf<IoVector> {
    static constexpr Class id = Class::iovec;
};

template <class Face>
void define_iovec(lua_State* L);

// Adds the functions and constants of the module "iovec" to the table below the table of all metatables.
template <class Face>
void add_iovec(lua_State* L);

} // namespace llnet
