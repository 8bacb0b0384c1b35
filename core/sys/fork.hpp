// SPDX-License-Identifier: MIT
#pragma once

namespace llnet::sys {

// How many fork(2)s lie between this process and the one that first asked: what must not be shared with a child
// compares it with what it was before.
unsigned fork_generation() noexcept;

} // namespace llnet::sys
