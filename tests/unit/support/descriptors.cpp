// SPDX-License-Identifier: MIT
#include "tests/unit/support/descriptors.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <system_error>

namespace llnet::test {

namespace {

int flags_of(int fd, int command)
{
    const int flags = ::fcntl(fd, command);
    return flags < 0 ? 0 : flags;
}

void check(int result, const char* what)
{
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

} // namespace

std::set<int> open_descriptors()
{
    std::set<int> numbers;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        numbers.insert(std::stoi(entry.path().filename()));
    }
    return numbers;
}

bool is_open(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

bool is_close_on_exec(int fd)
{
    return (flags_of(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

bool is_nonblocking(int fd)
{
    return (flags_of(fd, F_GETFL) & O_NONBLOCK) != 0;
}

bool same_file(int a, int b)
{
    struct stat first {};
    struct stat second {};
    check(::fstat(a, &first), "fstat");
    check(::fstat(b, &second), "fstat");
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

Fd any_descriptor()
{
    const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    check(fd, "/dev/null");
    return Fd(fd);
}

Pipe::Pipe()
{
    int fds[2] = {-1, -1};
    check(::pipe2(fds, O_CLOEXEC), "pipe");
    reader = Fd(fds[0]);
    writer = Fd(fds[1]);
}

DescriptorLimit::DescriptorLimit(int free_numbers)
{
    check(::getrlimit(RLIMIT_NOFILE, &previous_), "getrlimit");
    int end = 0;
    for (; is_open(end) || free_numbers > 0; ++end) {
        free_numbers -= is_open(end) ? 0 : 1;
    }
    rlimit lowered = previous_;
    lowered.rlim_cur = static_cast<rlim_t>(end);
    check(::setrlimit(RLIMIT_NOFILE, &lowered), "setrlimit");
}

DescriptorLimit::~DescriptorLimit()
{
    ::setrlimit(RLIMIT_NOFILE, &previous_);
}

} // namespace llnet::test
