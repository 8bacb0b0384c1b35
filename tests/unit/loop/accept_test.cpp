// SPDX-License-Identifier: MIT
// Connections that are gone before they are accepted.
#include "core/loop/operations.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

namespace llnet::test {
namespace {

constexpr std::nullopt_t for_ever = std::nullopt;

// What accept(2) tells of the connection and not of the listener ("Error handling").
constexpr int lost[] = {
    ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH,
#ifdef ENONET
    ENONET,
#endif
};

// What it tells of the listener, the process or the system.
constexpr int lasting[] = {EOPNOTSUPP, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM, EINVAL, EBADF};

// A loop whose system can fail.
template <class Maker>
class AcceptOf : public DescriptorTest {
protected:
    AcceptOf() { must(loop.step(Clock::now())); }

    // A client whose connection is there to be accepted.
    Socket visit()
    {
        Socket client = make_socket(AF_INET, SOCK_STREAM);
        must(connect(sys::host(), client.fd.get(), must(socket_name(sys::host(), listener.fd.get()))));
        return client;
    }

    // Waits until the operation, which start() may have finished at once, is done.
    void await(bool is_finished, Operation& operation)
    {
        const Deadline patience = in_ms(10'000);
        while (!is_finished && Clock::now() < patience) {
            must(loop.step(patience));
            is_finished = loop.take() == &operation;
        }
        ASSERT_TRUE(is_finished);
    }

    FaultyHost system;
    Loop loop{system, Maker::make(system)};
    Socket listener = make_listener(AF_INET, SOCK_STREAM, true);
    Loop::Key key = must(Maker::watch(loop, listener));
};

TYPED_TEST_SUITE(AcceptOf, BackendMakers, BackendNames);

// F8
TYPED_TEST(AcceptOf, goes_on_after_connections_that_were_lost)
{
    for (const int error : lost) {
        SCOPED_TRACE(error);
        const Socket client = this->visit();
        this->system.fail(Call::accept, error, 1, 3);
        AcceptOperation accept(true);
        this->await(this->loop.start(accept, this->key, for_ever), accept);
        EXPECT_THAT(accept.outcome(), is_done());
        EXPECT_GE(accept.take().get(), 0);
        EXPECT_EQ(this->system.calls(Call::accept), 4);
    }
}

// F8
TYPED_TEST(AcceptOf, waits_for_the_next_connection_after_the_only_one_was_lost)
{
    for (const int error : lost) {
        SCOPED_TRACE(error);
        this->system.fail(Call::accept, error, 1, 1);
        AcceptOperation accept(true);
        EXPECT_FALSE(this->loop.start(accept, this->key, for_ever));
        must(this->loop.step(Clock::now()));
        EXPECT_EQ(this->loop.take(), nullptr);
        const Socket client = this->visit();
        this->await(false, accept);
        EXPECT_THAT(accept.outcome(), is_done());
        EXPECT_GE(accept.take().get(), 0);
    }
}

TYPED_TEST(AcceptOf, tells_other_errors_and_accepts_afterwards)
{
    for (const int error : lasting) {
        SCOPED_TRACE(error);
        const Socket client = this->visit();
        this->system.fail(Call::accept, error, 1, 1);
        AcceptOperation accept(true);
        this->await(this->loop.start(accept, this->key, for_ever), accept);
        EXPECT_EQ(accept.outcome().error.code, error);
        EXPECT_EQ(this->system.calls(Call::accept), 1);
        AcceptOperation again(true);
        this->await(this->loop.start(again, this->key, for_ever), again);
        EXPECT_THAT(again.outcome(), is_done());
        EXPECT_GE(again.take().get(), 0);
    }
}

} // namespace
} // namespace llnet::test
