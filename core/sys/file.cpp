// SPDX-License-Identifier: MIT
#include "core/sys/file.hpp"

#include "core/base/fd.hpp"

#include <array>
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

} // namespace

Result<> read_file(const char* path, std::size_t most, std::string& into)
{
    const Fd file(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
    return file.get() < 0 ? last_error() : read_file(file.get(), most, into);
}

Result<> read_file(int fd, std::size_t most, std::string& into)
{
    std::string bytes;
    std::array<char, 8192> part{};
    for (;;) {
        const ssize_t count = pread(fd, part.data(), part.size(), static_cast<off_t>(bytes.size()));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return last_error();
        }
        if (count == 0) {
            into = std::move(bytes);
            return success;
        }
        bytes.append(part.data(), static_cast<std::size_t>(count));
        if (bytes.size() > most) {
            return {-1, EFBIG};
        }
    }
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
    const Fd file(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600));
    if (file.get() < 0) {
        return last_error();
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

Result<> check_directory(const char* path) noexcept
{
    const Fd directory(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.get() < 0 ? last_error() : success;
}

Result<> check_private_file(int fd) noexcept
{
    struct stat about {};
    if (fstat(fd, &about) != 0) {
        return last_error();
    }
    const bool is_private =
        S_ISREG(about.st_mode) && about.st_uid == geteuid() && (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    return is_private ? success : Result<>{-1, EPERM};
}

} // namespace llnet::sys
