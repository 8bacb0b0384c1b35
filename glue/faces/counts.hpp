// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "glue/kit/compat.hpp"

namespace llnet {

// What generations 2, 3 and 4 have in common: counts, and that a value which was received is like any other. `Face` is
// the face that derives from it.
template <class Face>
struct Counts {
    // A value that was received.
    template <class T, class Push>
    static int received(lua_State* L, const char* method, const Outcome<T>& out, Push push)
    {
        return Face::value(L, method, out, push);
    }

    static int count(lua_State* L, const char* method, const Outcome<std::size_t>& out, std::size_t wanted)
    {
        if (out.done()) {
            return counted(L, out.value, out.value != wanted);
        }
        if (out.status == Status::again) {
            return counted(L, 0, true);
        }
        return Face::value(L, method, out, [](std::size_t) { return 0; });
    }

    static int counted(lua_State* L, std::size_t n, bool again)
    {
        lua_pushinteger(L, static_cast<lua_Integer>(n));
        lua_pushnil(L);
        lua_pushboolean(L, again);
        return 3;
    }
};

} // namespace llnet
