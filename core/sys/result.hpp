// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>

namespace llnet::sys {

// What a system call gave: its value and, if it failed, errno read at once (0 otherwise).
template <class T = int>
struct [[nodiscard]] Result {
    T value{};
    int error = 0;

    [[nodiscard]] bool ok() const noexcept { return error == 0; }
};

// The result of a call that says -1 and errno; to be used around the call itself.
template <class T>
Result<T> result_of(T value) noexcept
{
    return {value, value < 0 ? errno : 0};
}

} // namespace llnet::sys
