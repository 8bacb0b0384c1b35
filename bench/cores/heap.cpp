// SPDX-License-Identifier: MIT
// Stands before the allocator of the C library (glibc), for the shared libraries as well.
#include "bench/cores/heap.hpp"

#include <malloc.h>

namespace {

unsigned long count = 0; // the programs have one thread

} // namespace

namespace cores {

unsigned long allocations() noexcept
{
    return count;
}

std::size_t heap_bytes() noexcept
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

} // namespace cores

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t number, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

[[gnu::visibility("default")]] void* malloc(std::size_t size)
{
    ++count;
    return __libc_malloc(size);
}

[[gnu::visibility("default")]] void* calloc(std::size_t number, std::size_t size)
{
    ++count;
    return __libc_calloc(number, size);
}

[[gnu::visibility("default")]] void* realloc(void* memory, std::size_t size)
{
    ++count;
    return __libc_realloc(memory, size);
}

[[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    ++count;
    return __libc_memalign(alignment, size);
}

} // extern "C"
