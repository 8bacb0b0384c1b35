// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace cores {

// How often this process has allocated memory, whoever asked: the library, its peers or C++.
unsigned long allocations() noexcept;

// What is allocated now, with what the allocator adds.
std::size_t heap_bytes() noexcept;

} // namespace cores
