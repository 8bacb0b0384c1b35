// SPDX-License-Identifier: MIT
#pragma once

#include "glue/faces/counts.hpp"
#include "glue/faces/earlier.hpp"
#include "glue/kit/errors.hpp"

#include <string_view>
#include <sys/socket.h>

namespace llnet {

// Generations 2 and 3: how an outcome looks in Lua. Failures are strings, "[EPIPE:32][send] Broken pipe"; a call that
// would block gives none.
//
//   action   no result | err
//   value    the value | nil (end of stream) | nil, err | nil, nil, true (would block)
//   count    n, nil, short | nil (end of stream) | nil, err | 0, nil, true
struct Strings : Earlier<Strings>, Counts<Strings> {
    // A failure of one method that is told in another way than by nil and the error; `again` is true then.
    struct Exception {
        std::string_view method;
        int code;
        int type; // of the socket; 0 for all
        enum class First { nil, zero, minus_one } first;
        bool tells_error;
    };

    static constexpr Exception exceptions[] = {
        {"sendmsg", EMSGSIZE, 0, Exception::First::minus_one, true},
        {"sendfd", EMSGSIZE, 0, Exception::First::zero, false},
        {"recvfd", ENOMSG, SOCK_DGRAM, Exception::First::nil, true},
        {"recvfd", ENOMSG, SOCK_RAW, Exception::First::nil, true},
    };

    static int action(lua_State* L, const char*, const Outcome<>& out)
    {
        return out.done() ? 0 : push_text(L, out.error);
    }

    // Whether it succeeded, as the companions tell it in every generation: true | false, err.
    static int success(lua_State* L, const char*, const Outcome<>& out)
    {
        lua_pushboolean(L, out.done());
        return out.done() ? 1 : 1 + push_text(L, out.error);
    }

    // `push` pushes the value of a finished call and gives the number of results; `type` is that of the socket, where
    // an exception depends on it.
    template <class T, class Push>
    static int value(lua_State* L, const char* method, const Outcome<T>& out, Push push, int type = 0)
    {
        switch (out.status) {
        case Status::done:
            return push(out.value);
        case Status::again:
            lua_pushnil(L);
            return 1 + push_again(L);
        case Status::end:
            lua_pushnil(L);
            return 1;
        case Status::failed:
            break;
        }
        return failure(L, method, out.error, type);
    }

    // Bytes that were sent: nil when the peer has closed.
    static int sent(lua_State* L, const char* method, const Outcome<std::size_t>& out, std::size_t wanted)
    {
        const bool is_closed =
            out.status == Status::failed && (out.error.code == EPIPE || out.error.code == ECONNRESET);
        return count(L, method, is_closed ? end_of_stream<std::size_t>() : out, wanted);
    }

    // The count of a vector write, which is a number even when the call failed.
    static int written(lua_State* L, const char* method, const Outcome<std::size_t>& out, std::size_t wanted)
    {
        if (out.status != Status::failed) {
            return count(L, method, out, wanted);
        }
        lua_pushinteger(L, 0);
        return 1 + push_text(L, out.error);
    }

    // A connection made, or err; again says that it has begun (not that it is still under way: EALREADY).
    static int connection(lua_State* L, const char*, const Outcome<int>& out)
    {
        if (out.done() && out.value == 0) {
            return 0;
        }
        push_text(L, out.error);
        lua_pushboolean(L, out.error.code == EINPROGRESS);
        return 2;
    }

    // Ready, or not within the time.
    static int readiness(lua_State* L, const char*, const Outcome<bool>& out)
    {
        lua_pushboolean(L, out.done() && out.value);
        if (!out.done()) {
            return 1 + push_text(L, out.error);
        }
        return out.value ? 1 : 1 + push_again(L);
    }

private:
    static int push_text(lua_State* L, const Error& error)
    {
        push_error_text(L, error.kind, error.code, error.op);
        return 1;
    }

    static int push_again(lua_State* L)
    {
        lua_pushnil(L);
        lua_pushboolean(L, 1);
        return 2;
    }

    static const Exception* find_exception(std::string_view method, int code, int type)
    {
        for (const Exception& exception : exceptions) {
            if (exception.method == method && exception.code == code &&
                (exception.type == 0 || exception.type == type)) {
                return &exception;
            }
        }
        return nullptr;
    }

    static int failure(lua_State* L, const char* method, const Error& error, int type)
    {
        const Exception* exception = find_exception(method, error.code, type);
        if (exception == nullptr) {
            lua_pushnil(L);
            return 1 + push_text(L, error);
        }
        if (exception->first == Exception::First::nil) {
            lua_pushnil(L);
        } else {
            lua_pushinteger(L, exception->first == Exception::First::zero ? 0 : -1);
        }
        if (exception->tells_error) {
            push_text(L, error);
        } else {
            lua_pushnil(L);
        }
        lua_pushboolean(L, 1);
        return 3;
    }
};

struct Strings2 : Strings {
    static constexpr Generation generation{"llsocket.v2", 2};
};

struct Strings3 : Strings {
    static constexpr Generation generation{"llsocket.v3", 3};
};

} // namespace llnet
