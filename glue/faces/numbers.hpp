// SPDX-License-Identifier: MIT
#pragma once

#include "glue/faces/earlier.hpp"
#include "glue/kit/box.hpp"

#include <netdb.h>

namespace llnet {

// Generation 1: how an outcome looks in Lua. Failures are errno numbers, and so is "would block".
//
//   action    no result | errno
//   value     the value | nil, errno
//   received  the value | nil (end of stream) | nil, errno, again
//   sent      n | nil, errno, again
struct Numbers : Earlier<Numbers> {
    static constexpr Generation generation{"llsocket.v1", 1};

    static int action(lua_State* L, const char*, const Outcome<>& out)
    {
        return out.done() ? 0 : push_errno(L, out.error);
    }

    // `push` pushes the value of a finished call and gives the number of results.
    template <class T, class Push>
    static int value(lua_State* L, const char*, const Outcome<T>& out, Push push)
    {
        if (out.done()) {
            return push(out.value);
        }
        lua_pushnil(L);
        return out.status == Status::end ? 1 : 1 + push_errno(L, out.error);
    }

    template <class T, class Push>
    static int received(lua_State* L, const char* method, const Outcome<T>& out, Push push)
    {
        const int results = value(L, method, out, push);
        return out.done() || out.status == Status::end ? results : results + push_again(L, out.error);
    }

    static int sent(lua_State* L, const char* method, const Outcome<std::size_t>& out, std::size_t)
    {
        return received(L, method, out, [L](std::size_t n) {
            lua_pushinteger(L, static_cast<lua_Integer>(n));
            return 1;
        });
    }

private:
    // What getaddrinfo's codes, which are no errnos, come closest to.
    struct ResolverErrno {
        int eai;
        int code;
    };

    static constexpr ResolverErrno resolver_errnos[] = {
        {EAI_AGAIN, EAGAIN},  {EAI_BADFLAGS, EINVAL}, {EAI_FAIL, EIO},       {EAI_FAMILY, EAFNOSUPPORT},
        {EAI_MEMORY, ENOMEM}, {EAI_NONAME, ENXIO},    {EAI_SERVICE, EINVAL}, {EAI_SOCKTYPE, ESOCKTNOSUPPORT},
    };

    static int errno_of(const Error& error)
    {
        if (error.kind == ErrorKind::system) {
            return error.code;
        }
        for (const ResolverErrno& row : resolver_errnos) {
            if (row.eai == error.code) {
                return row.code;
            }
        }
        return ENXIO;
    }

    static int push_errno(lua_State* L, const Error& error)
    {
        lua_pushinteger(L, errno_of(error));
        return 1;
    }

    // Unlike the later generations, an interrupted call is not "again".
    static int push_again(lua_State* L, const Error& error)
    {
        lua_pushboolean(L, error.code == EAGAIN || error.code == EWOULDBLOCK);
        return 1;
    }
};

} // namespace llnet
