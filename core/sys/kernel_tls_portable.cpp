// SPDX-License-Identifier: MIT
#include "core/sys/kernel_tls.hpp"

#include <cerrno>

namespace llnet::sys {

bool has_kernel_tls(const System&) noexcept
{
    return false;
}

Result<> enable_kernel_tls(const System&, int) noexcept
{
    return {-1, ENOSYS};
}

Result<ssize_t> send_record(const System&, int, unsigned char, const void*, std::size_t, int) noexcept
{
    return {-1, ENOSYS};
}

} // namespace llnet::sys
