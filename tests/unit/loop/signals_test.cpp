// SPDX-License-Identifier: MIT
#include "core/loop/signals.hpp"

#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/loops.hpp"

#include <initializer_list>
#include <pthread.h>
#include <thread>
#include <vector>

namespace llnet::test {
namespace {

constexpr std::nullopt_t for_ever = std::nullopt;

constexpr std::initializer_list<int> used = {SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD};

sigset_t set_of(std::initializer_list<int> signals)
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals) {
        sigaddset(&set, signal);
    }
    return set;
}

void raise_in_process(int signal)
{
    EXPECT_EQ(::kill(::getpid(), signal), 0);
}

bool is_blocked(int signal)
{
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return sigismember(&mask, signal) == 1;
}

bool is_pending(int signal)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, signal) == 1;
}

void (*handler_of(int signal))(int)
{
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    return action.sa_handler;
}

// How the thread and the process treat the signals that the tests use.
std::vector<std::pair<bool, void (*)(int)>> treatment()
{
    std::vector<std::pair<bool, void (*)(int)>> all;
    for (const int signal : used) {
        all.emplace_back(is_blocked(signal), handler_of(signal));
    }
    return all;
}

// While it lives, the program blocks this signal itself. At the end one that is pending is thrown away.
class Blocked {
public:
    explicit Blocked(int signal) : signal_(signal), set_(set_of({signal}))
    {
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }
    ~Blocked()
    {
        void (*const before)(int) = ::signal(signal_, SIG_IGN);
        pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
        ::signal(signal_, before);
    }
    Blocked(const Blocked&) = delete;
    Blocked& operator=(const Blocked&) = delete;

private:
    int signal_;
    sigset_t set_;
};

// While it lives, the program counts these signals by a handler of its own.
class Counted {
public:
    explicit Counted(int signal) : signal_(signal), before_(::signal(signal, count)) { times = 0; }
    ~Counted() { ::signal(signal_, before_); }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

    static inline volatile std::sig_atomic_t times = 0;

private:
    int signal_;
    void (*before_)(int);

    static void count(int) { times = times + 1; }
};

template <class Maker>
struct HandlerCase {
    using Backend = Maker;
    static constexpr const char* name = "handler";
    static std::unique_ptr<SignalSource> make() { return make_handler_source(sys::host()); }
};

template <class Maker>
struct HostCase {
    using Backend = Maker;
    static constexpr const char* name = "host";
    static std::unique_ptr<SignalSource> make() { return make_signal_source(sys::host()); }
};

#ifdef __linux__
using Cases =
    ::testing::Types<HandlerCase<PollMaker>, HandlerCase<EpollMaker>, HostCase<PollMaker>, HostCase<EpollMaker>>;
#else
using Cases = ::testing::Types<HandlerCase<PollMaker>>;
#endif

struct CaseNames {
    template <class T>
    static std::string GetName(int number)
    {
        return std::string(T::name) + "_" + BackendNames::GetName<typename T::Backend>(number);
    }
};

// A test that fails when it leaves mask or disposition of a signal changed.
template <class Maker>
class TreatmentTest : public LoopTest<Maker> {
protected:
    ~TreatmentTest() override { EXPECT_EQ(treatment(), before_) << "the program's signals were changed"; }

private:
    std::vector<std::pair<bool, void (*)(int)>> before_ = treatment();
};

template <class Case>
class SignalsOf : public TreatmentTest<typename Case::Backend> {
protected:
    Signals signals{this->loop, Case::make()};

    void wait(SignalOperation& operation, std::initializer_list<int> set,
              const std::optional<Deadline>& deadline = for_ever)
    {
        must(signals.start(operation, set_of(set), deadline));
    }

    // Waits in vain once, after which the signal is held.
    void hold(int signal)
    {
        SignalOperation operation;
        wait(operation, {signal}, Clock::now());
        EXPECT_EQ(this->next(), &operation);
        EXPECT_EQ(operation.outcome().error.code, ETIMEDOUT);
    }

    // That a signal which comes now is not lost.
    void expect_next_to_get(int signal)
    {
        raise_in_process(signal);
        SignalOperation later;
        wait(later, {signal});
        EXPECT_EQ(this->next(), &later);
        EXPECT_THAT(later.outcome(), is_done_with(static_cast<std::size_t>(signal)));
        EXPECT_EQ(this->now(), nullptr);
        EXPECT_EQ(this->loop.pending(), 0U);
    }
};

