// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "glue/kit/compat.hpp"

namespace llnet {

// What generations 1, 2 and 3 have in common. `Face` is the face that derives from it.
template <class Face>
struct Earlier {
    // A message and its sender, each of which a function pushes: both | nil (end of stream) | nil and what `received`
    // gives.
    template <class PushMessage, class PushSender>
    static int received_from(lua_State* L, const Outcome<std::size_t>& out, PushMessage push_message,
                             PushSender push_sender)
    {
        if (out.done()) {
            push_message(out.value);
            push_sender();
            return 2;
        }
        lua_pushnil(L); // for the message; what follows has one for the sender
        const int results = Face::received(L, "recvfrom", out, [](std::size_t) { return 0; });
        return out.status == Status::end ? 1 : 1 + results;
    }

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
