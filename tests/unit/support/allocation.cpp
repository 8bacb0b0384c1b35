// SPDX-License-Identifier: MIT
#include "tests/unit/support/allocation.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

// Allocations until the one that fails; 0 when none is to fail.
thread_local int until_failure = 0;

void* allocate(std::size_t size) noexcept
{
    if (until_failure > 0 && --until_failure == 0) {
        return nullptr;
    }
    if (size > PTRDIFF_MAX) { // malloc says so too, but AddressSanitizer's ends the program
        return nullptr;
    }
    return std::malloc(size > 0 ? size : 1);
}

void* allocate_or_throw(std::size_t size)
{
    void* memory = allocate(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

} // namespace

namespace llnet::test {

FailingAllocation::FailingAllocation(int nth) noexcept
{
    until_failure = nth;
}

FailingAllocation::~FailingAllocation()
{
    until_failure = 0;
}

} // namespace llnet::test

void* operator new(std::size_t size)
{
    return allocate_or_throw(size);
}

void* operator new[](std::size_t size)
{
    return allocate_or_throw(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    return allocate(size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept
{
    return allocate(size);
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, const std::nothrow_t&) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory, const std::nothrow_t&) noexcept
{
    std::free(memory);
}
