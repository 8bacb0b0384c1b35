// SPDX-License-Identifier: MIT
#include "core/sys/epoll_linux.hpp"

namespace llnet::sys {

Result<> epoll_create() noexcept
{
    return result_of(::epoll_create1(EPOLL_CLOEXEC));
}

Result<> epoll_control(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t key) noexcept
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    return result_of(::epoll_ctl(epoll, operation, fd, &event));
}

Result<> epoll_wait(int epoll, std::span<epoll_event> events, int timeout_ms) noexcept
{
    return result_of(::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), timeout_ms));
}

} // namespace llnet::sys
