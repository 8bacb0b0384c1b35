// SPDX-License-Identifier: MIT
// Calls on sockets that take their time: (socket, seconds, what the method of the socket takes).
#include "glue/net/transfer.hpp"

#include "core/sock/transfer.hpp"
#include "glue/llsocket/addrinfo.hpp"
#include "glue/llsocket/iovec.hpp"
#include "glue/llsocket/socket.hpp"
#include "glue/net/socket_wait.hpp"

#include <cerrno>
#include <climits>
#include <memory>

namespace llnet {

namespace {

class ReceiveFromOperation final : public Operation {
public:
    ReceiveFromOperation(Scheduler& scheduler, std::unique_ptr<char[]> own, std::size_t size, SocketRef socket,
                         int flags) noexcept
        : Operation(Direction::read), scheduler_(scheduler), own_(std::move(own)), size_(size), socket_(socket),
          flags_(flags)
    {}

    [[nodiscard]] std::string_view received() const noexcept { return {room().data(), outcome_.value}; }
    [[nodiscard]] SocketRef socket() const noexcept { return socket_; }

protected:
    Progress perform(const sys::System& system, int) noexcept override
    {
        return finish_unless_again(receive_from(system, socket_, room(), flags_ | MSG_DONTWAIT, scheduler_.from));
    }

private:
    [[nodiscard]] std::span<char> room() const noexcept { return room_in(own_, scheduler_, size_); }

    Scheduler& scheduler_;
    std::unique_ptr<char[]> own_;
    std::size_t size_;
    SocketRef socket_;
    int flags_;
};

int push_received_from(lua_State* L, Scheduler& scheduler, Task& task)
{
    const auto& receive = static_cast<const ReceiveFromOperation&>(*task.operation());
    if (!receive.outcome().done()) {
        return push_end(L, task);
    }
    lua_pushlstring(L, receive.received().data(), receive.received().size());
    push_sender(L, scheduler.from, receive.socket());
    return 2;
}

constexpr Waiting in_recvfrom{"recvfrom", push_received_from, room_for<ReceiveFromOperation>};

// recvfrom(socket, seconds [, size [, flag...]]) -> string, addrinfo | ...
int recvfrom(lua_State* L)
{
    Scheduler& scheduler = scheduler_of(L);
    auto& socket = check_self<Socket>(L, scheduler.socket_metatable);
    const std::size_t size = opt_size(L, 3, default_room);
    const int flags = check_flags(L, 4);
    const Wait wait = check_wait(L, scheduler, in_recvfrom, 2);
    check_memory(L, work([&] {
                     auto own = own_room(size);
                     wait.task.emplace_operation<ReceiveFromOperation>(wait.scheduler, std::move(own), size, socket,
                                                                       flags);
                     return done();
                 }));
    return start_on_socket(L, wait, socket);
}

struct SendTo {
    SocketRef socket;
    std::string_view bytes;
    const Address* address;
    int flags;

