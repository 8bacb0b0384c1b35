// SPDX-License-Identifier: MIT
#include "core/loop/epoll_backend_linux.hpp"

#include "core/sys/epoll_linux.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace llnet {

namespace {

constexpr std::uint32_t to_read = EPOLLIN | EPOLLRDHUP;
constexpr std::uint32_t by_edges = to_read | EPOLLOUT | EPOLLET;
constexpr std::uint32_t failures = EPOLLERR | EPOLLHUP;
constexpr std::size_t most_events = 256;

std::uint32_t wanted(const Watched& watched) noexcept
{
    return (watched.wants_read ? to_read : 0U) | (watched.wants_write ? std::uint32_t{EPOLLOUT} : 0U);
}

Event event_of(const epoll_event& told) noexcept
{
    Event event;
    event.key = told.data.u64;
    const bool failed = (told.events & failures) != 0;
    event.can_read = failed || (told.events & to_read) != 0;
    event.can_write = failed || (told.events & EPOLLOUT) != 0;
    return event;
}

} // namespace

Outcome<> EpollBackend::open() noexcept
{
    const sys::Result<> made = sys::epoll_create();
    if (!made.ok()) {
        return failed(made.error, "epoll_create1");
    }
    epoll_ = Fd(made.value);
    return done();
}

Outcome<> EpollBackend::add(Watched& watched)
{
    watched.armed = 0;
    watched.edges = !watched.owned;
    return tell(watched, watched.edges ? by_edges : to_read | wanted(watched)); // most wait to read first
}

void EpollBackend::remove(Watched& watched) noexcept
{
    // Fails if the descriptor was closed: then the kernel has forgotten it.
    static_cast<void>(sys::epoll_control(epoll_.get(), EPOLL_CTL_DEL, watched.fd, 0, 0));
}

Outcome<> EpollBackend::arm(Watched& watched) noexcept
{
    const std::uint32_t lacking = wanted(watched) & ~watched.armed;
    return lacking == 0 ? done() : tell(watched, watched.armed | lacking);
}

Outcome<> EpollBackend::calm(Watched& watched) noexcept
{
    if (watched.edges || watched.armed == 0) {
        return done();
    }
    if (const std::uint32_t events = wanted(watched); events != 0) {
        return tell(watched, events);
    }
    watched.armed = 0; // a hang-up cannot be turned off otherwise
    watched.is_calm = true;
    const sys::Result<> removed = sys::epoll_control(epoll_.get(), EPOLL_CTL_DEL, watched.fd, 0, 0);
    return removed.ok() ? done() : failed(removed.error, "epoll_ctl");
}

void EpollBackend::mute(Watched& watched) noexcept
{
    if (!watched.edges) {
        watched.edges = true;
        static_cast<void>(tell(watched, by_edges));
    }
}

bool EpollBackend::is_current(Watched& watched) noexcept
{
    return watched.is_calm || (watched.armed != 0 && tell(watched, watched.armed).done());
}

// Tells the kernel what to watch for.
Outcome<> EpollBackend::tell(Watched& watched, std::uint32_t events) noexcept
{
    const int operation = watched.armed == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    const sys::Result<> told = sys::epoll_control(epoll_.get(), operation, watched.fd, events, watched.key);
    if (!told.ok()) {
        return failed(told.error, "epoll_ctl");
    }
    watched.armed = events;
    watched.is_calm = false;
    return done();
}

Outcome<std::size_t> EpollBackend::wait(std::span<Event> events, int timeout_ms) noexcept
{
    std::array<epoll_event, most_events> ready;
    const std::size_t room = std::min(events.size(), ready.size());
    const sys::Result<> waited = sys::epoll_wait(epoll_.get(), {ready.data(), room}, timeout_ms);
    if (!waited.ok()) {
        return again_or_failed<std::size_t>(waited.error, "epoll_wait");
    }
    const auto count = static_cast<std::size_t>(waited.value);
    std::transform(ready.begin(), ready.begin() + count, events.begin(), event_of);
    return done(count);
}

Outcome<> EpollBackend::reopen() noexcept
{
    const sys::Result<> made = sys::epoll_create();
    if (!made.ok()) {
        return failed(made.error, "epoll_create1");
    }
    if (outer_.get() >= 0) { // a child may keep it open
        static_cast<void>(sys::epoll_control(outer_.get(), EPOLL_CTL_DEL, epoll_.get(), 0, 0));
    }
    epoll_ = Fd(made.value);
    return outer_.get() < 0 ? done() : show_host();
}

int EpollBackend::descriptor() noexcept
{
    if (outer_.get() < 0) {
        outer_ = Fd(sys::epoll_create().value);
        if (outer_.get() >= 0 && !show_host().done()) {
            outer_ = {};
        }
    }
    return outer_.get();
}

Outcome<> EpollBackend::show_host() noexcept
{
    const sys::Result<> added = sys::epoll_control(outer_.get(), EPOLL_CTL_ADD, epoll_.get(), EPOLLIN, 0);
    return added.ok() ? done() : failed(added.error, "epoll_ctl");
}

} // namespace llnet
