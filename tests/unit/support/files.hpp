// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/fd.hpp"

#include <string>
#include <string_view>

namespace llnet::test {

// A directory of its own that goes with what is in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

// An open file without a name, with this content and its position at the beginning.
Fd file_with(std::string_view content);

// Bytes in which no stretch looks like another.
std::string distinct_bytes(std::size_t size);

} // namespace llnet::test
