// SPDX-License-Identifier: MIT
// Every call tells the kernel's own errno.
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/messages.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <cerrno>
#include <fcntl.h>

namespace llnet::test {
namespace {

template <class>
class SystemErrno : public DescriptorTest {};

TYPED_TEST_SUITE(SystemErrno, Systems, SystemNames);

constexpr int no_fd = -1;

TYPED_TEST(SystemErrno, of_no_descriptor_is_ebadf)
{
    const TypeParam system;
    Address address = loopback(AF_INET);
    socklen_t size = Address::capacity;
    EXPECT_THAT(system.accept(no_fd, nullptr, nullptr, false), fails_with(EBADF));
    EXPECT_THAT(system.duplicate(no_fd), fails_with(EBADF));
    EXPECT_THAT(system.close(no_fd), fails_with(EBADF));
    EXPECT_THAT(system.shutdown(no_fd, SHUT_RDWR), fails_with(EBADF));
    EXPECT_THAT(system.bind(no_fd, address.data(), address.size()), fails_with(EBADF));
    EXPECT_THAT(system.connect(no_fd, address.data(), address.size()), fails_with(EBADF));
    EXPECT_THAT(system.listen(no_fd, 1), fails_with(EBADF));
    EXPECT_THAT(system.socket_name(no_fd, address.writable(), &size), fails_with(EBADF));
    EXPECT_THAT(system.peer_name(no_fd, address.writable(), &size), fails_with(EBADF));
    EXPECT_THAT(system.descriptor_flags(no_fd), fails_with(EBADF));
    EXPECT_THAT(system.set_descriptor_flags(no_fd, FD_CLOEXEC), fails_with(EBADF));
    EXPECT_THAT(system.status_flags(no_fd), fails_with(EBADF));
    EXPECT_THAT(system.set_status_flags(no_fd, O_NONBLOCK), fails_with(EBADF));
    EXPECT_THAT(system.at_mark(no_fd), fails_with(EBADF));
    EXPECT_THAT(system.socket_family(no_fd), fails_with(EBADF));
}

TYPED_TEST(SystemErrno, of_a_transfer_on_no_descriptor_is_ebadf)
{
    const TypeParam system;
    const Address address = loopback(AF_INET);
    Address from;
    socklen_t size = Address::capacity;
    char byte = 'x';
    const iovec part{&byte, 1};
    RawMessage<64> message;
    const Fd file = any_descriptor();
    EXPECT_THAT(system.send(no_fd, &byte, 1, 0), fails_with(EBADF));
    EXPECT_THAT(system.send_to(no_fd, &byte, 1, 0, address.data(), address.size()), fails_with(EBADF));
    EXPECT_THAT(system.receive(no_fd, &byte, 1, 0), fails_with(EBADF));
    EXPECT_THAT(system.receive_from(no_fd, &byte, 1, 0, from.writable(), &size), fails_with(EBADF));
    EXPECT_THAT(system.receive_message(no_fd, message.header, 0), fails_with(EBADF));
    message.header.msg_controllen = 0;
    EXPECT_THAT(system.send_message(no_fd, message.header, 0), fails_with(EBADF));
    EXPECT_THAT(system.write_vector(no_fd, {&part, 1}), fails_with(EBADF));
    EXPECT_THAT(system.read_vector(no_fd, {&part, 1}), fails_with(EBADF));
    EXPECT_THAT(system.send_file(no_fd, no_fd, 0, 1), fails_with(EBADF));
}

TYPED_TEST(SystemErrno, of_what_is_no_socket_is_enotsock)
{
    const TypeParam system;
    const Fd file = any_descriptor();
    int value = 0;
    socklen_t size = sizeof value;
    EXPECT_THAT(system.get_option(file.get(), SOL_SOCKET, SO_TYPE, &value, &size), fails_with(ENOTSOCK));
    EXPECT_THAT(system.set_option(file.get(), SOL_SOCKET, SO_BROADCAST, &value, size), fails_with(ENOTSOCK));
    EXPECT_THAT(system.listen(file.get(), 1), fails_with(ENOTSOCK));
    EXPECT_THAT(system.socket_family(file.get()), fails_with(ENOTSOCK));
}

TYPED_TEST(SystemErrno, is_not_left_over_from_an_earlier_failure)
{
    const TypeParam system;
    errno = EPIPE;
    const Fd fd(must(system.socket(AF_INET, SOCK_STREAM, 0, true)));
    errno = EPIPE;
    EXPECT_THAT(system.descriptor_flags(fd.get()), succeeds());
    EXPECT_THAT(system.interface_index("lo"), succeeds());
}

TYPED_TEST(SystemErrno, of_family_and_protocol_of_a_socket_is_none)
{
    const TypeParam system;
    const Fd inet(must(system.socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, false)));
    const Fd local(must(system.socket(AF_UNIX, SOCK_DGRAM, 0, false)));
    EXPECT_EQ(must(system.socket_family(inet.get())), AF_INET);
    EXPECT_EQ(must(system.socket_family(local.get())), AF_UNIX);
    EXPECT_THAT(system.socket_protocol(inet.get()), succeeds());
}

} // namespace
} // namespace llnet::test
