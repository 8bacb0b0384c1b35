// SPDX-License-Identifier: MIT
#include "core/loop/poll_backend.hpp"

#include <cerrno>

namespace llnet {

namespace {

constexpr int failures = POLLERR | POLLHUP | POLLNVAL;

Event event_of(const pollfd& entry, const Watched& watched) noexcept
{
    const bool failed = (entry.revents & failures) != 0;
    Event event;
    event.key = watched.key;
    event.can_read = failed || (entry.revents & POLLIN) != 0;
    event.can_write = failed || (entry.revents & POLLOUT) != 0;
    return event;
}

} // namespace

Outcome<> PollBackend::add(Watched& watched)
{
    if (!is_current(watched)) {
        return failed(EBADF, "poll");
    }
    watched_.reserve(watched_.size() + 1);
    entries_.push_back({-1, 0, 0});
    watched_.push_back(&watched);
    watched.position = entries_.size() - 1;
    return done();
}

void PollBackend::remove(Watched& watched) noexcept
{
    const std::size_t position = watched.position;
    entries_[position] = entries_.back();
    watched_[position] = watched_.back();
    watched_[position]->position = position;
    entries_.pop_back();
    watched_.pop_back();
}

Outcome<> PollBackend::arm(Watched& watched) noexcept
{
    return calm(watched);
}

Outcome<> PollBackend::calm(Watched& watched) noexcept
{
    pollfd& entry = entries_[watched.position];
    entry.events = static_cast<short>((watched.wants_read ? POLLIN : 0) | (watched.wants_write ? POLLOUT : 0));
    entry.fd = entry.events != 0 ? watched.fd : -1;
    watched.is_calm = entry.events == 0;
    return done();
}

bool PollBackend::is_current(Watched& watched) noexcept
{
    return system_.descriptor_flags(watched.fd).ok(); // it knows numbers only
}

Outcome<std::size_t> PollBackend::wait(std::span<Event> events, int timeout_ms) noexcept
{
    const sys::Result<> ready = system_.poll(entries_, timeout_ms);
    if (!ready.ok()) {
        return again_or_failed<std::size_t>(ready.error, "poll");
    }
    std::size_t count = 0;
    auto left = static_cast<std::size_t>(ready.value);
    for (std::size_t seen = 0; seen < entries_.size() && left > 0 && count < events.size(); ++seen) {
        next_ = next_ + 1 < entries_.size() ? next_ + 1 : 0;
        if (entries_[next_].fd >= 0 && entries_[next_].revents != 0) {
            events[count++] = event_of(entries_[next_], *watched_[next_]);
            --left;
        }
    }
    return done(count);
}

} // namespace llnet
