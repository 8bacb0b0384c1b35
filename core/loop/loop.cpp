// SPDX-License-Identifier: MIT
#include "core/loop/loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>

namespace llnet {

namespace {

// Operations that finish at once between two steps: enough to be fast, few enough that a peer which always has data
// leaves the others their turn.
constexpr int turn_budget = 64;

constexpr std::size_t most_events = 256;

constexpr std::uint32_t slot_of(Loop::Key key) noexcept
{
    return static_cast<std::uint32_t>(key);
}

constexpr std::uint32_t generation_of(Loop::Key key) noexcept
{
    return static_cast<std::uint32_t>(key >> 32U);
}

constexpr Loop::Key no_key = ~Loop::Key{0}; // of an operation that waits for its deadline alone

} // namespace

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
    : system_(system), backend_(std::move(backend))
{}

// Operations that are still pending are let go: they belong to others.
Loop::~Loop()
{
    while (take() != nullptr) {
    }
    while (Timer* timer = timers_.first()) {
        unpark(*static_cast<Operation*>(timer));
    }
    for (Slot& slot : slots_) {
        for (Operation* operation : {slot.reader, slot.writer}) {
            if (operation != nullptr) {
                unpark(*operation);
            }
        }
    }
}

Outcome<Loop::Key> Loop::watch(int fd)
{
    Slot* known = find_by_fd(fd);
    if (known != nullptr && (known->always_ready || backend_->is_current(known->watched))) {
        ++known->users;
        return done(known->watched.key);
    }
    if (known != nullptr) { // closed behind our back, and the number is another file's now
        retire(*known);
    }
    Slot& slot = new_slot();
    const Outcome<> opened = open_slot(slot, fd);
    return opened.done() ? done(slot.watched.key) : failed<Key>(opened.error);
}

void Loop::release(Key key) noexcept
{
    Slot* slot = find(key);
    if (slot != nullptr && slot->users > 1) {
        --slot->users;
    } else if (slot != nullptr) {
        wake(key, ECANCELED);
        retire(*slot);
    }
}

void Loop::wake(Key key, int error) noexcept
{
    Slot* slot = find(key);
    if (slot == nullptr) {
        return;
    }
    for (Operation* operation : {slot->reader, slot->writer}) {
        if (operation != nullptr) {
            cancel(*operation, error);
        }
    }
}

bool Loop::start(Operation& operation, Key key, const std::optional<Deadline>& deadline) noexcept
{
    ++stats_.started;
    Slot* slot = find(key);
    if (slot == nullptr) {
        operation.outcome_ = failed<std::size_t>(EBADF, "loop");
        return true;
    }
    Operation*& place = slot->place(operation.direction_);
    if (place != nullptr) {
        operation.outcome_ = failed<std::size_t>(EBUSY, "loop");
        return true;
    }
    const bool may_try = budget_ > 0;
    if (may_try && attempt(operation, slot->watched.fd)) {
        --budget_;
        ++stats_.at_once;
        return true;
    }
    operation.key_ = key;
    place = &operation;
    park(operation, deadline);
    if (!may_try || slot->always_ready) {
        ready_.push_back(operation);
    }
    update_interest(*slot);
    return false;
}

void Loop::start_alone(Operation& operation, const std::optional<Deadline>& deadline) noexcept
{
    ++stats_.started;
    operation.key_ = no_key;
    park(operation, deadline);
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

void Loop::attend(Operation& operation, Key key) noexcept
{
    operation.counts_ = false;
    start(operation, key, std::nullopt);
}

void Loop::cancel(Operation& operation, int error) noexcept
{
    if (operation.loop_ == this && !operation.finished_) {
        ++stats_.cancelled;
        fail(operation, error, "loop");
    }
}

Operation* Loop::take() noexcept
{
    Operation* operation = finished_.pop_front();
    if (operation != nullptr) {
        operation->loop_ = nullptr;
        operation->finished_ = false;
        pending_ -= operation->counts_ ? 1 : 0;
    }
    return operation;
}

Outcome<> Loop::step(const std::optional<Deadline>& until) noexcept
{
    budget_ = turn_budget;
    std::array<Event, most_events> events;
    ++stats_.waits;
    const Outcome<std::size_t> waited = backend_->wait(events, wait_ms(until));
    if (waited.status == Status::failed) {
        return failed(waited.error);
    }
    deliver({events.data(), waited.value});
    retry_ready();
    expire(); // last: what has come in time is not too late
    return done();
}

int Loop::timeout_ms() const noexcept
{
    if (!finished_.empty() || !ready_.empty()) {
        return 0;
    }
    const Timer* first = timers_.first();
    return first != nullptr ? remaining_ms(first->when()) : -1;
}

int Loop::wait_ms(const std::optional<Deadline>& until) const noexcept
{
    const int own = timeout_ms();
    if (until) {
        const int limit = remaining_ms(*until);
        return own < 0 ? limit : std::min(own, limit);
    }
    return own < 0 && pending_ == 0 ? 0 : own;
}

Loop::Slot* Loop::find(Key key) noexcept
{
    const std::uint32_t number = slot_of(key);
    if (number >= slots_.size() || slots_[number].users == 0 || slots_[number].generation != generation_of(key)) {
        return nullptr;
    }
    return &slots_[number];
}

Loop::Slot* Loop::find_by_fd(int fd) noexcept
{
    const auto index = static_cast<std::size_t>(fd);
    if (fd < 0 || index >= slot_of_fd_.size() || slot_of_fd_[index] < 0) {
        return nullptr;
    }
    return &slots_[static_cast<std::size_t>(slot_of_fd_[index])];
}

// A slot that is in no use, with room to give it back later without allocating.
Loop::Slot& Loop::new_slot()
{
    if (free_slots_.empty()) {
        free_slots_.reserve(slots_.size() + 1);
        const auto number = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
        free_slots_.push_back(number);
    }
    return slots_[free_slots_.back()];
}

Outcome<> Loop::open_slot(Slot& slot, int fd)
{
    const std::uint32_t number = free_slots_.back();
    const auto index = static_cast<std::size_t>(fd);
    if (index >= slot_of_fd_.size()) {
        slot_of_fd_.resize(std::max(index + 1, slot_of_fd_.size() * 2), -1);
    }
    ++slot.generation;
    slot.watched = {};
    slot.watched.fd = fd;
    slot.watched.key = Key{slot.generation} << 32U | number;
    const Outcome<> added = backend_->add(slot.watched);
    slot.always_ready = added.error.code == EPERM;
    if (!added.done() && !slot.always_ready) {
        return added;
    }
    free_slots_.pop_back();
    slot.users = 1;
    slot_of_fd_[index] = static_cast<std::int32_t>(number);
    return done();
}

// Gives the slot back; keys to it mean nothing from now on.
void Loop::retire(Slot& slot) noexcept
{
    wake(slot.watched.key, EBADF);
    if (!slot.always_ready) {
        backend_->remove(slot.watched);
    }
    slot_of_fd_[static_cast<std::size_t>(slot.watched.fd)] = -1;
    slot.users = 0;
    free_slots_.push_back(slot_of(slot.watched.key));
}

// Whether the operation is finished.
bool Loop::attempt(Operation& operation, int fd) noexcept
{
    Operation::Progress progress = Operation::Progress::more;
    while (progress == Operation::Progress::more) {
        progress = operation.perform(system_, fd);
    }
    return progress == Operation::Progress::finished;
}

void Loop::park(Operation& operation, const std::optional<Deadline>& deadline) noexcept
{
    operation.loop_ = this;
    pending_ += operation.counts_ ? 1 : 0;
    if (deadline) {
        timers_.arm(operation, *deadline);
    }
}

// Takes the operation out of everything, as if it had never been started.
void Loop::unpark(Operation& operation) noexcept
{
    leave_place(operation);
    timers_.disarm(operation);
    operation.unlink();
    operation.loop_ = nullptr;
    operation.finished_ = false;
    pending_ -= operation.counts_ ? 1 : 0;
}

void Loop::leave_place(Operation& operation) noexcept
{
    Slot* slot = operation.key_ != no_key ? find(operation.key_) : nullptr;
    if (slot == nullptr) {
        return;
    }
    Operation*& place = slot->place(operation.direction_);
    if (place == &operation) {
        place = nullptr;
        update_interest(*slot);
    }
}

// Tells the backend who waits now.
void Loop::update_interest(Slot& slot) noexcept
{
    slot.watched.wants_read = slot.reader != nullptr;
    slot.watched.wants_write = slot.writer != nullptr;
    backend_->update(slot.watched);
}

void Loop::finish(Operation& operation) noexcept
{
    leave_place(operation);
    timers_.disarm(operation);
    operation.finished_ = true;
    finished_.push_back(operation);
}

void Loop::fail(Operation& operation, int error, const char* op) noexcept
{
    operation.outcome_.status = Status::failed;
    operation.outcome_.error = system_error(error, op);
    finish(operation);
}

void Loop::retry(Operation* operation) noexcept
{
    if (operation == nullptr) {
        return;
    }
    const Slot* slot = find(operation->key_);
    if (attempt(*operation, slot->watched.fd)) {
        finish(*operation);
    }
}

void Loop::deliver(std::span<const Event> events) noexcept
{
    stats_.events += events.size();
    for (const Event& event : events) {
        const Slot* slot = find(event.key); // none if it was released since
        if (slot == nullptr) {
            continue;
        }
        retry(event.can_read ? slot->reader : nullptr);
        retry(event.can_write ? slot->writer : nullptr);
    }
}

// Tries those that had to leave others their turn, once.
void Loop::retry_ready() noexcept
{
    List<Operation> waiting;
    waiting.take(ready_);
    while (Operation* operation = waiting.pop_front()) {
        retry(operation);
    }
}

void Loop::expire() noexcept
{
    if (timers_.first() == nullptr) {
        return;
    }
    const Deadline now = Clock::now();
    while (Timer* first = timers_.first()) {
        if (first->when() > now) {
            return;
        }
        ++stats_.timeouts;
        fail(*static_cast<Operation*>(first), ETIMEDOUT, "loop");
    }
}

} // namespace llnet
