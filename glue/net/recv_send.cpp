// SPDX-License-Identifier: MIT
// The two calls that programs make most, as functions and as methods of net's sockets.
#include "glue/net/recv_send.hpp"

#include "core/sock/transfer.hpp"
#include "glue/llsocket/socket.hpp"
#include "glue/net/socket_wait.hpp"

namespace llnet {

namespace {

Socket& socket_of(const TransferCall& call) noexcept
{
    return *static_cast<Socket*>(call.object);
}

int push_received(lua_State* L, Scheduler&, Task& task)
{
    const auto& receive = static_cast<const ReceiveOperation&>(*task.operation());
    if (!receive.outcome().done()) [[unlikely]] {
        return push_end(L, task);
    }
    lua_pushlstring(L, receive.received().data(), receive.received().size());
    return 1;
}

struct ReceiveInto final : ReceiveOperation {
    ReceiveInto(std::unique_ptr<char[]> the_own, std::span<char> room, int flags, bool nothing_is_end) noexcept
        : ReceiveOperation(room, flags, nothing_is_end), own(std::move(the_own))
    {}

    std::unique_ptr<char[]> own;
};

constexpr Waiting in_recv{"recv", push_received, room_for<ReceiveInto>};

int receive(lua_State* L, const TransferCall& call)
{
    Socket& socket = socket_of(call);
    const std::size_t size = opt_size(L, call.value, default_room);
    const Wait wait = check_wait(L, call.scheduler, in_recv, call.seconds);
    if (size == 0 && socket.fd.get() >= 0) [[unlikely]] {
        lua_pushliteral(L, "");
        return 1;
    }
    const bool nothing_is_end = nothing_means_end(sys::host(), socket, call.flags);
    check_memory(L, work([&] {
                     auto own = own_room(size);
                     const std::span<char> room = room_in(own, wait.scheduler, size);
                     wait.task.emplace_operation<ReceiveInto>(std::move(own), room, call.flags, nothing_is_end);
                     return done();
                 }));
    return start_on_socket(L, wait, socket);
}

// The first call, if it was made without an operation.
struct First {
    bool is_made = false;
    bool is_all = false;
    sys::Result<ssize_t> result;
};

First send_at_once(const Wait& wait, Socket& socket, std::string_view bytes, int flags)
{
    if (!may_act_at_once(wait, socket, Direction::write)) {
        return {};
    }
    const sys::Result<ssize_t> sent =
        sys::host().send(socket.fd.get(), bytes.data(), bytes.size(), flags | MSG_DONTWAIT);
    const auto count = static_cast<std::size_t>(sent.ok() ? sent.value : 0);
    const bool is_all = sent.ok() && count == bytes.size();
    wait.scheduler.loop().acted(socket, Direction::write, count, is_all);
    return {true, is_all, sent};
}

constexpr Waiting in_send{"send", push_sent, room_for<SendOperation>};

// Goes on when that was not all. Apart, so that what most messages need is small.
[[gnu::noinline]] int send_rest(lua_State* L, const Wait& wait, const TransferCall& call, std::string_view bytes,
                                const First& first)
{
    keep_alive(L, wait, static_cast<std::uint8_t>(call.value));
    auto& operation = wait.task.emplace_operation<SendOperation>(bytes, call.flags);
    return first.is_made && operation.ends_with(first.result) ? finish_wait(L, wait)
                                                              : start_on_socket(L, wait, socket_of(call));
}

int send(lua_State* L, const TransferCall& call)
{
    Socket& socket = socket_of(call);
    const std::string_view bytes = check_bytes(L, call.value);
    const Wait wait = check_wait(L, call.scheduler, in_send, call.seconds);
    if (bytes.empty() && is_stream(sys::host(), socket)) [[unlikely]] {
        lua_pushinteger(L, 0);
        return 1;
    }
    const First first = send_at_once(wait, socket, bytes, call.flags);
    if (!first.is_all) [[unlikely]] {
        return send_rest(L, wait, call, bytes, first);
    }
    return push_all_sent(L, wait, bytes);
}

// recv(socket, seconds [, size [, flag...]]) -> string | nil (end) | nil, err | nil, nil, true
// send(socket, seconds, string [, flag...]) -> n | n, nil, true | nil (closed by the peer) | nil, err
template <int (*transfer)(lua_State* L, const TransferCall& call)>
int function(lua_State* L)
{
    Scheduler& scheduler = scheduler_of(L);
    auto& socket = check_self<Socket>(L, scheduler.socket_metatable);
    return transfer(L, {scheduler, &socket, 1, 2, 3, check_flags(L, 4)});
}

constexpr Method functions[] = {
    {"recv", function<receive>},
    {"send", function<send>},
};

// Fields of an instance of net: see lua/net/socket.lua.
constexpr int own_object = 1; // what recv and send are called on, or false
constexpr int receive_limit = 2;
constexpr int send_limit = 3;

constexpr int otherwise = lua_upvalueindex(5); // the function for those without such an object

// (self, value). One function for both: its code is in the cache when the other is called.
int call_transfer(lua_State* L, int (*Transfers::*transfer)(lua_State* L, const TransferCall& call), int limit)
{
    lua_settop(L, 2);
    if (lua_istable(L, 1)) {
        Scheduler& scheduler = scheduler_of(L);
        lua_rawgeti(L, 1, own_object); // it stays on the stack: the instance may be given another meanwhile
        lua_rawgeti(L, 1, limit);
        void* object = lua_touserdata(L, 3);
        const bool has_class = object != nullptr && lua_getmetatable(L, 3) != 0;
        const void* metatable = has_class ? lua_topointer(L, 5) : nullptr;
        for (const Transfers& each : scheduler.transfers) {
            if (has_class && each.metatable == metatable) {
                return (each.*transfer)(L, {scheduler, object, 3, lua_type(L, 4) == LUA_TNUMBER ? 4 : 0, 2});
            }
        }
        lua_settop(L, 2);
    }
    lua_pushvalue(L, otherwise);
    lua_insert(L, 1);
    return call_for_all(L, 2);
}

int recv_method(lua_State* L)
{
    return call_transfer(L, &Transfers::receive, receive_limit);
}

int send_method(lua_State* L)
{
    return call_transfer(L, &Transfers::send, send_limit);
}

constexpr Method methods[] = {
    {"recv", recv_method},
    {"send", send_method},
};

// method(name, otherwise): a method of net's sockets.
int make_method(lua_State* L)
{
    const std::string_view name = check_bytes(L, 1);
    for (const Method& method : methods) {
        if (name == method.name) {
            for (const int upvalue : {own_metatable, all_metatables, module_state}) {
                lua_pushvalue(L, upvalue);
            }
            lua_pushvalue(L, 1);
            lua_pushvalue(L, 2);
            lua_pushcclosure(L, method.function, 5);
            return 1;
        }
    }
    return argument_error(L, 1, "recv or send expected");
}

constexpr Method makers[] = {{"method", make_method}};

} // namespace

void add_recv_send(lua_State* L, Scheduler& scheduler)
{
    scheduler.transfers[0] = {scheduler.socket_metatable, receive, send};
    add_functions(L, Class::socket, functions);
    add_functions_for_methods(L, Class::socket, "for_methods", functions);
    if constexpr (can_call_what_waits) {
        add_functions(L, Class::socket, makers);
    }
}

} // namespace llnet
