// SPDX-License-Identifier: MIT
#pragma once

namespace llnet::test {

// Asked before each allocation with operator new: whether it fails. The program that links failing_new.cpp defines it.
bool refuses_allocation() noexcept;

} // namespace llnet::test