TYPED_TEST_SUITE(SignalsOf, Cases, CaseNames);

TYPED_TEST(SignalsOf, finish_an_operation_when_its_signal_comes)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    EXPECT_EQ(this->now(), nullptr);
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGUSR1}));
    EXPECT_FALSE(operation.pending());
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(SignalsOf, come_from_another_thread_while_the_loop_waits)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    std::thread other([] { raise_in_process(SIGUSR1); });
    EXPECT_EQ(this->next(), &operation);
    other.join();
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGUSR1}));
}

TYPED_TEST(SignalsOf, come_again_and_again)
{
    SignalOperation operation;
    for (int i = 0; i < 5; ++i) {
        this->wait(operation, {SIGUSR1});
        raise_in_process(SIGUSR1);
        EXPECT_EQ(this->next(), &operation);
        EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGUSR1}));
    }
}

TYPED_TEST(SignalsOf, that_came_between_two_waits_go_to_the_second)
{
    this->hold(SIGTERM);
    raise_in_process(SIGTERM); // its usual effect would be the end
    EXPECT_EQ(this->now(), nullptr);
    SignalOperation operation;
    this->wait(operation, {SIGTERM}, Clock::now());
    EXPECT_EQ(this->next(), &operation);
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGTERM}));
}

TYPED_TEST(SignalsOf, that_the_program_had_blocked_and_pending_are_waited_for_as_well)
{
    const Blocked blocked(SIGUSR1);
    raise_in_process(SIGUSR1);
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    EXPECT_EQ(this->next(), &operation);
    EXPECT_FALSE(is_pending(SIGUSR1));
    this->wait(operation, {SIGUSR1});
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &operation);
    this->signals.release();
    EXPECT_TRUE(is_blocked(SIGUSR1));
}

TYPED_TEST(SignalsOf, that_are_usually_ignored_come_too)
{
    SignalOperation operation;
    this->wait(operation, {SIGCHLD});
    raise_in_process(SIGCHLD);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGCHLD}));
}

TYPED_TEST(SignalsOf, leave_an_operation_to_its_deadline)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1}, in_ms(5));
    EXPECT_EQ(this->next(), &operation);
    EXPECT_EQ(operation.outcome().error.code, ETIMEDOUT);
    this->expect_next_to_get(SIGUSR1);
}

TYPED_TEST(SignalsOf, that_come_in_time_count_at_a_deadline)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1}, in_ms(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGUSR1}));
    EXPECT_EQ(this->now(), nullptr);
}

TYPED_TEST(SignalsOf, are_not_lost_on_an_operation_that_was_cancelled)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    this->loop.cancel(operation, ECANCELED);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_EQ(operation.outcome().error.code, ECANCELED);
    this->expect_next_to_get(SIGUSR1);
}

TYPED_TEST(SignalsOf, are_not_lost_on_an_operation_that_was_cancelled_and_not_yet_taken)
{
    SignalOperation cancelled;
    SignalOperation second;
    this->wait(cancelled, {SIGUSR1});
    this->loop.cancel(cancelled, ECANCELED);
    raise_in_process(SIGUSR1);
    this->wait(second, {SIGUSR1});
    EXPECT_EQ(this->next(), &cancelled);
    EXPECT_EQ(cancelled.outcome().error.code, ECANCELED);
    EXPECT_EQ(this->next(), &second);
    EXPECT_THAT(second.outcome(), is_done_with(std::size_t{SIGUSR1}));
}

TYPED_TEST(SignalsOf, are_not_lost_on_an_operation_that_was_destroyed)
{
    SignalOperation first;
    this->wait(first, {SIGUSR2});
    {
        SignalOperation destroyed;
        this->wait(destroyed, {SIGUSR1});
    }
    EXPECT_EQ(this->loop.pending(), 1U);
    raise_in_process(SIGUSR2);
    EXPECT_EQ(this->next(), &first);
    this->expect_next_to_get(SIGUSR1);
}

TYPED_TEST(SignalsOf, finish_an_operation_once_that_is_started_anew_after_it_was_cancelled)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    this->loop.cancel(operation, ECANCELED);
    EXPECT_EQ(this->next(), &operation);
    this->wait(operation, {SIGUSR2});
    raise_in_process(SIGUSR2);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGUSR2}));
    this->expect_next_to_get(SIGUSR1);
}

