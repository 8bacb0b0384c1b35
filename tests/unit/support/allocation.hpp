// SPDX-License-Identifier: MIT
#pragma once

#include <new>

namespace llnet::test {

// While it lives, the n-th allocation with operator new (the next one is 1) throws std::bad_alloc.
class FailingAllocation {
public:
    explicit FailingAllocation(int nth) noexcept;
    ~FailingAllocation();
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
};

// Whether `work` throws std::bad_alloc when its n-th allocation fails; false when it makes fewer.
template <class Work>
bool fails_at_allocation(int nth, Work work)
{
    try {
        const FailingAllocation failing(nth);
        work();
        return false;
    } catch (const std::bad_alloc&) {
        return true;
    }
}

} // namespace llnet::test
