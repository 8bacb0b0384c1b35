// SPDX-License-Identifier: MIT
#include "core/sys/file.hpp"

#include "core/base/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace llnet::sys {

namespace {

Result<> last_error() noexcept
{
    return {-1, errno};
}

constexpr Result<> success{0, 0};

timespec time_of_change(const struct stat& about) noexcept
{
#ifdef __APPLE__
    return about.st_mtimespec;
#else
    return about.st_mtim;
#endif
}

// In a way that compilers keep.
void wipe(std::string& bytes) noexcept
{
    for (volatile char& byte : bytes) {
        byte = 0;
    }
}

// More room for bytes, of which no copy stays where they were.
void enlarge(std::string& bytes, std::size_t size)
{
    std::string larger(size, '\0');
    std::copy(bytes.begin(), bytes.end(), larger.begin());
    wipe(bytes);
    bytes.swap(larger);
}

// Reads to the end of the file, which is where `size` says that it was when that was asked.
Result<> read_to_end(int fd, std::size_t size, std::size_t most, std::string& bytes)
{
    std::size_t count = 0;
    for (;;) {
        if (count == bytes.size()) {
            enlarge(bytes, std::max(2 * count, std::min(size, most) + 1));
        }
        const ssize_t got = pread(fd, bytes.data() + count, bytes.size() - count, static_cast<off_t>(count));
        if (got < 0 && errno != EINTR) {
            return last_error();
        }
        if (got == 0) {
            bytes.resize(count);
            return success;
        }
        count += got > 0 ? static_cast<std::size_t>(got) : 0;
        if (count > most) {
            return {-1, EFBIG};
        }
    }
}

} // namespace

Result<> read_file(const char* path, std::size_t most, std::string& into)
{
    const Fd file(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
    return file.get() < 0 ? last_error() : read_file(file.get(), most, into);
}

Result<> read_file(int fd, std::size_t most, std::string& into)
{
    struct stat about {};
    if (fstat(fd, &about) != 0) {
        return last_error();
    }
    std::string bytes;
    const Result<> read = read_to_end(fd, static_cast<std::size_t>(about.st_size), most, bytes);
    if (read.ok()) {
        into.swap(bytes);
    }
    wipe(bytes);
    return read;
}

Result<> replace_file(int fd, std::string_view bytes) noexcept
{
    if (ftruncate(fd, 0) != 0) {
        return last_error();
    }
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t count = pwrite(fd, bytes.data() + written, bytes.size() - written, static_cast<off_t>(written));
        if (count < 0 && errno != EINTR) {
            return last_error();
        }
        written += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return success;
}

Result<> append_line(const char* path, std::string_view line) noexcept
{
    const Fd file(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (file.get() < 0) {
        return last_error();
    }
    FileIdentity ignored;
    if (const Result<> checked = check_private_file(file.get(), ignored); !checked.ok()) {
        return checked;
    }
    ssize_t count = 0;
    do {
        count = write(file.get(), line.data(), line.size());
    } while (count < 0 && errno == EINTR);
    return count < 0 ? last_error() : success;
}

bool can_read(const char* path) noexcept
{
    return access(path, R_OK) == 0;
}

FileVersion version_of_file(const char* path) noexcept
{
    struct stat about {};
    if (stat(path, &about) != 0) {
        return {};
    }
    const timespec modified = time_of_change(about);
    return {{about.st_dev, about.st_ino}, about.st_size, modified.tv_sec, modified.tv_nsec};
}

Result<> check_directory(const char* path) noexcept
{
    const Fd directory(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.get() < 0 ? last_error() : success;
}

Result<> check_private_file(int fd, FileIdentity& identity) noexcept
{
    struct stat about {};
    if (fstat(fd, &about) != 0) {
        return last_error();
    }
    identity = {about.st_dev, about.st_ino};
    const bool is_private =
        S_ISREG(about.st_mode) && about.st_uid == geteuid() && (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    return is_private ? success : Result<>{-1, EPERM};
}

bool is_private_file(int fd, const FileIdentity& identity) noexcept
{
    FileIdentity current;
    return check_private_file(fd, current).ok() && current == identity;
}

} // namespace llnet::sys
