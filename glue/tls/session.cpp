// SPDX-License-Identifier: MIT
// Ends of connections, which the functions take first. They are no methods, since programs get the object to ask it
// about the peer. What would block answers nil, nil, true and for what to wait: "read" or "write".
#include "glue/kit/errors.hpp"
#include "glue/tls/objects.hpp"

#include <algorithm>
#include <array>
#include <climits>

namespace llnet {

namespace {

using tls::Step;
using tls::Wants;

void push_wants(lua_State* L, const Step& step)
{
    lua_pushboolean(L, 1);
    lua_pushstring(L, step.wants == Wants::write ? "write" : "read");
}

// nil, err; or nil, nil, true, wants
int push_unfinished(lua_State* L, const TlsSession& self, const Step& step)
{
    if (step.outcome.status == Status::again) {
        lua_pushnil(L);
        lua_pushnil(L);
        push_wants(L, step);
        return 4;
    }
    return push_tls_failure(L, step.outcome.error, self.session.detail());
}

int push_done(lua_State* L, const TlsSession& self, const Step& step)
{
    if (!step.outcome.done()) {
        return push_unfinished(L, self, step);
    }
    lua_pushboolean(L, 1);
    return 1;
}

int handshake(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    return push_done(L, self, self.session.handshake(sys::host(), self.fd()));
}

// read(session [, size]) -> bytes | nil (end) | nil, err | nil, nil, true, wants
int read(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    std::array<char, tls::Session::most_at_once> room;
    const std::size_t size = std::min(opt_size(L, 2, room.size()), room.size());
    const Step step = self.session.read(sys::host(), self.fd(), {room.data(), size});
    if (step.outcome.done()) {
        lua_pushlstring(L, room.data(), step.outcome.value);
        return 1;
    }
    if (step.outcome.status == Status::end) {
        lua_pushnil(L);
        return 1;
    }
    return push_unfinished(L, self, step);
}

// Writes all bytes, as far as the socket takes them.
Step write_all(TlsSession& self, std::string_view bytes)
{
    std::size_t count = 0;
    Step step;
    while (count < bytes.size()) {
        step = self.session.write(sys::host(), self.fd(), bytes.substr(count));
        if (!step.outcome.done()) {
            break;
        }
        count += step.outcome.value;
    }
    if (step.outcome.done()) {
        step = self.session.flush(sys::host(), self.fd());
    }
    step.outcome.value = count;
    return step;
}

// n | n, nil, true, "write" | n or nil, err
int push_written(lua_State* L, const TlsSession& self, const Step& step)
{
    if (step.outcome.status == Status::failed) {
        const int results = push_tls_failure(L, step.outcome.error, self.session.detail());
        if (step.outcome.value > 0) {
            lua_pushinteger(L, static_cast<lua_Integer>(step.outcome.value));
            lua_replace(L, -1 - results);
        }
        return results;
    }
    lua_pushinteger(L, static_cast<lua_Integer>(step.outcome.value));
    if (step.outcome.done()) {
        return 1;
    }
    lua_pushnil(L);
    push_wants(L, step);
    return 4;
}

// write(session, str [, sent])
int write(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    const std::string_view bytes = check_bytes(L, 2);
    const auto sent =
        static_cast<std::size_t>(is_absent(L, 3) ? 0 : check_integer(L, 3, 0, static_cast<long long>(bytes.size())));
    return push_written(L, self, write_all(self, bytes.substr(sent)));
}

// Writes as much of the file as the socket takes: fewer bytes at its end.
Step write_file(TlsSession& self, int file, std::size_t size, off_t offset)
{
    std::size_t count = 0;
    Step step;
    do {
        step = self.session.write_file(sys::host(), self.fd(), file, offset + static_cast<off_t>(count), size - count);
        count += step.outcome.done() ? step.outcome.value : 0;
    } while (step.outcome.done() && step.outcome.value > 0);
    step.outcome.value = count;
    return step;
}

// sendfile(session, file, size [, offset])
int sendfile(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    const File file = check_file(L, 2);
    const auto size = static_cast<std::size_t>(check_integer(L, 3, 0, LLONG_MAX));
    const auto offset = static_cast<off_t>(is_absent(L, 4) ? 0 : check_integer(L, 4, 0, LLONG_MAX));
    if (const Outcome<> flushed = flush_file(file); !flushed.done()) {
        return push_tls_failure(L, flushed.error, {});
    }
    return push_written(L, self, write_file(self, file.fd, size, offset));
}

// close(session) -> true | nil, err | nil, nil, true, wants
int close(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    return push_done(L, self, self.session.close(sys::host(), self.fd()));
}

// release(session): the connection is over
int release(lua_State* L)
{
    check_self<TlsSession>(L).session.release();
    return 0;
}

// end_input(session): the program has shut the socket for reading
int end_input(lua_State* L)
{
    check_self<TlsSession>(L).session.end_input();
    return 0;
}

// feed(session, bytes): of the peer, received before the handshake
int feed(lua_State* L)
{
    auto& self = check_self<TlsSession>(L);
    const std::string_view bytes = check_bytes(L, 2);
    check_memory(L, work([&] {
                     self.session.feed(bytes);
                     return done();
                 }));
    return 0;
}

constexpr luaL_Reg metamethods[] = {
    {"__gc", collect<TlsSession>},
    {nullptr, nullptr},
};

constexpr luaL_Reg metamethods_of_resumption[] = {
    {"__gc", collect<TlsResumption>},
    {nullptr, nullptr},
};

constexpr Method functions[] = {
    {"handshake", handshake}, {"read", read}, {"write", write},         {"sendfile", sendfile},
    {"close", close},         {"feed", feed}, {"end_input", end_input}, {"release", release},
};

} // namespace

void define_tls_session(lua_State* L)
{
    define_class(L, Class::tls_session, "session", metamethods);
    define_class(L, Class::tls_resumption, "resumption", metamethods_of_resumption);
}

void add_tls_session(lua_State* L)
{
    add_functions(L, Class::tls_session, functions);
}

} // namespace llnet
