// SPDX-License-Identifier: MIT
#include "tests/unit/support/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <system_error>
#include <unistd.h>

namespace llnet::test {

TemporaryDirectory::TemporaryDirectory()
{
    std::string name = std::filesystem::temp_directory_path() / "llnet-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), "mkdtemp");
    }
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Fd file_with(std::string_view content)
{
    const TemporaryDirectory directory;
    std::string name = directory.path() + "/file-XXXXXX";
    Fd file(::mkostemp(name.data(), O_CLOEXEC));
    if (file.get() < 0 ||
        ::pwrite(file.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
        throw std::system_error(errno, std::generic_category(), name);
    }
    return file;
}

std::string distinct_bytes(std::size_t size)
{
    std::mt19937 random(1);
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(random());
    }
    return bytes;
}

} // namespace llnet::test
