// SPDX-License-Identifier: MIT
#pragma once

#include "core/msg/io_vector.hpp"
#include "glue/kit/box.hpp"

namespace llnet {

template <>
struct ClassOf<IoVector> {
    static constexpr Class id = Class::iovec;
};

// Raises an argument error unless the value at `index` is an iovec. Its generation does not matter: an iovec has no
// results of its own in a message, and programs get it from one module for all generations.
void check_any_vector(lua_State* L, int index);

template <class Face>
void define_iovec(lua_State* L);

// Adds the functions and constants of the module "iovec" to the table below the table of all metatables.
void add_iovec(lua_State* L);

} // namespace llnet
