// SPDX-License-Identifier: MIT
#include "core/sys/fork.hpp"

#include <pthread.h>

namespace llnet::sys {

namespace detail {

unsigned fork_generation = 0;

} // namespace detail

namespace {

extern "C" void count_fork()
{
    ++detail::fork_generation;
}

} // namespace

void count_forks() noexcept
{
    static const int registered = pthread_atfork(nullptr, nullptr, count_fork);
    static_cast<void>(registered);
}

} // namespace llnet::sys
