// SPDX-License-Identifier: MIT
#include "tests/unit/support/watching.hpp"

#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace llnet::test {

void sleep_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

Fd duplicate_of(int fd)
{
    return Fd(must(sys::host().duplicate(fd)));
}

void replace(int number, int fd)
{
    must(sys::result_of(::dup2(fd, number)));
}

void close_behind(Socket& socket)
{
    socket.fd.watch().untie();
    must(sys::result_of(::close(socket.fd.release())));
}

void fill(const Socket& socket)
{
    const std::string bytes(4096, 'x');
    while (sys::host().send(socket.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT).ok()) {
    }
}

void drain(const Socket& socket)
{
    std::array<char, 4096> bytes{};
    while (sys::host().receive(socket.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT).ok()) {
    }
}

IdleChild::IdleChild()
{
    child_ = ::fork();
    if (child_ == 0) {
        pipe_.writer = {};
        char byte = 0;
        ::_exit(static_cast<int>(::read(pipe_.reader.get(), &byte, 1)));
    }
}

IdleChild::~IdleChild()
{
    pipe_.writer = {};
    EXPECT_EQ(::waitpid(child_, nullptr, 0), child_);
}

} // namespace llnet::test
