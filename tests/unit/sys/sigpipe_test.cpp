// SPDX-License-Identifier: MIT
// No call raises SIGPIPE, whatever the program has made of the signal, and none changes what the program made of it.
#include "core/sys/sigpipe.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <pthread.h>
#include <string>
#include <sys/ioctl.h>
#include <thread>

namespace llnet::test {
namespace {

using Handler = void (*)(int);

Handler disposition()
{
    struct sigaction action {};
    ::sigaction(SIGPIPE, nullptr, &action);
    return action.sa_handler;
}

bool is_blocked()
{
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return sigismember(&mask, SIGPIPE) == 1;
}

bool is_pending()
{
    sigset_t pending;
    ::sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

void take_pending()
{
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGPIPE);
    int taken = 0;
    ::sigwait(&only, &taken);
}

// SIGPIPE as a program may have it; what was before comes back afterwards.
class Sigpipe {
public:
    Sigpipe(Handler handler, bool blocked, bool pending)
    {
        struct sigaction action {};
        action.sa_handler = handler;
        ::sigaction(SIGPIPE, &action, &previous_action_);
        sigset_t only;
        sigemptyset(&only);
        sigaddset(&only, SIGPIPE);
        ::pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &only, &previous_mask_);
        if (pending) {
            ::pthread_kill(::pthread_self(), SIGPIPE);
        }
    }

    ~Sigpipe()
    {
        if (is_pending()) {
            take_pending();
        }
        ::pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
        ::sigaction(SIGPIPE, &previous_action_, nullptr);
    }

