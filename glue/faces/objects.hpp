// SPDX-License-Identifier: MIT
#pragma once

#include "glue/faces/counts.hpp"
#include "glue/kit/errors.hpp"

namespace llnet {

// Generation 4: how an outcome looks in Lua. Failures are error objects; a call that would block gives no error.
//
//   action   true | false, err | false, nil, true (would block)
//   value    the value | nil (end of stream) | nil, err | nil, nil, true
//   count    n, nil, short | nil (end of stream) | nil, err | 0, nil, true
struct Objects : Counts<Objects> {
    static constexpr Generation generation{"llsocket", 4};

    static int action(lua_State* L, const char* method, const Outcome<>& out)
    {
        if (out.status == Status::again) {
            lua_pushboolean(L, 0);
            return push_again(L);
        }
        lua_pushboolean(L, out.done());
        if (out.done()) {
            return 1;
        }
        push_error(L, method, out.error);
        return 2;
    }

    // Whether it succeeded, as the companions tell it in every generation.
    static int success(lua_State* L, const char* method, const Outcome<>& out) { return action(L, method, out); }

    // `push` pushes the value of a finished call and gives the number of results; the socket's type makes no difference
    // in this generation.
    template <class T, class Push>
    static int value(lua_State* L, const char* method, const Outcome<T>& out, Push push, int = 0)
    {
        switch (out.status) {
        case Status::done:
            return push(out.value);
        case Status::again:
            lua_pushnil(L);
            return push_again(L);
        case Status::end:
            lua_pushnil(L);
            return 1;
        case Status::failed:
            break;
        }
        lua_pushnil(L);
        return push_beside(L, method, out.error);
    }

    // A message and its sender, each of which a function pushes.
    template <class PushMessage, class PushSender>
    static int received_from(lua_State* L, const Outcome<std::size_t>& out, PushMessage push_message,
                             PushSender push_sender)
    {
        return value(L, "recvfrom", out, [&](std::size_t size) {
            push_message(size);
            lua_pushnil(L);
            lua_pushboolean(L, 0);
            push_sender();
            return 4;
        });
    }

    // Bytes that were sent.
    static int sent(lua_State* L, const char* method, const Outcome<std::size_t>& out, std::size_t wanted)
    {
        return count(L, method, out, wanted);
    }

    // The count of a vector write, which is a number even when the call failed.
    static int written(lua_State* L, const char* method, const Outcome<std::size_t>& out, std::size_t wanted)
    {
        if (out.status != Status::failed) {
            return count(L, method, out, wanted);
        }
        lua_pushinteger(L, 0);
        return push_beside(L, method, out.error);
    }

    // A connection made, or one that is being made: in progress is success with the error beside it.
    static int connection(lua_State* L, const char* method, const Outcome<int>& out)
    {
        if (out.done()) {
            lua_pushboolean(L, 1);
            return out.value == 0 ? 1 : push_beside(L, method, out.error);
        }
        const int results = action(L, method, {out.status, {}, out.error});
        if (out.error.code == ETIMEDOUT) {
            lua_pushboolean(L, 1);
            return results + 1;
        }
        return results;
    }

    // Ready, or not within the time.
    static int readiness(lua_State* L, const char* method, const Outcome<bool>& out)
    {
        if (out.done() && !out.value) {
            lua_pushboolean(L, 0);
            return push_again(L);
        }
        return action(L, method, {out.status, {}, out.error});
    }

    // An option read, or changed: the answer is the value before the change.
    template <class Get, class Set>
    static auto change(bool sets, Get get, Set set) -> decltype(get())
    {
        const auto before = get();
        if (!sets || !before.done()) {
            return before;
        }
        const Outcome<> changed = set();
        return changed.done() ? before : decltype(get()){changed.status, {}, changed.error};
    }

    // SO_LINGER in seconds, negative when it is off.
    static void push_linger(lua_State* L, int seconds) { lua_pushinteger(L, seconds); }

    // The pending error of a socket: nil if there is none.
    static void push_pending(lua_State* L, const char* method, int code)
    {
        if (code == 0) {
            lua_pushnil(L);
        } else {
            push_error(L, method, system_error(code, "getsockopt"));
        }
    }

private:
    static int push_again(lua_State* L)
    {
        lua_pushnil(L);
        lua_pushboolean(L, 1);
        return 3;
    }

    static int push_beside(lua_State* L, const char* method, const Error& error)
    {
        push_error(L, method, error);
        return 2;
    }
};

} // namespace llnet
