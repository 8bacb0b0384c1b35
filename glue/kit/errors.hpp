// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/error.hpp"
#include "glue/kit/box.hpp"

#include <string_view>

namespace llnet {

// Error objects: immutable, with the fields type, code, name, op, method and message.

// Pushes the object for a failure in `method`. Runs in a closure with the module's upvalues.
void push_error(lua_State* L, std::string_view method, ErrorKind kind, int code, std::string_view op);

inline void push_error(lua_State* L, const char* method, const Error& error)
{
    push_error(L, method, error.kind, error.code, error.op);
}

// Pushes "[EPIPE:32][send] Broken pipe", the form that errno.parse reads.
void push_error_text(lua_State* L, ErrorKind kind, int code, std::string_view op);

// Defines the classes of errors and of error types; the table of all metatables is on top.
void define_error_classes(lua_State* L);

// Fills the table below the table of all metatables with the module "errno".
void add_errno(lua_State* L);

} // namespace llnet
