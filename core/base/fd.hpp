// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>
#include <utility>

namespace llnet {

// Owns one descriptor and closes it. The destructor cannot report: who needs the result of close(2) releases the number
// and closes it through sys::System.
class Fd {
public:
    Fd() noexcept = default;
    explicit Fd(int number) noexcept : number_(number) {}
    Fd(Fd&& other) noexcept : number_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept
    {
        Fd old(std::exchange(number_, other.release()));
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd()
    {
        if (number_ >= 0) {
            ::close(number_);
        }
    }

    // The number, or -1 when nothing is owned.
    [[nodiscard]] int get() const noexcept { return number_; }

    // Gives the number away; the caller closes it.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

} // namespace llnet