TYPED_TEST(SignalsOf, of_a_set_finish_one_operation_each)
{
    SignalOperation first;
    SignalOperation second;
    this->wait(first, {SIGUSR1, SIGUSR2});
    raise_in_process(SIGUSR2);
    EXPECT_EQ(this->next(), &first);
    EXPECT_THAT(first.outcome(), is_done_with(std::size_t{SIGUSR2}));
    this->wait(first, {SIGUSR1, SIGUSR2});
    this->wait(second, {SIGUSR1, SIGUSR2});
    raise_in_process(SIGUSR1);
    raise_in_process(SIGUSR2);
    EXPECT_EQ(this->next(), &first);
    EXPECT_EQ(this->next(), &second);
    EXPECT_EQ(first.outcome().value + second.outcome().value, std::size_t{SIGUSR1 + SIGUSR2});
    EXPECT_NE(first.outcome().value, second.outcome().value);
}

TYPED_TEST(SignalsOf, finish_only_operations_that_wait_for_them)
{
    this->hold(SIGUSR2);
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    raise_in_process(SIGUSR2);
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_TRUE(operation.pending());
    SignalOperation other;
    this->wait(other, {SIGUSR2});
    EXPECT_EQ(this->next(), &other);
    EXPECT_TRUE(operation.pending());
}

TYPED_TEST(SignalsOf, wake_the_operation_that_waits_longest)
{
    SignalOperation first;
    SignalOperation second;
    this->wait(first, {SIGUSR1});
    this->wait(second, {SIGUSR1});
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &first);
    EXPECT_EQ(this->now(), nullptr);
    this->wait(first, {SIGUSR1}); // it waits shorter now
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &second);
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_TRUE(first.pending());
}

TYPED_TEST(SignalsOf, are_not_taken_by_one_that_begins_to_wait_from_one_that_waits)
{
    SignalOperation first;
    SignalOperation second;
    this->wait(first, {SIGUSR1});
    raise_in_process(SIGUSR1);
    this->wait(second, {SIGUSR1});
    EXPECT_EQ(this->next(), &first);
    EXPECT_EQ(this->now(), nullptr);
    EXPECT_TRUE(second.pending());
}

TYPED_TEST(SignalsOf, that_nobody_wants_do_not_keep_the_loop_awake)
{
    SignalOperation unlucky;
    SignalOperation operation;
    this->wait(unlucky, {SIGUSR2});
    this->wait(operation, {SIGUSR1}, in_ms(30));
    this->loop.cancel(unlucky, ECANCELED);
    EXPECT_EQ(this->next(), &unlucky);
    const std::uint64_t waits = this->loop.stats().waits;
    raise_in_process(SIGUSR2);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_LE(this->loop.stats().waits - waits, 4U);
    this->wait(operation, {SIGUSR2});
    EXPECT_EQ(this->next(), &operation);
}

TYPED_TEST(SignalsOf, are_the_programs_again_after_release)
{
    const Counted counted(SIGUSR1);
    const auto before = treatment();
    this->hold(SIGUSR1);
    EXPECT_NE(treatment(), before);
    this->signals.release();
    EXPECT_EQ(treatment(), before);
    raise_in_process(SIGUSR1);
    EXPECT_EQ(Counted::times, 1);
}

TYPED_TEST(SignalsOf, that_nobody_took_have_their_usual_effect_after_release)
{
    const Counted counted(SIGUSR1);
    this->hold(SIGUSR1);
    raise_in_process(SIGUSR1);
    EXPECT_EQ(Counted::times, 0);
    this->signals.release();
    EXPECT_EQ(Counted::times, 1);
}

TYPED_TEST(SignalsOf, that_nobody_took_are_pending_after_release_if_the_program_blocks_them)
{
    const Blocked blocked(SIGUSR1);
    this->hold(SIGUSR1);
    raise_in_process(SIGUSR1);
    this->signals.release();
    EXPECT_TRUE(is_pending(SIGUSR1));
}

TYPED_TEST(SignalsOf, keep_a_handler_that_the_program_made_in_the_meantime)
{
    this->hold(SIGUSR1);
    {
        const Counted counted(SIGUSR1);
        this->signals.release();
        raise_in_process(SIGUSR1);
        EXPECT_EQ(Counted::times, 1);
    }
    ::signal(SIGUSR1, SIG_DFL);
}

TYPED_TEST(SignalsOf, may_be_waited_for_again_after_release)
{
    SignalOperation operation;
    this->wait(operation, {SIGUSR1});
    this->signals.release();
    EXPECT_EQ(this->next(), &operation);
    EXPECT_EQ(operation.outcome().error.code, ECANCELED);
    this->wait(operation, {SIGUSR1});
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &operation);
    EXPECT_THAT(operation.outcome(), is_done_with(std::size_t{SIGUSR1}));
}

