// SPDX-License-Identifier: MIT
// How operations get into a loop and out of it again. What happens in between is in loop_step.cpp, what they wait on in
// loop_watch.cpp.
#include "core/loop/loop.hpp"

#include <cerrno>
#include <poll.h>

namespace llnet {

Operation::~Operation()
{
    if (loop_ != nullptr) {
        loop_->unpark(*this);
    }
}

Request Operation::prepare(int fd) noexcept
{
    Request request;
    request.fd = fd;
    request.flags = direction_ == Direction::read ? POLLIN | POLLPRI : POLLOUT;
    return request;
}

Loop::Loop(const sys::System& system, std::unique_ptr<Backend> backend) noexcept
    : system_(system), backend_(std::move(backend)), fork_generation_(sys::fork_generation())
{
    sys::count_forks();
}

// Operations that are still pending are let go: they belong to others.
Loop::~Loop()
{
    while (Operation* operation = alone_.pop_front()) {
        unpark(*operation);
    }
    slots_.each([this](Slot& slot) {
        for (Operation* operation : {slot.reader, slot.writer}) {
            if (operation != nullptr) {
                unpark(*operation);
            }
        }
        while (Operation* operation = slot.beside.pop_front()) {
            unpark(*operation);
        }
        if (slot.watch != nullptr) {
            slot.watch->untie();
        }
    });
    while (Operation* operation = finished_.pop_front()) {
        unpark(*operation);
    }
}

bool Loop::wake(Key key, Direction direction, int error) noexcept
{
    Slot* slot = find(key);
    Operation* operation = slot != nullptr ? slot->place(direction) : nullptr;
    if (operation != nullptr) {
        cancel(*operation, error);
    }
    return operation != nullptr;
}

void Loop::nudge(Key key, Direction direction) noexcept
{
    Slot* slot = find_live(key);
    if (slot == nullptr || backend_->submits()) {
        return;
    }
    slot->side(direction).hope = {}; // whoever comes next tries, however often that was in vain
    Operation* operation = slot->place(direction);
    if (operation == nullptr) {
        return;
    }
    if (operation->only_waits_) { // to ask the kernel would be in vain
        operation->outcome_ = done<std::size_t>(0);
        finish(*operation);
    } else {
        trying_.push_back(*operation);
    }
}

bool Loop::start(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept
{
    Slot* slot = find_place(operation, key);
    if (slot == nullptr) [[unlikely]] {
        return true;
    }
    const bool tries = must_try(*slot, operation);
    slot->was_asked = false;
    if (tries && budget_ > 0 && attempt_at_start(operation, *slot)) {
        return true;
    }
    const bool is_put_off = operation.has_more_ || (tries && budget_ <= 0);
    if (!operation.moves_) [[likely]] {
        occupy(*slot, operation);
    } else if (const Outcome<> placed = take_place(operation); !placed.done()) {
        refuse(operation, placed.error);
        return true;
    }
    park(operation, deadline);
    if (is_put_off) [[unlikely]] {
        ready_.push_back(operation);
        return false;
    }
    const Outcome<> waiting = wait_for(operation, operation.moves_ ? *find(operation.key_) : *slot);
    if (!waiting.done()) [[unlikely]] {
        unpark(operation);
        refuse(operation, waiting.error);
    }
    return !waiting.done();
}

bool Loop::start_dozing(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept
{
    Slot* slot = find_place(operation, key);
    if (slot == nullptr) {
        return true;
    }
    occupy(*slot, operation);
    park(operation, deadline);
    doze(operation, *slot);
    return false;
}

void Loop::miss(Operation& operation) noexcept
{
    refuse(operation, system_error(ETIMEDOUT, "loop"));
    operation.timed_out_ = true;
}

void Loop::start_alone(Operation& operation, const std::optional<Deadline>& deadline) noexcept
{
    ++stats_.started;
    operation.timed_out_ = false;
    operation.key_ = no_key;
    park(operation, deadline);
    alone_.push_back(operation);
}

bool Loop::start_beside(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept
{
    Slot* slot = find_live(key);
    if (slot == nullptr) {
        refuse(operation, system_error(EBADF, "loop"));
        return true;
    }
    start_alone(operation, deadline);
    slot->beside.push_back(operation);
    return false;
}

bool Loop::complete(Operation& operation, const Outcome<std::size_t>& outcome) noexcept
{
    if (operation.loop_ != this || operation.finished_) {
        return false;
    }
    operation.outcome_ = outcome;
    finish(operation);
    return true;
}

bool Loop::withdraw(Operation& operation, const Outcome<std::size_t>& outcome) noexcept
{
    if (operation.loop_ != this || operation.finished_) {
        return false;
    }
    operation.outcome_ = outcome;
    unpark(operation);
    return true;
}

void Loop::attend(Operation& operation, Key key) noexcept
{
    operation.counts_ = false;
    start(operation, key, std::nullopt);
}

void Loop::cancel(Operation& operation, int error) noexcept
{
    if (operation.loop_ == this && !operation.finished_) {
        ++stats_.cancelled;
        end(operation, error);
    }
}

// Whether to try is worthwhile, or cannot be spared because no event would come.
bool Loop::must_try(Slot& slot, const Operation& operation) noexcept
{
    if (slot.always_ready || operation.insists_ || (slot.watched.edges && !slot.was_asked)) {
        return true;
    }
    return !operation.only_waits_ && slot.side(operation.direction_).hope.is_worth_trying();
}

// Whether the operation is finished.
bool Loop::attempt(Operation& operation, Slot& slot) noexcept
{
    Side& side = slot.side(operation.direction_);
    const std::size_t before = operation.outcome_.value;
    operation.drained_ = false;
    Operation::Progress progress = Operation::Progress::more;
    while (progress == Operation::Progress::more && operation.outcome_.value - before < Operation::most_in_turn) {
        progress = operation.perform(system_, slot.watched.fd);
    }
    operation.has_more_ = progress == Operation::Progress::more || progress == Operation::Progress::later;
    const bool is_finished = progress == Operation::Progress::finished;
    if (operation.outcome_.value != before || is_finished) {
        side.vain = 0;
    }
    // While nothing is told of it, something may have come.
    side.hope.is_likely = is_finished && (!operation.drained_ || slot.watched.is_calm);
    return is_finished;
}

// What it takes from the budget: whoever got many bytes at once can be busy with them for long.
int Loop::cost_of(std::size_t bytes) noexcept
{
    constexpr std::size_t bytes_of_one = Operation::most_in_turn / turn_budget;
    return 1 + static_cast<int>(std::min(bytes, Operation::most_in_turn) / bytes_of_one);
}

void Loop::acted(Socket& socket, Direction direction, std::size_t bytes, bool is_finished) noexcept
{
    Slot& slot = *find(socket.fd.watch().key());
    slot.was_asked = false;
    slot.side(direction).vain = bytes > 0 ? 0 : slot.side(direction).vain;
    slot.side(direction).hope.tried(is_finished);
    if (is_finished) {
        ++stats_.started;
        ++stats_.at_once;
        budget_ -= cost_of(bytes);
    }
}

bool Loop::attempt_at_start(Operation& operation, Slot& slot) noexcept
{
    const bool is_finished = attempt(operation, slot);
    slot.side(operation.direction_).hope.tried(is_finished);
    budget_ -= is_finished || operation.has_more_ ? cost_of(operation.outcome_.value) : 0;
    stats_.at_once += is_finished ? 1 : 0;
    return is_finished;
}

// Has the backend tell when the operation, which is in its place, can go on.
Outcome<> Loop::wait_for(Operation& operation, Slot& slot) noexcept
{
    if (slot.always_ready) [[unlikely]] {
        ready_.push_back(operation);
        return done();
    }
    if (backend_->submits()) [[unlikely]] {
        const Ticket ticket = next_ticket_++;
        const Request request = operation.prepare(slot.watched.fd);
        const Outcome<> submitted = backend_->submit(request, operation.key_, ticket);
        operation.ticket_ = submitted.done() ? ticket : 0;
        operation.accepts_ = request.kind == Request::Kind::accept;
        return submitted;
    }
    slot.wants(operation.direction_) = true;
    return backend_->arm(slot.watched);
}

void Loop::park(Operation& operation, const std::optional<Deadline>& deadline) noexcept
{
    operation.loop_ = this;
    operation.ending_ = 0;
    operation.step_ = step_number();
    pending_ += operation.counts_ ? 1 : 0;
    if (deadline) { // one that has passed already leaves it one look at what there is
        timers_.arm(operation, std::max(*deadline, looked_ + Clock::duration(1)));
    }
}

// Takes the operation out of everything, as if it had never been started.
void Loop::unpark(Operation& operation) noexcept
{
    if (operation.ticket_ != 0 && !is_inherited()) {
        await_ticket(operation);
    }
    operation.ticket_ = 0;
    leave_place(operation);
    timers_.disarm(operation);
    operation.unlink();
    operation.loop_ = nullptr;
    operation.finished_ = false;
    pending_ -= operation.counts_ ? 1 : 0;
}

// The kernel may still write to the operation's memory: waits until its request is back.
void Loop::await_ticket(Operation& operation) noexcept
{
    for (std::size_t i = next_event_; i < event_count_; ++i) { // of this step
        if (events_[i].ticket == operation.ticket_) {
            drop_result(operation, events_[i]);
            return;
        }
    }
    backend_->withdraw(operation.ticket_);
    while (operation.ticket_ != 0) {
        Event event;
        const Outcome<std::size_t> waited = backend_->wait({&event, 1}, -1);
        if (waited.status == Status::failed) {
            operation.ticket_ = 0;
        } else if (event.ticket == operation.ticket_) {
            drop_result(operation, event);
        } else if (waited.done() && waited.value == 1) {
            while (!deliver(event)) {
            }
        }
    }
}

// Nobody is there any more to take what the request gave.
void Loop::drop_result(Operation& operation, Event& event) noexcept
{
    if (operation.accepts_ && event.result.ok()) {
        static_cast<void>(system_.close(static_cast<int>(event.result.value)));
    }
    operation.ticket_ = 0;
    event.key = no_key;
}

void Loop::finish(Operation& operation) noexcept
{
    leave_place(operation);
    timers_.disarm(operation);
    operation.finished_ = true;
    finished_.push_back(operation);
}

// It failed; what it counted before stays.
void Loop::refuse(Operation& operation, const Error& error) noexcept
{
    operation.outcome_.status = Status::failed;
    operation.outcome_.error = error;
}

void Loop::fail(Operation& operation, int error) noexcept
{
    refuse(operation, system_error(error, "loop"));
    operation.timed_out_ = error == ETIMEDOUT;
    finish(operation);
}

// Ends an operation before it is done. One whose request is under way ends when that is back, and may still succeed.
void Loop::end(Operation& operation, int error) noexcept
{
    if (operation.ticket_ == 0 || is_inherited()) {
        operation.ticket_ = 0;
        fail(operation, error);
        return;
    }
    timers_.disarm(operation);
    if (operation.ending_ == 0) {
        operation.ending_ = error;
        backend_->withdraw(operation.ticket_);
    }
}

} // namespace llnet
