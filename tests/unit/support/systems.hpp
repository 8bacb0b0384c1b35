// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/system.hpp"
#include "tests/unit/support/faulty_system.hpp"

#ifdef __linux__
#include "core/sys/system_linux.hpp"
#endif

#include <gtest/gtest.h>

namespace llnet::test {

// Every implementation that this platform can run; all keep the same promises.
#ifdef __linux__
using HostSystem = sys::LinuxSystem;
using Systems = ::testing::Types<sys::System, sys::LinuxSystem>;
#else
using HostSystem = sys::System;
using Systems = ::testing::Types<sys::System>;
#endif

// Names them in the output of typed tests.
struct SystemNames {
    template <class T>
    static std::string GetName(int)
    {
        return std::is_same_v<T, sys::System> ? "portable" : "host";
    }
};

using FaultyHost = Faulty<HostSystem>;

} // namespace llnet::test
