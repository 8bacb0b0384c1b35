// SPDX-License-Identifier: MIT
// The steps of a loop: what happens when events come and deadlines pass.
#include "core/loop/loop.hpp"

#include <algorithm>
#include <cerrno>

namespace llnet {

namespace {

// After so many events in a row that came to nothing one that waits is not told of others.
constexpr std::uint8_t most_vain = 8;

} // namespace

Operation* Loop::take() noexcept
{
    while (finished_.empty() && proceed()) {
    }
    Operation* operation = finished_.pop_front();
    if (operation != nullptr) {
        operation->loop_ = nullptr;
        operation->finished_ = false;
        pending_ -= operation->counts_ ? 1 : 0;
        if (const Operation* next = finished_.front()) {
            __builtin_prefetch(next->owner); // whoever takes it will look there
        }
    }
    return operation;
}

Outcome<> Loop::step(const std::optional<Deadline>& until) noexcept
{
    if (is_inherited()) {
        return failed(EPERM, "fork");
    }
    // What nobody took. Whoever takes what is finished may have a say in what is tried next.
    while ((finished_.empty() || next_event_ < event_count_) && proceed()) {
    }
    budget_ = turn_budget;
    ++stats_.waits;
    const Outcome<std::size_t> waited = backend_->wait(events_, wait_ms(until));
    if (waited.status == Status::failed) {
        return failed(waited.error);
    }
    event_count_ = waited.value;
    next_event_ = 0;
    stats_.events += waited.value;
    trying_.take(ready_);
    wake_dozing();
    if (timers_.size() > 0) {
        looked_ = Clock::now();
        expires_ = timers_.passed(looked_) != nullptr;
    }
    const Outcome<> expelled = expel_strangers();
    sweep();
    return expelled;
}

std::optional<Deadline> Loop::next_deadline() noexcept
{
    if (has_work()) {
        return Deadline{};
    }
    std::optional<Deadline> next;
    const auto consider = [&next](Deadline deadline) { next = next ? std::min(*next, deadline) : deadline; };
    if (const Timer* first = timers_.first()) {
        consider(first->when());
    }
    if (strangers_ > 0) {
        consider(next_sweep_);
    }
    if (!dozing_.empty()) {
        consider(doze_until_);
    }
    return next;
}

bool Loop::has_work() const noexcept
{
    return !finished_.empty() || !ready_.empty() || next_event_ < event_count_ || !trying_.empty() || expires_;
}

int Loop::wait_ms(const std::optional<Deadline>& until) noexcept
{
    const std::optional<Deadline> own = next_deadline();
    int limit = own ? remaining_ms(*own) : -1;
    if (until) {
        const int given = remaining_ms(*until);
        limit = limit < 0 ? given : std::min(limit, given);
    }
    return limit < 0 && pending_ == 0 ? 0 : limit;
}

// Does one more piece of what the last step brought; false if nothing is left.
bool Loop::proceed() noexcept
{
    if (is_inherited()) { // what came is the parent's
        return false;
    }
    if (next_event_ < event_count_) {
        next_event_ += deliver(events_[next_event_]) ? 1 : 0;
        return true;
    }
    if (Operation* operation = trying_.pop_front()) {
        Slot& slot = *find(operation->key_);
        slot.side(operation->direction_).dozes = false;
        retry(*operation, slot, false);
        doze_if_vain(*operation, slot);
        return true;
    }
    if (expires_) { // last, and only what had passed when we looked for events: what has come in time is not too late
        expires_ = false;
        expire();
        return true;
    }
    return false;
}

// Tries one of the operations that the event concerns. True: that was the last.
bool Loop::deliver(Event& event) noexcept
{
    Slot* slot = find(event.key);
    if (slot == nullptr) [[unlikely]] { // it was released since
        return true;
    }
    if (event.ticket != 0) [[unlikely]] {
        complete_request(*slot, event);
        return true;
    }
    slot->was_asked = false;
    const Direction direction = event.can_read ? Direction::read : Direction::write;
    (event.can_read ? event.can_read : event.can_write) = false;
    Side& side = slot->side(direction);
    if (side.dozes) [[unlikely]] {
        return !event.can_read && !event.can_write;
    }
    if (Operation* operation = slot->place(direction)) {
        const std::size_t count = operation->outcome_.value;
        retry(*operation, *slot, true);
        if (slot->place(direction) == operation && operation->outcome_.value == count) [[unlikely]] {
            backend_->mute(slot->watched);
            if (may_be_vain(*slot, *operation) && side.vain < most_vain) {
                ++side.vain;
            }
            doze_if_vain(*operation, *slot);
        }
    } else {
        side.hope.is_likely = true;
        if (!backend_->calm(slot->watched).done()) { // closed behind our back, with a duplicate that is open
            retire(*slot, EBADF);
        }
    }
    return !event.can_read && !event.can_write;
}

void Loop::complete_request(Slot& slot, const Event& event) noexcept
{
    for (Operation* operation : {slot.reader, slot.writer}) {
        if (operation == nullptr || operation->ticket_ != event.ticket) {
            continue;
        }
        operation->ticket_ = 0;
        const bool was_withdrawn = operation->ending_ != 0;
        const bool came_to_nothing = was_withdrawn && event.result.error == ECANCELED;
        if (!came_to_nothing && operation->complete(event.result) == Operation::Progress::finished) {
            finish(*operation);
        } else if (was_withdrawn) {
            fail(*operation, operation->ending_);
        } else {
            retry(*operation, slot, false);
        }
        return;
    }
}

void Loop::retry(Operation& operation, Slot& slot, bool has_event) noexcept
{
    const bool has_begun = operation.step_ != step_number(); // before the event came
    if (has_event && operation.only_waits_ && has_begun) [[unlikely]] {
        slot.side(operation.direction_).vain = 0;
        operation.outcome_ = done<std::size_t>(0);
        finish(operation);
        return;
    }
    if (operation.moves_) [[unlikely]] {
        leave_place(operation);
        if (find_live(operation.other_key()) == nullptr) { // closed while it was not beside it
            fail(operation, ECANCELED);
            return;
        }
    }
    if (attempt(operation, slot)) [[likely]] {
        finish(operation);
        return;
    }
    const Outcome<> placed = operation.moves_ ? take_place(operation) : done();
    if (placed.done() && operation.has_more_) {
        ready_.push_back(operation);
        return;
    }
    const Outcome<> waiting = placed.done() ? wait_for(operation, *find(operation.key_)) : placed;
    if (!waiting.done()) {
        refuse(operation, waiting.error);
        finish(operation);
    }
}

// Whether events that come to nothing would come again and again: those that tell of a change do not, but an attempt to
// write that fails can be told as one, as with datagrams to a unix socket whose queue is full.
bool Loop::may_be_vain(const Slot& slot, const Operation& operation) noexcept
{
    return operation.direction_ == Direction::write || (!slot.watched.edges && operation.counts_);
}

// The loop would be busy with such events. Who waits is tried now and then instead.
void Loop::doze_if_vain(Operation& operation, Slot& slot) noexcept
{
    const bool waits = slot.place(operation.direction_) == &operation && !operation.has_more_;
    if (waits && slot.side(operation.direction_).vain >= most_vain) {
        doze(operation, slot);
    }
}

void Loop::doze(Operation& operation, Slot& slot) noexcept
{
    if (dozing_.empty()) {
        doze_until_ = Clock::now() + doze_interval;
    }
    slot.side(operation.direction_).dozes = true;
    slot.wants(operation.direction_) = false;
    static_cast<void>(backend_->calm(slot.watched));
    dozing_.push_back(operation);
}

void Loop::wake_dozing() noexcept
{
    if (!dozing_.empty() && Clock::now() >= doze_until_) {
        trying_.take(dozing_);
    }
}

void Loop::expire() noexcept
{
    while (Timer* passed = timers_.passed(looked_)) {
        ++stats_.timeouts;
        end(*static_cast<Operation*>(passed), ETIMEDOUT);
    }
}

} // namespace llnet
