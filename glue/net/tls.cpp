// SPDX-License-Identifier: MIT
// Calls on sessions of TLS that take their time: (session, seconds, value...).
#include "glue/net/tls.hpp"

#include "core/loop/tls_operations.hpp"
#include "core/sock/transfer.hpp"
#include "glue/llsocket/socket.hpp"
#include "glue/net/socket_wait.hpp"
#include "glue/tls/objects.hpp"

#include <cerrno>
#include <climits>

namespace llnet {

namespace {

TlsSession& session_of(const TransferCall& call) noexcept
{
    return *static_cast<TlsSession*>(call.object);
}

// What was collected, and a finalizer found, has no socket any more.
int start_on(lua_State* L, const Wait& wait, TlsSession& self)
{
    if (self.socket == nullptr) [[unlikely]] {
        const char* what = wait.task.pause->waiting->what;
        return push_failure(L, system_error(EBADF, what), what);
    }
    return start_on_socket(L, wait, *self.socket);
}

// nil, nil, true; or nil and what is wrong
int push_failure_of(lua_State* L, const Task& task)
{
    const auto& operation = static_cast<const TlsOperation&>(*task.operation());
    if (operation.timed_out() || operation.outcome().error.kind != ErrorKind::tls) {
        return push_failure(L, task);
    }
    return push_tls_failure(L, operation.outcome().error, operation.session().detail());
}

int push_success(lua_State* L, Scheduler&, Task& task)
{
    if (!task.operation()->outcome().done()) {
        return push_failure_of(L, task);
    }
    lua_pushboolean(L, 1);
    return 1;
}

struct ReceiveInto final : TlsReceiveOperation {
    ReceiveInto(tls::Session& session, std::unique_ptr<char[]> the_own, std::span<char> room) noexcept
        : TlsReceiveOperation(session, room), own(std::move(the_own))
    {}

