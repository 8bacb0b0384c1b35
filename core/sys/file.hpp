// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/result.hpp"

#include <ctime>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace llnet::sys {

// All bytes of a file that has at most `most` (EFBIG). No copy of them is left elsewhere. Throws std::bad_alloc.
Result<> read_file(const char* path, std::size_t most, std::string& into);

// The same for an open descriptor, from the begin of its file; its position stays.
Result<> read_file(int fd, std::size_t most, std::string& into);

// Replaces what is in the file of a descriptor.
Result<> replace_file(int fd, std::string_view bytes) noexcept;

// Appends a line, which another process does not tear apart, to a file of this user that nobody else can read (EPERM),
// and which is made if there is none. No symbolic link is followed (ELOOP).
Result<> append_line(const char* path, std::string_view line) noexcept;

bool can_read(const char* path) noexcept;

// Which file it is.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Another one when a file or a directory has been written to or replaced.
struct FileVersion {
    FileIdentity identity;
    off_t size = 0;
    std::time_t modified_sec = 0;
    long modified_ns = 0;

    friend bool operator==(const FileVersion&, const FileVersion&) = default;
};

// That of no file if there is none.
FileVersion version_of_file(const char* path) noexcept;

// Whether it is a directory that can be listed.
Result<> check_directory(const char* path) noexcept;

// Whether it is a file of this user that nobody else can read or write, and which: else EPERM, or what the system says.
Result<> check_private_file(int fd, FileIdentity& identity) noexcept;

// Whether it is one, and still that one.
bool is_private_file(int fd, const FileIdentity& identity) noexcept;

} // namespace llnet::sys
