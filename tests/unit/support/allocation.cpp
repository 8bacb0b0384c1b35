// SPDX-License-Identifier: MIT
#include "tests/unit/support/allocation.hpp"

#include "tests/support/failing_new.hpp"

namespace llnet::test {

namespace {

// Allocations until the one that fails; 0 when none is to fail.
thread_local int until_failure = 0;

} // namespace

FailingAllocation::FailingAllocation(int nth) noexcept
{
    until_failure = nth;
}

FailingAllocation::~FailingAllocation()
{
    until_failure = 0;
}

bool refuses_allocation() noexcept
{
    return until_failure > 0 && --until_failure == 0;
}

} // namespace llnet::test