    std::unique_ptr<char[]> own;
};

int push_received(lua_State* L, Scheduler&, Task& task)
{
    const auto& receive = static_cast<const ReceiveInto&>(*task.operation());
    const Status status = receive.outcome().status;
    if (status == Status::end) {
        lua_pushnil(L);
        return 1;
    }
    if (status != Status::done) {
        return push_failure_of(L, task);
    }
    lua_pushlstring(L, receive.received().data(), receive.received().size());
    return 1;
}

constexpr Waiting in_recv{"recv", push_received, room_for<ReceiveInto>};

int receive(lua_State* L, const TransferCall& call)
{
    TlsSession& self = session_of(call);
    const std::size_t size = opt_size(L, call.value, default_room);
    const Wait wait = check_wait(L, call.scheduler, in_recv, call.seconds);
    if (size == 0 && self.fd() >= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    keep_alive(L, wait, static_cast<std::uint8_t>(call.self));
    check_memory(L, work([&] {
                     auto own = own_room(size);
                     const std::span<char> room = room_in(own, wait.scheduler, size);
                     wait.task.emplace_operation<ReceiveInto>(self.session, std::move(own), room);
                     return done();
                 }));
    return start_on(L, wait, self);
}

// As push_sent, with what TLS says.
int push_sent_by_tls(lua_State* L, Scheduler& scheduler, Task& task)
{
    const Outcome<std::size_t>& out = task.operation()->outcome();
    if (out.status != Status::failed || out.error.kind != ErrorKind::tls) {
        return push_sent(L, scheduler, task);
    }
    const int results = push_failure_of(L, task);
    if (out.value > 0) {
        lua_pushinteger(L, static_cast<lua_Integer>(out.value));
        lua_replace(L, -1 - results);
    }
    return results;
}

constexpr Waiting in_send{"send", push_sent_by_tls, room_for<TlsSendOperation>};

// Goes on after a first write, if one was made.
int send_by_operation(lua_State* L, const Wait& wait, const TransferCall& call, std::string_view bytes,
                      const tls::Step* first)
{
    TlsSession& self = session_of(call);
    keep_alive(L, wait, static_cast<std::uint8_t>(call.self), static_cast<std::uint8_t>(call.value));
    auto& operation = wait.task.emplace_operation<TlsSendOperation>(self.session, bytes);
    return first != nullptr && operation.ends_with(*first) ? finish_wait(L, wait) : start_on(L, wait, self);
}

// Whether they are a record, and may be tried without an operation.
bool may_send_at_once(const Wait& wait, const TlsSession& self, std::string_view bytes) noexcept
{
    return bytes.size() <= tls::Session::most_at_once && self.socket != nullptr &&
           may_act_at_once(wait, *self.socket, Direction::write);
}

int send(lua_State* L, const TransferCall& call)
{
    TlsSession& self = session_of(call);
    const std::string_view bytes = check_bytes(L, call.value);
    const Wait wait = check_wait(L, call.scheduler, in_send, call.seconds);
    if (!may_send_at_once(wait, self, bytes)) {
        return send_by_operation(L, wait, call, bytes, nullptr);
    }
    const tls::Step step = self.session.write(sys::host(), self.fd(), bytes);
    const bool is_all = step.outcome.done() && step.outcome.value == bytes.size() && !self.session.has_output();
    wait.scheduler.loop().acted(*self.socket, Direction::write, step.outcome.value, is_all);
    if (!is_all) {
        return send_by_operation(L, wait, call, bytes, &step);
    }
    return push_all_sent(L, wait, bytes);
}

// recv(session, seconds [, size]) -> string | nil (end) | nil, err | nil, nil, true
// send(session, seconds, string) -> n | n, nil, true | nil (closed by the peer) | n or nil, err
template <int (*transfer)(lua_State* L, const TransferCall& call)>
int function(lua_State* L)
{
    return transfer(L, {scheduler_of(L), &check_object<TlsSession>(L, 1), 1, 2, 3});
}

constexpr Waiting in_sendfile{"sendfile", push_sent_by_tls, room_for<TlsSendFileOperation>};

// sendfile(session, seconds, file, size [, offset]) -> as send; fewer at the end of the file
int sendfile(lua_State* L)
{
    auto& self = check_object<TlsSession>(L, 1);
    const File file = check_file(L, 3);
    const auto size = static_cast<std::size_t>(check_integer(L, 4, 0, LLONG_MAX));
    const auto offset = static_cast<off_t>(is_absent(L, 5) ? 0 : check_integer(L, 5, 0, LLONG_MAX));
    const Wait wait = check_wait(L, in_sendfile, 2);
    if (const Outcome<> flushed = flush_file(file); !flushed.done()) {
        return push_failure(L, flushed.error, "sendfile");
    }
    keep_alive(L, wait, 1, 3);
    wait.task.emplace_operation<TlsSendFileOperation>(self.session, file.fd, offset, size);
    return start_on(L, wait, self);
}

constexpr Waiting in_handshake{"handshake", push_success, room_for<TlsHandshakeOperation>};
constexpr Waiting in_close{"close", push_success, room_for<TlsCloseOperation>};

// handshake(session, seconds), close(session, seconds) -> true | nil, err | nil, nil, true
template <class Operation, const Waiting& waiting>
int run(lua_State* L)
{
    auto& self = check_object<TlsSession>(L, 1);
    const Wait wait = check_wait(L, waiting, 2);
    keep_alive(L, wait, 1);
    wait.task.emplace_operation<Operation>(self.session);
    return start_on(L, wait, self);
}

constexpr Method functions[] = {
    {"recv", function<receive>},
    {"send", function<send>},
    {"sendfile", sendfile},
    {"handshake", run<TlsHandshakeOperation, in_handshake>},
    {"close", run<TlsCloseOperation, in_close>},
};

} // namespace

void add_tls_waits(lua_State* L, Scheduler& scheduler)
{
    const int metatables = lua_gettop(L);
    push_tls_metatables(L);
    lua_rawgeti(L, -1, static_cast<int>(Class::tls_session));
    scheduler.transfers[1] = {lua_topointer(L, -1), receive, send};
    lua_rawseti(L, metatables, static_cast<int>(Class::tls_session));
    lua_settop(L, metatables);
    add_functions_for_methods(L, Class::tls_session, "tls", functions);
}

} // namespace llnet
