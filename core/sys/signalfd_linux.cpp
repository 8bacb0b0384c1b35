// SPDX-License-Identifier: MIT
#include "core/sys/signalfd_linux.hpp"

#include <ctime>
#include <sys/signalfd.h>

namespace llnet::sys {

Result<> signal_descriptor(int fd, const sigset_t& set) noexcept
{
    return result_of(::signalfd(fd, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Result<> take_signal(const sigset_t& set) noexcept
{
    const timespec at_once{};
    return result_of(::sigtimedwait(&set, nullptr, &at_once));
}

} // namespace llnet::sys
