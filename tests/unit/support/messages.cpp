// SPDX-License-Identifier: MIT
#include "tests/unit/support/messages.hpp"

#include "core/sys/control.hpp"
#include "core/sys/system.hpp"
#include "tests/unit/support/outcomes.hpp"

#include <cstring>
#include <string>

namespace llnet::test {

void send_descriptors(int socket, const std::vector<int>& fds, std::size_t size)
{
    const std::size_t bytes = fds.size() * sizeof(int);
    std::string data(size, 'd');
    std::vector<std::byte> control(CMSG_SPACE(bytes));
    iovec part{data.data(), data.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(rights), fds.data(), bytes);
    must(sys::host().send_message(socket, header, 0));
}

std::vector<int> descriptors_in(msghdr& header)
{
    std::vector<int> fds;
    sys::each_descriptor(header, [&](int fd) { fds.push_back(fd); });
    return fds;
}

} // namespace llnet::test