TYPED_TEST(SignalsOf, that_are_destroyed_end_what_waits)
{
    SignalOperation operation;
    {
        Signals others(this->loop, TypeParam::make());
        must(others.start(operation, set_of({SIGUSR1}), for_ever));
    }
    EXPECT_EQ(this->next(), &operation);
    EXPECT_EQ(operation.outcome().error.code, ECANCELED);
}

TYPED_TEST(SignalsOf, that_two_wait_for_go_to_one_of_them)
{
    Loop other_loop(sys::host(), TypeParam::Backend::make(sys::host()));
    Signals others(other_loop, TypeParam::make());
    SignalOperation here;
    SignalOperation there;
    this->wait(here, {SIGUSR1});
    must(others.start(there, set_of({SIGUSR1}), for_ever));
    raise_in_process(SIGUSR1);
    must(other_loop.step(Clock::now()));
    EXPECT_EQ(other_loop.take(), &there);
    EXPECT_EQ(this->now(), nullptr);
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &here);
    must(other_loop.step(Clock::now()));
    EXPECT_EQ(other_loop.take(), nullptr);
}

TYPED_TEST(SignalsOf, are_held_until_the_last_has_released_them)
{
    {
        Signals others(this->loop, TypeParam::make());
        SignalOperation operation;
        must(others.start(operation, set_of({SIGTERM}), for_ever));
        this->hold(SIGTERM);
    }
    this->expect_next_to_get(SIGTERM);
}

TYPED_TEST(SignalsOf, may_be_released_in_another_thread)
{
    std::thread([this] { this->hold(SIGUSR1); }).join();
    this->signals.release();
    this->hold(SIGUSR1);
    this->expect_next_to_get(SIGUSR1);
}

TYPED_TEST(SignalsOf, refuse_what_cannot_be_held)
{
    SignalOperation operation;
    const auto before = treatment();
    EXPECT_THAT(this->signals.start(operation, set_of({SIGUSR1, SIGKILL}), for_ever), failed_with(EINVAL, "sigwait"));
    EXPECT_THAT(this->signals.start(operation, set_of({SIGSTOP}), for_ever), failed_with(EINVAL, "sigwait"));
    EXPECT_FALSE(operation.pending());
    EXPECT_EQ(treatment(), before);
}

TYPED_TEST(SignalsOf, are_left_alone_when_there_is_no_descriptor)
{
    this->hold(SIGUSR2); // see with_free_descriptors()
    Signals others(this->loop, TypeParam::make());
    SignalOperation operation;
    const auto before = treatment();
    const Outcome<> started =
        with_free_descriptors(0, [&] { return others.start(operation, set_of({SIGUSR1}), for_ever); });
    EXPECT_EQ(started.error.code, EMFILE);
    EXPECT_FALSE(operation.pending());
    EXPECT_EQ(treatment(), before);
    must(others.start(operation, set_of({SIGUSR1}), for_ever));
    raise_in_process(SIGUSR1);
    EXPECT_EQ(this->next(), &operation);
}

TYPED_TEST(SignalsOf, are_told_by_descriptors_that_programs_do_not_inherit)
{
    std::set<int> before = open_descriptors();
    std::erase_if(before, [](int fd) { return !is_open(fd); }); // the one that read the directory
    this->hold(SIGUSR1);
    int made = 0;
    for (const int fd : open_descriptors()) {
        if (is_open(fd) && before.count(fd) == 0) {
            EXPECT_TRUE(is_close_on_exec(fd));
            EXPECT_TRUE(is_nonblocking(fd));
            ++made;
        }
    }
    EXPECT_GT(made, 0);
}

TYPED_TEST(SignalsOf, allocate_nothing_to_start_finish_and_cancel)
{
    this->hold(SIGUSR1);
    const bool allocates = fails_at_allocation(1, [&] {
        SignalOperation operation;
        this->wait(operation, {SIGUSR1, SIGUSR2}, in_ms(60'000));
        this->loop.cancel(operation, ECANCELED);
        EXPECT_EQ(this->loop.take(), &operation);
        this->wait(operation, {SIGUSR1, SIGUSR2});
        raise_in_process(SIGUSR2);
        EXPECT_EQ(this->next(), &operation);
    });
    EXPECT_FALSE(allocates);
}

} // namespace
} // namespace llnet::test
