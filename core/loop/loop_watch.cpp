// SPDX-License-Identifier: MIT
// The descriptors that a loop watches: a slot each, found by key, with the places of who waits there.
#include "core/loop/loop.hpp"

#include <algorithm>
#include <cerrno>

namespace llnet {

namespace {

constexpr std::uint32_t slot_of(Loop::Key key) noexcept
{
    return static_cast<std::uint32_t>(key);
}

} // namespace

Outcome<Loop::Key> Loop::watch(int fd)
{
    if (is_inherited()) {
        return failed<Key>(EPERM, "fork");
    }
    Slot* known = find_by_fd(fd);
    if (known != nullptr && (known->watched.owned || is_current(*known))) {
        return done(known->watched.key);
    }
    if (known != nullptr) { // closed behind our back, and the number is another file's now
        retire(*known, EBADF);
    }
    const Outcome<Slot*> opened = open_slot(fd, false);
    return opened.done() ? done(opened.value->watched.key) : failed<Key>(opened.error);
}

// One that is not watched yet, by nobody or by another loop.
Outcome<Loop::Key> Loop::watch_anew(Socket& socket)
{
    if (is_inherited()) {
        return failed<Key>(EPERM, "fork");
    }
    Watch& watch = socket.fd.watch();
    const int fd = socket.fd.get();
    Slot* slot = find_by_fd(fd);
    if (slot != nullptr && !is_current(*slot)) { // closed behind our back, and the number is this socket's now
        retire(*slot, EBADF);
        slot = nullptr;
    }
    if (slot != nullptr && slot->watched.owned && !(slot->watched.is_calm && is_deserted(*slot))) {
        return done(slot->watched.key); // it is another object's with this number
    }
    if (slot != nullptr && slot->watch != nullptr) { // nobody waits on that: it may have been closed behind our back
        slot->watch->untie();
    }
    if (slot == nullptr) {
        const Outcome<Slot*> opened = open_slot(fd, true);
        if (!opened.done()) {
            return failed<Key>(opened.error);
        }
        slot = opened.value;
    }
    adopt(*slot);
    slot->watch = &watch;
    watch.end(); // of another loop
    watch.begin(*this, slot->watched.key);
    return done(slot->watched.key);
}

void Loop::release(Key key) noexcept
{
    if (Slot* slot = find_live(key)) {
        retire(*slot, ECANCELED);
    }
}

std::optional<Loop::Key> Loop::key_of(int fd) const noexcept
{
    const auto index = static_cast<std::size_t>(fd);
    if (fd < 0 || index >= slot_of_fd_.size() || slot_of_fd_[index] < 0) {
        return std::nullopt;
    }
    return slots_[static_cast<std::size_t>(slot_of_fd_[index])].watched.key;
}

Loop::Slot* Loop::find_by_fd(int fd) noexcept
{
    const std::optional<Key> key = key_of(fd);
    return key ? find(*key) : nullptr;
}

// Whether the number of a descriptor that others close still stands for what we watch.
bool Loop::is_current(Slot& slot) noexcept
{
    if (slot.always_ready) { // a file: it is not registered, so it cannot be told from another file
        Watched probe = slot.watched;
        const Outcome<> added = backend_->add(probe);
        if (added.done()) {
            backend_->remove(probe);
        }
        return added.error.code == EPERM;
    }
    slot.was_asked = backend_->is_current(slot.watched);
    return slot.was_asked;
}

// A slot that is in no use, with room to give it back later without allocating.
Loop::Slot& Loop::new_slot()
{
    if (free_slots_.empty()) {
        const std::size_t number = slots_.size();
        if (free_slots_.capacity() <= number) {
            free_slots_.reserve(2 * number + 1);
        }
        slots_.add();
        free_slots_.push_back(static_cast<std::uint32_t>(number));
    }
    return slots_[free_slots_.back()];
}

Outcome<Loop::Slot*> Loop::open_slot(int fd, bool owned)
{
    Slot& slot = new_slot();
    const std::uint32_t number = free_slots_.back();
    const auto index = static_cast<std::size_t>(fd);
    if (const sys::Result<> open = system_.descriptor_flags(fd); !open.ok()) { // before there is room for any number
        return failed<Slot*>(open.error, "fcntl");
    }
    if (index >= slot_of_fd_.size()) {
        slot_of_fd_.resize(std::max(index + 1, slot_of_fd_.size() * 2), -1);
    }
    slot.reset(number, fd, owned);
    const Outcome<> added = backend_->add(slot.watched);
    slot.always_ready = added.error.code == EPERM;
    if (!added.done() && !slot.always_ready) {
        return failed<Slot*>(added.error);
    }
    slot.was_asked = true;
    slot.state = Slot::State::live;
    free_slots_.pop_back();
    slot_of_fd_[index] = static_cast<std::int32_t>(number);
    return done(&slot);
}

void Loop::Slot::reset(std::uint32_t number, int fd, bool owned) noexcept
{
    ++generation;
    watched = {};
    watched.fd = fd;
    watched.owned = owned;
    watched.key = Key{generation} << 32U | number;
    always_ready = false;
    to_read = to_write = {};
}

// From now on we learn when the descriptor is closed.
void Loop::adopt(Slot& slot) noexcept
{
    if (slot.watched.owned) {
        return;
    }
    for (const Operation* operation : {slot.reader, slot.writer}) {
        strangers_ -= operation != nullptr && is_stranger(slot, *operation) ? 1 : 0;
    }
    slot.watched.owned = true;
}

// Keys to the slot mean nothing from now on.
void Loop::retire(Slot& slot, int error) noexcept
{
    slot.state = Slot::State::leaving;
    slot_of_fd_[static_cast<std::size_t>(slot.watched.fd)] = -1;
    if (slot.watch != nullptr) {
        std::exchange(slot.watch, nullptr)->untie();
    }
    if (!slot.always_ready && !is_inherited()) { // a child shares its parent's backend
        backend_->remove(slot.watched);
    }
    for (Operation* operation : {slot.reader, slot.writer}) {
        if (operation != nullptr) {
            cancel(*operation, error);
        }
    }
    while (Operation* operation = slot.beside.pop_front()) {
        cancel(*operation, error);
    }
    free_if_left(slot);
}

void Loop::free_if_left(Slot& slot) noexcept
{
    if (slot.state == Slot::State::leaving && slot.reader == nullptr && slot.writer == nullptr) {
        slot.state = Slot::State::free;
        free_slots_.push_back(slot_of(slot.watched.key));
    }
}

bool Loop::is_stranger(const Slot& slot, const Operation& operation) noexcept
{
    return !slot.watched.owned && operation.counts_;
}

// Ends what waits on descriptors that were closed behind our back, of which no event tells.
void Loop::sweep() noexcept
{
    if (strangers_ == 0) {
        return;
    }
    const Deadline now = Clock::now();
    if (now < next_sweep_) {
        return;
    }
    next_sweep_ = now + sweep_interval;
    slots_.each([this](Slot& slot) {
        const bool is_waited_for = slot.reader != nullptr || slot.writer != nullptr;
        if (slot.state == Slot::State::live && !slot.watched.owned && is_waited_for && !is_current(slot)) {
            retire(slot, EBADF);
        }
    });
}

// An event of a step that is only beginning cannot be of something released since. So it is of something that the
// backend cannot let go, and would come again and again.
Outcome<> Loop::expel_strangers() noexcept
{
    const auto ours = [this](const Event& event) { return find(event.key) != nullptr; };
    if (std::all_of(events_.begin(), events_.begin() + event_count_, ours)) {
        return done();
    }
    if (const Outcome<> opened = backend_->reopen(); !opened.done()) {
        return opened;
    }
    slots_.each([this](Slot& slot) {
        if (slot.state == Slot::State::live && !slot.always_ready && !backend_->add(slot.watched).done()) {
            retire(slot, EBADF);
        }
    });
    return done();
}

// The slot in which the operation can wait; nullptr if it cannot, and then it has failed.
Loop::Slot* Loop::find_place(Operation& operation, Key key) noexcept
{
    ++stats_.started;
    operation.timed_out_ = false;
    operation.has_more_ = false;
    Slot* slot = find_live(key);
    if (slot == nullptr || slot->place(operation.direction_) != nullptr) [[unlikely]] {
        refuse(operation, system_error(slot == nullptr ? EBADF : EBUSY, "loop"));
        return nullptr;
    }
    operation.key_ = key;
    return slot;
}

// Puts the operation where its key and direction say.
Outcome<> Loop::take_place(Operation& operation) noexcept
{
    Slot* slot = find_live(operation.key_);
    if (slot == nullptr || slot->place(operation.direction_) != nullptr) {
        return failed(slot == nullptr ? EBADF : EBUSY, "loop");
    }
    if (operation.moves_) {
        Slot* other = find_live(operation.other_key());
        if (other == nullptr) {
            return failed(EBADF, "loop");
        }
        other->beside.push_back(operation);
    }
    occupy(*slot, operation);
    return done();
}

void Loop::occupy(Slot& slot, Operation& operation) noexcept
{
    slot.place(operation.direction_) = &operation;
    if (is_stranger(slot, operation)) [[unlikely]] {
        next_sweep_ = strangers_ == 0 ? Clock::now() + sweep_interval : next_sweep_;
        ++strangers_;
    }
}

void Loop::leave_place(Operation& operation) noexcept
{
    Slot* slot = find(operation.key_);
    if (slot == nullptr || slot->place(operation.direction_) != &operation) {
        return;
    }
    slot->place(operation.direction_) = nullptr;
    slot->side(operation.direction_).dozes = false;
    slot->wants(operation.direction_) = false;
    strangers_ -= is_stranger(*slot, operation) ? 1 : 0;
    free_if_left(*slot);
}

} // namespace llnet
