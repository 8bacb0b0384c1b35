// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "glue/kit/compat.hpp"

namespace llnet {

// What generations 1, 2 and 3 have in common.
struct Earlier {
    // An option read, or changed: the answer is the value now in force.
    template <class Get, class Set>
    static auto change(bool sets, Get get, Set set) -> decltype(get())
    {
        const Outcome<> changed = sets ? set() : done();
        return changed.done() ? get() : decltype(get()){changed.status, {}, changed.error};
    }

    // SO_LINGER in seconds, nil when it is off.
    static void push_linger(lua_State* L, int seconds)
    {
        if (seconds < 0) {
            lua_pushnil(L);
        } else {
            lua_pushinteger(L, seconds);
        }
    }

    // The pending error of a socket, 0 if there is none.
    static void push_pending(lua_State* L, const char*, int code) { lua_pushinteger(L, code); }
};

} // namespace llnet
