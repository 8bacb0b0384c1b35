// SPDX-License-Identifier: MIT
// Every function of the core tells which call failed, with what errno, and leaves nothing open.
#include "core/msg/message.hpp"
#include "core/sock/socket.hpp"
#include "core/sock/transfer.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace llnet::test {
namespace {

// What a function says, without its value.
struct Verdict {
    Status status;
    Error error;
};

template <class T>
Verdict verdict(const Outcome<T>& out)
{
    return {out.status, out.error};
}

const Socket& any_socket()
{
    static const Socket socket = make_socket(AF_UNIX, SOCK_STREAM);
    return socket;
}

int any_fd()
{
    return any_socket().fd.get();
}

struct Function {
    const char* name;
    Call call;      // that it makes
    const char* op; // that it is to blame
    std::function<Verdict(const sys::System&)> run;
};

std::ostream& operator<<(std::ostream& stream, const Function& function)
{
    return stream << function.name;
}

template <class Make>
Verdict makes_no_socket(Make make)
{
    Socket into;
    const Verdict out = verdict(make(into));
    EXPECT_EQ(into.fd.get(), -1);
    EXPECT_EQ(into.family, AF_UNSPEC);
    return out;
}

Verdict pair_of_none(const sys::System& system)
{
    Socket second;
    const Verdict out =
        makes_no_socket([&](Socket& first) { return open_pair(system, first, second, SOCK_STREAM, 0, true); });
    EXPECT_EQ(second.fd.get(), -1);
    return out;
}

const Function actions[] = {
    {"open", Call::socket, "socket",
     [](const sys::System& system) {
         return makes_no_socket([&](Socket& into) { return open(system, into, AF_INET, SOCK_STREAM, 0, true); });
     }},
    {"open_pair", Call::socket_pair, "socketpair", pair_of_none},
    {"duplicate", Call::duplicate, "dup",
     [](const sys::System& system) {
         return makes_no_socket([&](Socket& into) { return duplicate(system, any_socket(), into); });
     }},
    {"shutdown", Call::shutdown, "shutdown",
     [](const sys::System& system) { return verdict(shutdown(system, any_fd(), SHUT_RD)); }},
    {"bind", Call::bind, "bind",
     [](const sys::System& system) { return verdict(bind(system, any_fd(), loopback(AF_INET))); }},
    {"listen", Call::listen, "listen", [](const sys::System& system) { return verdict(listen(system, any_fd(), 1)); }},
    {"socket_name", Call::socket_name, "getsockname",
     [](const sys::System& system) { return verdict(socket_name(system, any_fd())); }},
    {"peer_name", Call::peer_name, "getpeername",
     [](const sys::System& system) { return verdict(peer_name(system, any_fd())); }},
    {"at_mark", Call::at_mark, "sockatmark",
     [](const sys::System& system) { return verdict(at_mark(system, any_fd())); }},
    {"close_on_exec", Call::descriptor_flags, "fcntl",
     [](const sys::System& system) { return verdict(close_on_exec(system, any_fd())); }},
    {"set_close_on_exec_reading", Call::descriptor_flags, "fcntl",
     [](const sys::System& system) { return verdict(set_close_on_exec(system, any_fd(), false)); }},
    {"set_close_on_exec_writing", Call::set_descriptor_flags, "fcntl",
     [](const sys::System& system) { return verdict(set_close_on_exec(system, any_fd(), false)); }},
    {"nonblock", Call::status_flags, "fcntl",
     [](const sys::System& system) { return verdict(nonblock(system, any_fd())); }},
    {"set_nonblock_reading", Call::status_flags, "fcntl",
     [](const sys::System& system) { return verdict(set_nonblock(system, any_fd(), true)); }},
    {"set_nonblock_writing", Call::set_status_flags, "fcntl",
     [](const sys::System& system) { return verdict(set_nonblock(system, any_fd(), true)); }},
    {"pending_error", Call::get_option, "getsockopt",
     [](const sys::System& system) { return verdict(pending_error(system, any_fd())); }},
    {"wait", Call::poll, "poll",
     [](const sys::System& system) { return verdict(wait(system, any_fd(), Readiness::send, false, 0)); }},
    {"accept_state", Call::status_flags, "accept",
     [](const sys::System& system) {
         return makes_no_socket([&](Socket& into) { return accept(system, any_socket(), into, nullptr); });
     }},
};

const Function transfers[] = {
    {"accept", Call::accept, "accept",
     [](const sys::System& system) {
         return makes_no_socket([&](Socket& into) { return accept(system, any_socket(), into, nullptr); });
     }},
    {"accept_number", Call::accept, "accept",
     [](const sys::System& system) {
         const Outcome<int> out = accept_number(system, any_socket());
         EXPECT_EQ(out.value, -1);
         return verdict(out);
     }},
    {"send", Call::send, "send", [](const sys::System& system) { return verdict(send(system, any_socket(), "x", 0)); }},
    {"send_to", Call::send_to, "sendto",
     [](const sys::System& system) { return verdict(send_to(system, any_socket(), "x", loopback(AF_INET), 0)); }},
    {"receive", Call::receive, "recv",
     [](const sys::System& system) {
         char room[4];
         return verdict(receive(system, any_socket(), room, 0));
     }},
    {"receive_from", Call::receive_from, "recvfrom",
     [](const sys::System& system) {
         char room[4];
         Address from = loopback(AF_INET);
         const Verdict out = verdict(receive_from(system, any_socket(), room, 0, from));
         EXPECT_TRUE(from.empty());
         return out;
     }},
    {"send_file", Call::send_file, "sendfile",
     [](const sys::System& system) { return verdict(send_file(system, any_socket(), any_fd(), 0, 1)); }},
    {"write_vector", Call::write_vector, "writev",
     [](const sys::System& system) {
         IoVector vector;
         must(vector.add("x"));
         return verdict(write_vector(system, any_fd(), vector, 0, 1));
     }},
    {"read_vector", Call::read_vector, "readv",
     [](const sys::System& system) {
         IoVector vector;
         must(vector.add("x"));
         return verdict(read_vector(system, any_fd(), vector, 0, 1));
     }},
    {"send_message", Call::send_message, "sendmsg",
     [](const sys::System& system) { return verdict(send_message(system, any_socket(), {}, 0)); }},
    {"receive_message", Call::receive_message, "recvmsg",
     [](const sys::System& system) {
         MessageRoom room;
         return verdict(receive_message(system, any_socket(), room, 0));
     }},
    {"send_descriptor", Call::send_message, "sendmsg",
     [](const sys::System& system) { return verdict(send_descriptor(system, any_socket(), any_fd(), nullptr, 0)); }},
    {"receive_descriptor", Call::receive_message, "recvmsg",
     [](const sys::System& system) { return verdict(receive_descriptor(system, any_socket(), 0)); }},
};

std::string name_of(const ::testing::TestParamInfo<Function>& test)
{
    return test.param.name;
}

class FailingCall : public ::testing::TestWithParam<Function> {
protected:
    // What the function says when its call fails with `error`.
    Verdict run_failing(int error)
    {
        any_fd(); // is made before descriptors are counted
        const auto before = open_descriptors();
        system.fail(GetParam().call, error);
        const Verdict out = GetParam().run(system);
        EXPECT_EQ(system.calls(GetParam().call), 1) << "nothing is retried";
        EXPECT_EQ(open_descriptors(), before);
        return out;
    }

    void expect(int error, Status status)
    {
        const Verdict out = run_failing(error);
        EXPECT_EQ(out.status, status) << error;
        EXPECT_EQ(out.error, system_error(error, ""));
        EXPECT_STREQ(out.error.op, GetParam().op);
    }

    FaultyHost system;
};

TEST_P(FailingCall, is_named_with_its_errno)
{
    expect(EIO, Status::failed);
}

INSTANTIATE_TEST_SUITE_P(Action, FailingCall, ::testing::ValuesIn(actions), name_of);
INSTANTIATE_TEST_SUITE_P(Transfer, FailingCall, ::testing::ValuesIn(transfers), name_of);

class InterruptedTransfer : public FailingCall {};

TEST_P(InterruptedTransfer, may_be_made_again_when_it_would_block_or_was_interrupted)
{
    for (const int error : {EAGAIN, EWOULDBLOCK, EINTR}) {
        expect(error, Status::again);
    }
}

INSTANTIATE_TEST_SUITE_P(All, InterruptedTransfer, ::testing::ValuesIn(transfers), name_of);

} // namespace
} // namespace llnet::test
