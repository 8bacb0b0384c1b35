// SPDX-License-Identifier: MIT
#include "core/loop/epoll_backend_linux.hpp"

#include "core/sys/epoll_linux.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace llnet {

namespace {

constexpr std::uint32_t interest = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t failures = EPOLLERR | EPOLLHUP;
constexpr std::size_t most_events = 256;

Event event_of(const epoll_event& event) noexcept
{
    const bool failed = (event.events & failures) != 0;
    return {event.data.u64, failed || (event.events & (EPOLLIN | EPOLLRDHUP)) != 0,
            failed || (event.events & EPOLLOUT) != 0};
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
    const sys::Result<> added = sys::epoll_control(epoll_.get(), EPOLL_CTL_ADD, watched.fd, interest, watched.key);
    return added.ok() ? done() : failed(added.error, "epoll_ctl");
}

void EpollBackend::remove(Watched& watched) noexcept
{
    // Fails if the descriptor was closed: then the kernel has forgotten it.
    static_cast<void>(sys::epoll_control(epoll_.get(), EPOLL_CTL_DEL, watched.fd, 0, 0));
}

bool EpollBackend::is_current(const Watched& watched) noexcept
{
    return sys::epoll_control(epoll_.get(), EPOLL_CTL_MOD, watched.fd, interest, watched.key).ok();
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

} // namespace llnet
