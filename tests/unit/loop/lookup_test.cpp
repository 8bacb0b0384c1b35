// SPDX-License-Identifier: MIT
#include "core/loop/lookup.hpp"

#include "tests/unit/support/loops.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <set>
#include <thread>

namespace llnet::test {
namespace {

constexpr std::nullopt_t for_ever = std::nullopt;

// A resolver that answers when it is told to, and counts who waits in it.
class SlowSystem : public sys::System {
public:
    sys::Result<> resolve(const char* host, const char* service, const addrinfo& hints,
                          addrinfo** list) const noexcept override
    {
        ++waiting;
        ++asked;
        while (!may_answer) {
            std::this_thread::yield();
        }
        --waiting;
        return sys::System::resolve(host, service, hints, list);
    }

    mutable std::atomic<int> waiting = 0;
    mutable std::atomic<int> asked = 0;
    std::atomic<bool> may_answer = false;
};

LookupQuery numeric(const char* host)
{
    return {.host = host, .service = "80", .type = SOCK_STREAM, .flags = AI_NUMERICHOST};
}

template <class Maker>
class LookupOf : public LoopTest<Maker> {
protected:
    SlowSystem slow;

    ~LookupOf() override
    {
        slow.may_answer = true; // threads that nobody waits for use it
        while (slow.waiting > 0) {
            std::this_thread::yield();
        }
    }

    void await_waiting(int count) const
    {
        while (slow.waiting < count) {
            std::this_thread::yield();
        }
    }
};

TYPED_TEST_SUITE(LookupOf, BackendMakers, BackendNames);

TYPED_TEST(LookupOf, answers_like_the_resolver)
{
    Lookups lookups(sys::host(), this->loop);
    LookupOperation lookup;
    must(lookups.start(lookup, numeric("127.0.0.1"), for_ever));
    EXPECT_TRUE(lookup.pending());
    EXPECT_EQ(this->next(), &lookup);
    EXPECT_THAT(lookup.outcome(), is_done_with(1U));
    ASSERT_EQ(lookup.answers.size(), 1U);
    EXPECT_EQ(lookup.answers[0].info.address.port(), 80);
    EXPECT_EQ(this->loop.pending(), 0U);
}

TYPED_TEST(LookupOf, fails_like_the_resolver)
{
    Lookups lookups(sys::host(), this->loop);
    LookupOperation lookup;
    must(lookups.start(lookup, numeric("no address"), for_ever));
    EXPECT_EQ(this->next(), &lookup);
    EXPECT_EQ(lookup.outcome().error, (Error{ErrorKind::resolver, EAI_NONAME, "getaddrinfo"}));
}

TYPED_TEST(LookupOf, obeys_its_deadline_and_throws_a_late_answer_away)
{
    Lookups lookups(this->slow, this->loop);
    LookupOperation lookup;
    must(lookups.start(lookup, numeric("127.0.0.1"), in_ms(10)));
    EXPECT_EQ(this->next(), &lookup);
    EXPECT_EQ(lookup.outcome().error.code, ETIMEDOUT);
    LookupOperation again;
    must(lookups.start(again, numeric("127.0.0.2"), for_ever));
    this->slow.may_answer = true;
    EXPECT_EQ(this->next(), &again);
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_TRUE(lookup.answers.empty());
}

TYPED_TEST(LookupOf, may_be_made_again_with_the_operation_that_timed_out)
{
    Lookups lookups(this->slow, this->loop);
    LookupOperation lookup;
    must(lookups.start(lookup, numeric("127.0.0.1"), in_ms(1)));
    EXPECT_EQ(this->next(), &lookup);
    must(lookups.start(lookup, numeric("::1"), for_ever));
    this->slow.may_answer = true;
    EXPECT_EQ(this->next(), &lookup);
    ASSERT_EQ(lookup.answers.size(), 1U);
    EXPECT_EQ(lookup.answers[0].info.address.family(), AF_INET6);
}

TYPED_TEST(LookupOf, may_be_destroyed_while_a_thread_is_at_it)
{
    Lookups lookups(this->slow, this->loop);
    {
        LookupOperation lookup;
        must(lookups.start(lookup, numeric("127.0.0.1"), for_ever));
        this->await_waiting(1);
    }
    EXPECT_EQ(this->loop.pending(), 0U);
    this->slow.may_answer = true;
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(LookupOf, holds_nobody_up_at_the_end)
{
    LookupOperation lookup;
    {
        Lookups lookups(this->slow, this->loop);
        must(lookups.start(lookup, numeric("127.0.0.1"), for_ever));
        this->await_waiting(1);
    }
    EXPECT_TRUE(lookup.pending()); // nobody will answer it now, but it can be cancelled
    this->loop.cancel(lookup, ECANCELED);
    EXPECT_EQ(this->next(), &lookup);
}

TYPED_TEST(LookupOf, of_many_names_is_made_by_a_few_threads)
{
    Lookups lookups(this->slow, this->loop);
    std::array<LookupOperation, 2 * Lookups::most_threads> many;
    for (LookupOperation& lookup : many) {
        must(lookups.start(lookup, numeric("127.0.0.1"), for_ever));
    }
    this->await_waiting(Lookups::most_threads);
    EXPECT_EQ(this->slow.waiting, Lookups::most_threads);
    this->slow.may_answer = true;
    std::set<Operation*> finished;
    for (std::size_t i = 0; i < many.size(); ++i) {
        finished.insert(this->next());
    }
    EXPECT_EQ(finished.size(), many.size());
}

TYPED_TEST(LookupOf, leaves_room_while_fewer_than_half_of_the_threads_are_at_work)
{
    Lookups lookups(this->slow, this->loop);
    EXPECT_TRUE(lookups.has_room());
    std::array<LookupOperation, Lookups::most_threads / 2> many;
    for (LookupOperation& lookup : many) {
        EXPECT_TRUE(lookups.has_room());
        must(lookups.start(lookup, numeric("127.0.0.1"), for_ever));
    }
    EXPECT_FALSE(lookups.has_room());
    this->slow.may_answer = true;
    for (std::size_t i = 0; i < many.size(); ++i) {
        this->next();
    }
    while (!lookups.has_room()) { // until the threads have ended
        std::this_thread::yield();
    }
}

TYPED_TEST(LookupOf, that_nobody_waits_for_any_more_is_not_begun)
{
    Lookups lookups(this->slow, this->loop);
    std::array<LookupOperation, Lookups::most_threads> held_up;
    for (LookupOperation& lookup : held_up) {
        must(lookups.start(lookup, numeric("127.0.0.1"), for_ever));
    }
    this->await_waiting(Lookups::most_threads);
    {
        std::array<LookupOperation, 10> abandoned;
        for (LookupOperation& lookup : abandoned) {
            must(lookups.start(lookup, numeric("127.0.0.2"), for_ever));
        }
    }
    LookupOperation last;
    must(lookups.start(last, numeric("127.0.0.3"), for_ever));
    this->slow.may_answer = true;
    std::set<Operation*> finished;
    for (int i = 0; i < Lookups::most_threads + 1; ++i) {
        finished.insert(this->next());
    }
    EXPECT_EQ(finished.count(&last), 1U);
    EXPECT_EQ(this->slow.asked, Lookups::most_threads + 1);
}

} // namespace
} // namespace llnet::test
