// SPDX-License-Identifier: MIT
// A loop whose process forks: what the child may not do, and what its parent does not notice.
#include "core/loop/operations.hpp"
#include "tests/unit/support/watching.hpp"

#include <memory>
#include <sys/wait.h>
#include <unistd.h>

namespace llnet::test {
namespace {

// What `work` gives in a child process.
template <class Work>
int in_child(Work work)
{
    Pipe pipe;
    const pid_t child = ::fork();
    if (child == 0) {
        const int told = work();
        ::_exit(::write(pipe.writer.get(), &told, sizeof told) == sizeof told ? 0 : 1);
    }
    pipe.writer = {};
    int told = -1;
    EXPECT_EQ(::read(pipe.reader.get(), &told, sizeof told), static_cast<ssize_t>(sizeof told));
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    return told;
}

template <class Maker>
class LoopChild : public WatchingTest<Maker> {};

TYPED_TEST_SUITE(LoopChild, BackendMakers, BackendNames);

TYPED_TEST(LoopChild, refuses_to_work_in_a_child)
{
    Pair fresh = make_pair(SOCK_STREAM, true);
    this->loop.start(this->receive, this->key, for_ever);
    const int refusals = in_child([&] {
        const auto refused = [](const auto& out) { return out.error.code == EPERM; };
        return (refused(this->loop.step(Clock::now())) ? 1 : 0) + (refused(this->loop.watch(this->number())) ? 2 : 0) +
               (refused(this->loop.watch(fresh.first)) ? 4 : 0) + (refused(this->watched(this->pair)) ? 8 : 0) +
               (this->loop.is_inherited() ? 16 : 0);
    });
    EXPECT_EQ(refusals, 31);
    EXPECT_FALSE(this->loop.is_inherited());
    this->peer_sends("x");
    EXPECT_EQ(this->next(), &this->receive);
}

TYPED_TEST(LoopChild, leaves_to_its_parent_what_came_for_it)
{
    this->loop.start(this->other_receive, this->other_key, for_ever);
    send_all(this->other.second.fd.get(), "x");
    this->peer_sends("unclaimed");
    must(this->loop.step(for_ever));
    in_child([&] {
        while (this->loop.take() != nullptr) {
        }
        return 0;
    });
    EXPECT_TRUE(this->loop.start(this->receive, this->key, for_ever));
    ReceiveOperation later(this->room, 0, true);
    EXPECT_FALSE(this->loop.start(later, this->key, for_ever));
    EXPECT_EQ(this->now(), &this->other_receive) << "the child received it";
    EXPECT_EQ(this->now(), nullptr);
    this->peer_sends("x");
    EXPECT_EQ(this->now(), &later) << "the child calmed the socket for both";
}

TYPED_TEST(LoopChild, goes_on_when_a_child_closes_what_it_inherited)
{
    auto inherited = std::make_unique<Loop>(sys::host(), TypeParam::make(sys::host()));
    const Loop::Key of_inherited = must(TypeParam::watch(*inherited, this->pair.second));
    inherited->start(this->receive, of_inherited, for_ever);
    this->loop.start(this->other_receive, this->other_key, for_ever);
    const int cancelled = in_child([&] {
        inherited->release(of_inherited);
        this->pair = {};
        inherited.reset();
        this->loop.release(this->other_key);
        this->other = {};
        return this->other_receive.outcome().error.code;
    });
    EXPECT_EQ(cancelled, ECANCELED);
    send_all(this->number(), "x");
    must(inherited->step(in_ms(10'000)));
    EXPECT_EQ(inherited->take(), &this->receive);
    this->expect_that_others_work();
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(LoopChild, goes_on_when_a_number_is_closed_behind_it_that_a_child_has_as_well)
{
    Pair ends = make_pair(SOCK_STREAM, true);
    this->loop.start(this->receive, must(this->loop.watch(ends.first.fd.get())), for_ever);
    const IdleChild child;
    ends.first = {};
    send_all(ends.second.fd.get(), "for the child");
    EXPECT_EQ(this->next(), &this->receive);
    EXPECT_EQ(this->receive.outcome().error.code, EBADF);
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
}

} // namespace
} // namespace llnet::test
