// SPDX-License-Identifier: MIT
#include "core/loop/signals.hpp"

#include <array>
#include <cerrno>
#include <pthread.h>

namespace llnet {

namespace {

bool contains(const sigset_t& set, int signal) noexcept
{
    return sigismember(&set, signal) == 1;
}

template <class Use>
void each_signal(const sigset_t& set, Use use) noexcept
{
    for (int signal = 1; signal < SignalOperation::end; ++signal) {
        if (contains(set, signal)) {
            use(signal);
        }
    }
}

std::bitset<SignalOperation::end> bits_of(const sigset_t& set) noexcept
{
    std::bitset<SignalOperation::end> bits;
    each_signal(set, [&bits](int signal) { bits.set(static_cast<std::size_t>(signal)); });
    return bits;
}

void add(const std::bitset<SignalOperation::end>& bits, sigset_t& set) noexcept
{
    for (int signal = 1; signal < SignalOperation::end; ++signal) {
        if (bits.test(static_cast<std::size_t>(signal))) {
            sigaddset(&set, signal);
        }
    }
}

// A signal whose place in this thread's mask somebody wants otherwise than the program.
struct Masking {
    unsigned users = 0;
    bool was_changed = false;
};

thread_local std::array<Masking, SignalOperation::end> maskings;

void set_mask(int how, int signal, sigset_t* before) noexcept
{
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    pthread_sigmask(how, &only, before);
}

void change_mask(int how, int signal) noexcept
{
    Masking& masking = maskings[static_cast<std::size_t>(signal)];
    if (masking.users++ == 0) {
        sigset_t before;
        set_mask(how, signal, &before);
        masking.was_changed = contains(before, signal) != (how == SIG_BLOCK);
    }
}

void restore_mask(int how, int signal) noexcept
{
    Masking& masking = maskings[static_cast<std::size_t>(signal)];
    if (masking.users == 0) { // changed in another thread, whose mask is out of reach
        return;
    }
    if (--masking.users == 0 && masking.was_changed) {
        set_mask(how == SIG_BLOCK ? SIG_UNBLOCK : SIG_BLOCK, signal, nullptr);
    }
}

} // namespace

// Waits for the source's descriptor for as long as the loop runs. It never finishes.
class Signals::Notified final : public Operation {
public:
    explicit Notified(Signals& signals) noexcept : Operation(Direction::read), signals_(signals) {}

protected:
    Progress perform(const sys::System&, int) noexcept override
    {
        signals_.deliver();
        return Progress::blocked;
    }

private:
    Signals& signals_;
};

Signals::Signals(Loop& loop, std::unique_ptr<SignalSource> source) noexcept : loop_(loop), source_(std::move(source))
{
    sigemptyset(&held_);
}

Signals::~Signals()
{
    release();
    if (notified_ != nullptr) {
        loop_.release(key_);
    }
}

Outcome<> Signals::start(SignalOperation& operation, const sigset_t& set, const std::optional<Deadline>& deadline)
{
    if (contains(set, SIGKILL) || contains(set, SIGSTOP)) {
        return failed(EINVAL, "sigwait");
    }
    if (const Outcome<> opened = open(); !opened.done()) {
        return opened;
    }
    hold(set);
    operation.set_ = bits_of(set);
    loop_.start_alone(operation, deadline);
    operation.outcome_ = {Status::again, 0, {}};
    waiting_.push_back(operation.place_);
    loop_.try_again(*notified_); // for what came already
    return done();
}

void Signals::release() noexcept
{
    while (Place* place = waiting_.pop_front()) {
        loop_.cancel(place->operation, ECANCELED);
    }
    each_signal(held_, [this](int signal) {
        restore_mask(source_->masking(), signal);
        source_->let_go(signal);
    });
    sigemptyset(&held_);
}

Outcome<> Signals::open()
{
    if (notified_ != nullptr) {
        return done();
    }
    auto notified = std::make_unique<Notified>(*this);
    const Outcome<int> opened = source_->open();
    if (!opened.done()) {
        return failed(opened.error);
    }
    const Outcome<Loop::Key> watched = loop_.watch(opened.value);
    if (!watched.done()) {
        return failed(watched.error);
    }
    key_ = watched.value;
    notified_ = std::move(notified);
    loop_.attend(*notified_, key_);
    return done();
}

void Signals::hold(const sigset_t& set) noexcept
{
    each_signal(set, [this](int signal) {
        if (!contains(held_, signal)) {
            sigaddset(&held_, signal);
            source_->hold(signal);
            change_mask(source_->masking(), signal);
        }
    });
}

// Finishes the first operation whose signal came. The others get their turn when that has been taken: whoever goes on
// with it may cancel them, and then their signals must still be there for the next.
void Signals::deliver() noexcept
{
    source_->listen(collect_wanted());
    List<Place> places;
    places.take(waiting_);
    while (Place* place = places.pop_front()) {
        sigset_t set;
        sigemptyset(&set);
        add(place->operation.set_, set);
        const int signal = source_->take(set);
        if (signal != 0) {
            loop_.complete(place->operation, llnet::done(static_cast<std::size_t>(signal)));
            loop_.try_again(*notified_);
            break;
        }
        waiting_.push_back(*place);
    }
    waiting_.take(places);
}

// What those that wait want, after the others have left their places.
sigset_t Signals::collect_wanted() noexcept
{
    sigset_t all;
    sigemptyset(&all);
    List<Place> places;
    places.take(waiting_);
    while (Place* place = places.pop_front()) {
        if (place->operation.waits()) {
            waiting_.push_back(*place);
            add(place->operation.set_, all);
        }
    }
    return all;
}

} // namespace llnet