    Outcome<std::size_t> operator()(const sys::System& system, int) const noexcept
    {
        return send_to(system, socket, bytes, *address, flags | MSG_DONTWAIT);
    }
};

constexpr Waiting in_sendto{"sendto", push_sent, room_for<CallOperation<SendTo>>};

// sendto(socket, seconds, string, addrinfo [, flag...]) -> as send
int sendto(lua_State* L)
{
    auto& socket = check_self<Socket>(L);
    const std::string_view bytes = check_bytes(L, 3);
    const Address& address = check_object<AddressBox>(L, 4).info.address;
    const int flags = check_flags(L, 5);
    const Wait wait = check_wait(L, in_sendto, 2);
    keep_alive(L, wait, 3, 4);
    wait.task.emplace_operation<CallOperation<SendTo>>(Direction::write, SendTo{socket, bytes, &address, flags});
    return start_on_socket(L, wait, socket);
}

// A blocking descriptor would hold up all tasks.
void check_nonblock(lua_State* L, int index, const Socket& socket)
{
    const Outcome<bool> set = nonblock(sys::host(), socket.fd.get());
    if (set.done() && !set.value) {
        argument_error(L, index, "socket blocks; make it with nonblock");
    }
}

constexpr Waiting in_sendfile{"sendfile", push_sent, room_for<SendFileOperation>};

// sendfile(socket, seconds, file, size [, offset]) -> as send; fewer at the end of the file
int sendfile(lua_State* L)
{
    auto& socket = check_self<Socket>(L);
    const File file = check_file(L, 3);
    const auto size = static_cast<std::size_t>(check_integer(L, 4, 0, LLONG_MAX));
    const auto offset = static_cast<off_t>(is_absent(L, 5) ? 0 : check_integer(L, 5, 0, LLONG_MAX));
    check_nonblock(L, 1, socket);
    const Wait wait = check_wait(L, in_sendfile, 2);
    if (size == 0 && socket.fd.get() >= 0) {
        lua_pushinteger(L, 0);
        return 1;
    }
    if (const Outcome<> flushed = flush_file(file); !flushed.done()) {
        return push_failure(L, flushed.error, "sendfile");
    }
    keep_alive(L, wait, 3);
    wait.task.emplace_operation<SendFileOperation>(file.fd, offset, size);
    return start_on_socket(L, wait, socket);
}

constexpr Waiting in_relay{"relay", push_count, room_for<RelayOperation>};

// relay(socket, seconds, socket [, size]) -> n | n, nil, true | n or nil, err: from the first to the second, until the
// end of the stream
int relay(lua_State* L)
{
    auto& source = check_self<Socket>(L);
    auto& sink = check_object<Socket>(L, 3);
    const auto size = is_absent(L, 4) ? SIZE_MAX : static_cast<std::size_t>(check_integer(L, 4, 0, LLONG_MAX));
    check_nonblock(L, 1, source);
    check_nonblock(L, 3, sink);
    const Wait wait = check_wait(L, in_relay, 2);
    if (size == 0 && source.fd.get() >= 0 && sink.fd.get() >= 0) {
        lua_pushinteger(L, 0);
        return 1;
    }
    Loop& loop = wait.scheduler.loop();
    const Outcome<> started = work([&] {
        const Outcome<Loop::Key> from = loop.watch(source);
        const Outcome<Loop::Key> to = from.done() ? loop.watch(sink) : from;
        if (to.done()) {
            wait.task.emplace_operation<RelayOperation>(make_conduit(sys::host()),
                                                        RelayOperation::End{source.fd.get(), from.value},
                                                        RelayOperation::End{sink.fd.get(), to.value}, size);
        }
        return to.done() ? done() : failed(to.error.code, "relay");
    });
    return started.done() ? start_on_socket(L, wait, source) : push_failure(L, started.error, "relay");
}

struct AcceptSocket final : AcceptOperation {
    explicit AcceptSocket(SocketRef the_listener) noexcept : AcceptOperation(true), listener(the_listener) {}

    SocketRef listener;
};

int push_accepted(lua_State* L, Scheduler&, Task& task)
{
    auto& accept = static_cast<AcceptSocket&>(*task.operation());
    if (!accept.outcome().done()) {
        return push_failure(L, task);
    }
    auto& socket = reserve<Socket>(L);
    socket = {accept.take(), accept.listener.family, accept.listener.type, accept.listener.protocol};
    return 1;
}

constexpr Waiting in_accept{"accept", push_accepted, room_for<AcceptSocket>};

// accept(socket, seconds) -> socket, which does not block | nil, err | nil, nil, true
int accept(lua_State* L)
{
    auto& socket = check_self<Socket>(L);
    check_nonblock(L, 1, socket);
    const Wait wait = check_wait(L, in_accept, 2);
    wait.task.emplace_operation<AcceptSocket>(socket);
    return start_on_socket(L, wait, socket);
}

int push_connected(lua_State* L, Scheduler&, Task& task)
{
    if (!task.operation()->outcome().done()) {
        return push_failure(L, task);
    }
    lua_pushboolean(L, 1);
    return 1;
}

constexpr Waiting in_connect{"connect", push_connected, room_for<ConnectOperation>};

// connect(socket, seconds, addrinfo) -> true | nil, err | nil, nil, true
int connect(lua_State* L)
{
    auto& socket = check_self<Socket>(L);
    const Address& address = check_object<AddressBox>(L, 3).info.address;
    check_nonblock(L, 1, socket);
    const Wait wait = check_wait(L, in_connect, 2);
    keep_alive(L, wait, 3);
    wait.task.emplace_operation<ConnectOperation>(address);
    return start_on_socket(L, wait, socket);
}

constexpr Waiting in_writev{"writev", push_sent, room_for<WriteOperation>};

// writev(socket, seconds, iovec) -> as send; the iovec stays as it is
int writev(lua_State* L)
{
    auto& socket = check_self<Socket>(L);
    check_any_vector(L, 3);
    auto& vector = *static_cast<IoVector*>(lua_touserdata(L, 3));
    check_nonblock(L, 1, socket);
    const Wait wait = check_wait(L, in_writev, 2);
    keep_alive(L, wait, 3);
    wait.task.emplace_operation<WriteOperation>(vector);
    return start_on_socket(L, wait, socket);
}

constexpr Method functions[] = {
    {"relay", relay},
    {"writev", writev},
};

// These are functions and, under net's classes, methods as well.
constexpr Method methods[] = {
    {"recvfrom", recvfrom}, {"sendto", sendto}, {"sendfile", sendfile}, {"accept", accept}, {"connect", connect},
};

} // namespace

void add_transfer(lua_State* L)
{
    add_functions(L, Class::socket, functions);
    add_functions(L, Class::socket, methods);
    add_functions_for_methods(L, Class::socket, "for_methods", methods);
}

} // namespace llnet
