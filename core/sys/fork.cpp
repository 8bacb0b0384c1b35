// SPDX-License-Identifier: MIT
#include "core/sys/fork.hpp"

#include <pthread.h>

namespace llnet::sys {

namespace {

unsigned generation = 0;

extern "C" void count_fork()
{
    ++generation;
}

} // namespace

unsigned fork_generation() noexcept
{
    // Cheaper than getpid(2) on every turn of a loop. Without memory for it (ENOMEM), forks go unnoticed.
    static const int registered = pthread_atfork(nullptr, nullptr, count_fork);
    static_cast<void>(registered);
    return generation;
}

} // namespace llnet::sys
