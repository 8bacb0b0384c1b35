// SPDX-License-Identifier: MIT
#pragma once

namespace llnet::sys {

namespace detail {

extern unsigned fork_generation;

} // namespace detail

// From the first call on forks are counted. Without memory for that (ENOMEM), they go unnoticed.
void count_forks() noexcept;

// How many fork(2)s lie between this process and the one that counted first: what must not be shared with a child
// compares it with what it was before. Cheaper than getpid(2) on every turn of a loop.
inline unsigned fork_generation() noexcept
{
    return detail::fork_generation;
}

} // namespace llnet::sys