    Sigpipe(const Sigpipe&) = delete;
    Sigpipe& operator=(const Sigpipe&) = delete;

private:
    struct sigaction previous_action_ {};
    sigset_t previous_mask_{};
};

// A write to a peer that has closed.
struct DeadWrite {
    const char* name;
    std::function<sys::Result<ssize_t>(const sys::System&)> run;
};

const iovec one_part{const_cast<char*>("x"), 1};

sys::Result<ssize_t> send_message_to_nobody(const sys::System& system)
{
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(&one_part);
    message.msg_iovlen = 1;
    return system.send_message(make_abandoned().fd.get(), message, 0);
}

sys::Result<ssize_t> write_to_a_broken_pipe(const sys::System& system)
{
    Pipe pipe;
    const int closed = pipe.reader.release();
    must(system.close(closed));
    return system.write_vector(pipe.writer.get(), {&one_part, 1});
}

const DeadWrite dead_writes[] = {
    {"send", [](const sys::System& system) { return system.send(make_abandoned().fd.get(), "x", 1, 0); }},
    {"send_to",
     [](const sys::System& system) { return system.send_to(make_abandoned().fd.get(), "x", 1, 0, nullptr, 0); }},
    {"send_message", send_message_to_nobody},
    {"write_vector",
     [](const sys::System& system) {
         return system.write_vector(make_abandoned().fd.get(), {&one_part, 1});
     }},
    {"write_vector_to_a_pipe", write_to_a_broken_pipe},
    {"send_file",
     [](const sys::System& system) {
         return system.send_file(make_abandoned().fd.get(), file_with("content").get(), 0, 7);
     }},
};

template <class Base>
class SystemSigpipe : public DescriptorTest {
protected:
    Base system;
};

TYPED_TEST_SUITE(SystemSigpipe, Systems, SystemNames);

TYPED_TEST(SystemSigpipe, of_default_disposition_does_not_kill)
{
    const Sigpipe signal(SIG_DFL, false, false);
    for (const DeadWrite& write : dead_writes) {
        SCOPED_TRACE(write.name);
        EXPECT_THAT(write.run(this->system), fails_with(EPIPE));
        EXPECT_EQ(disposition(), SIG_DFL);
        EXPECT_FALSE(is_blocked());
        EXPECT_FALSE(is_pending());
    }
}

TYPED_TEST(SystemSigpipe, that_is_ignored_stays_ignored)
{
    const Sigpipe signal(SIG_IGN, false, false);
    for (const DeadWrite& write : dead_writes) {
        SCOPED_TRACE(write.name);
        EXPECT_THAT(write.run(this->system), fails_with(EPIPE));
        EXPECT_EQ(disposition(), SIG_IGN);
        EXPECT_FALSE(is_blocked());
    }
}

int handled = 0;

TYPED_TEST(SystemSigpipe, handler_of_the_program_is_not_called)
{
    const auto handler = [](int) { ++handled; };
    const Sigpipe signal(handler, false, false);
    handled = 0;
    for (const DeadWrite& write : dead_writes) {
        SCOPED_TRACE(write.name);
        EXPECT_THAT(write.run(this->system), fails_with(EPIPE));
        EXPECT_EQ(handled, 0);
        EXPECT_EQ(disposition(), static_cast<Handler>(handler));
    }
}

TYPED_TEST(SystemSigpipe, that_is_blocked_does_not_become_pending)
{
    const Sigpipe signal(SIG_DFL, true, false);
    for (const DeadWrite& write : dead_writes) {
        SCOPED_TRACE(write.name);
        EXPECT_THAT(write.run(this->system), fails_with(EPIPE));
        EXPECT_TRUE(is_blocked());
        EXPECT_FALSE(is_pending());
    }
}

TYPED_TEST(SystemSigpipe, that_was_pending_before_stays_pending)
{
    const Sigpipe signal(SIG_DFL, true, true);
    for (const DeadWrite& write : dead_writes) {
        SCOPED_TRACE(write.name);
        EXPECT_THAT(write.run(this->system), fails_with(EPIPE));
        EXPECT_TRUE(is_blocked());
        EXPECT_TRUE(is_pending());
    }
}

// Closes the reading end once a writer can write no more.
template <class Owner>
std::thread closing_when_full(Owner& reader)
{
    return std::thread([&reader] {
        int before = -1;
        int waiting = 0;
        while (waiting == 0 || waiting != before) {
            before = waiting;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            ::ioctl(reader.get(), FIONREAD, &waiting);
        }
        const Fd closed(reader.release());
    });
}

TYPED_TEST(SystemSigpipe, of_a_peer_that_leaves_while_the_call_waits_does_not_kill)
{
    const Sigpipe signal(SIG_DFL, false, false);
    const std::string content(4'000'000, 'x');
    const iovec part{const_cast<char*>(content.data()), content.size()};

    Pipe pipe;
    std::thread reader = closing_when_full(pipe.reader);
    const ssize_t written = must(this->system.write_vector(pipe.writer.get(), {&part, 1}));
    reader.join();
    EXPECT_LT(written, static_cast<ssize_t>(content.size()));
    EXPECT_FALSE(is_pending());

    Pair pair = make_pair(SOCK_STREAM);
    reader = closing_when_full(pair.second.fd);
    const ssize_t sent = must(this->system.send_file(pair.first.fd.get(), file_with(content).get(), 0, content.size()));
    reader.join();
    EXPECT_LT(sent, static_cast<ssize_t>(content.size()));
    EXPECT_FALSE(is_pending());
}

TYPED_TEST(SystemSigpipe, is_left_alone_by_a_write_that_succeeds)
{
    const Sigpipe signal(SIG_DFL, true, true);
    const Pair pair = make_pair(SOCK_STREAM);
    const Pipe pipe;
    EXPECT_EQ(must(this->system.write_vector(pair.first.fd.get(), {&one_part, 1})), 1);
    EXPECT_EQ(must(this->system.write_vector(pipe.writer.get(), {&one_part, 1})), 1);
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file_with("content").get(), 0, 7)), 7);
    EXPECT_TRUE(is_blocked());
    EXPECT_TRUE(is_pending());
}

TEST(SigpipeGuard, holds_the_signal_back_only_while_it_lives)
{
    const Sigpipe signal(SIG_DFL, false, false);
    {
        sys::SigpipeGuard guard;
        EXPECT_TRUE(is_blocked());
        ::pthread_kill(::pthread_self(), SIGPIPE);
        EXPECT_TRUE(is_pending());
        guard.discard();
        EXPECT_FALSE(is_pending());
        guard.discard();
    }
    EXPECT_FALSE(is_blocked());
}

} // namespace
} // namespace llnet::test
