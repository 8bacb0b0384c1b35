// SPDX-License-Identifier: MIT
#include "core/sys/system.hpp"

namespace llnet::sys {

const System& host() noexcept
{
    static const System system;
    return system;
}

} // namespace llnet::sys
