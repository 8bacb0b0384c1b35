// SPDX-License-Identifier: MIT
#include "tests/unit/support/libc.hpp"

#include <sys/socket.h>

namespace {

thread_local bool hides_address = false;

} // namespace

namespace llnet::test {

AcceptWithoutAddress::AcceptWithoutAddress() noexcept
{
    hides_address = true;
}

AcceptWithoutAddress::~AcceptWithoutAddress()
{
    hides_address = false;
}

} // namespace llnet::test

// Takes the place of the C library's accept in this program.
extern "C" int accept(int fd, sockaddr* address, socklen_t* size)
{
    const int accepted = ::accept4(fd, address, size, 0);
    if (accepted >= 0 && size != nullptr && hides_address) {
        *size = 0;
    }
    return accepted;
}
