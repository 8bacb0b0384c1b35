// SPDX-License-Identifier: MIT
// What every system promises about the descriptors that it makes and receives.
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/libc.hpp"
#include "tests/unit/support/messages.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <fcntl.h>

namespace llnet::test {
namespace {

template <class Base>
class SystemDescriptors : public DescriptorTest {
protected:
    Base system;
};

TYPED_TEST_SUITE(SystemDescriptors, Systems, SystemNames);

Address name_of(const Socket& socket)
{
    return must(socket_name(sys::host(), socket.fd.get()));
}

// Connects a client to `listener` and accepts it.
Fd accept_one(const sys::System& system, const Socket& listener, bool nonblock)
{
    const Socket client = make_socket(listener.family, listener.type);
    must(connect(sys::host(), client.fd.get(), name_of(listener)));
    return Fd(must(system.accept(listener.fd.get(), nullptr, nullptr, nonblock)));
}

TYPED_TEST(SystemDescriptors, made_by_socket_are_close_on_exec_and_block)
{
    const Fd fd(must(this->system.socket(AF_INET, SOCK_STREAM, 0, false)));
    EXPECT_TRUE(is_close_on_exec(fd.get()));
    EXPECT_FALSE(is_nonblocking(fd.get()));
}

TYPED_TEST(SystemDescriptors, made_by_socket_do_not_block_on_request)
{
    const Fd fd(must(this->system.socket(AF_INET, SOCK_DGRAM, 0, true)));
    EXPECT_TRUE(is_close_on_exec(fd.get()));
    EXPECT_TRUE(is_nonblocking(fd.get()));
}

TYPED_TEST(SystemDescriptors, of_a_pair_are_close_on_exec_and_do_not_block_on_request)
{
    for (const bool nonblock : {false, true}) {
        int fds[2] = {-1, -1};
        must(this->system.socket_pair(AF_UNIX, SOCK_STREAM, 0, nonblock, fds));
        for (const int fd : fds) {
            const Fd owner(fd);
            EXPECT_TRUE(is_close_on_exec(fd));
            EXPECT_EQ(is_nonblocking(fd), nonblock);
        }
    }
}

TYPED_TEST(SystemDescriptors, that_were_accepted_are_close_on_exec_and_do_not_block_on_request)
{
    const Socket listener = make_listener(AF_INET, SOCK_STREAM);
    for (const bool nonblock : {false, true}) {
        const Fd fd = accept_one(this->system, listener, nonblock);
        EXPECT_TRUE(is_close_on_exec(fd.get()));
        EXPECT_EQ(is_nonblocking(fd.get()), nonblock);
    }
}

TYPED_TEST(SystemDescriptors, that_were_duplicated_are_close_on_exec)
{
    const Fd original = any_descriptor();
    const Fd copy(must(this->system.duplicate(original.get())));
    EXPECT_NE(copy.get(), original.get());
    EXPECT_TRUE(same_file(copy.get(), original.get()));
    EXPECT_TRUE(is_close_on_exec(copy.get()));
}

TYPED_TEST(SystemDescriptors, that_were_received_are_close_on_exec)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd passed = any_descriptor();
    send_descriptors(pair.first.fd.get(), {passed.get(), passed.get(), passed.get()});
    RawMessage<256> message;
    must(this->system.receive_message(pair.second.fd.get(), message.header, 0));
    const std::vector<int> received = descriptors_in(message.header);
    EXPECT_EQ(received.size(), 3U);
    for (const int fd : received) {
        const Fd owner(fd);
        EXPECT_TRUE(is_close_on_exec(fd));
        EXPECT_TRUE(same_file(fd, passed.get()));
    }
}

TYPED_TEST(SystemDescriptors, of_an_impossible_kind_are_refused_with_the_reason)
{
    EXPECT_THAT(this->system.socket(AF_INET, 9999, 0, false), fails_with(EINVAL));
    EXPECT_THAT(this->system.socket(9999, SOCK_STREAM, 0, false), fails_with(EAFNOSUPPORT));
    int fds[2] = {-1, -1};
    EXPECT_THAT(this->system.socket_pair(AF_INET, SOCK_STREAM, 0, false, fds), fails_with(EOPNOTSUPP));
}

TYPED_TEST(SystemDescriptors, cannot_be_made_beyond_the_limit_of_the_process)
{
    const sys::System& used = this->system;
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = make_socket(AF_UNIX, SOCK_STREAM);
    must(used.connect(client.fd.get(), name_of(listener).data(), name_of(listener).size()));
    int fds[2] = {-1, -1};
    const sys::Result<> results[] = {
        with_free_descriptors(0, [&] { return used.socket(AF_INET, SOCK_STREAM, 0, false); }),
        with_free_descriptors(0, [&] { return used.accept(listener.fd.get(), nullptr, nullptr, false); }),
        with_free_descriptors(0, [&] { return used.duplicate(client.fd.get()); }),
        with_free_descriptors(0, [&] { return used.socket_pair(AF_UNIX, SOCK_STREAM, 0, false, fds); }),
        with_free_descriptors(1, [&] { return used.socket_pair(AF_UNIX, SOCK_STREAM, 0, false, fds); }),
    };
    EXPECT_THAT(results, ::testing::Each(fails_with(EMFILE)));
}

TYPED_TEST(SystemDescriptors, are_gone_after_close_and_a_second_close_says_so)
{
    const int fd = any_descriptor().release();
    EXPECT_THAT(this->system.close(fd), succeeds());
    EXPECT_FALSE(is_open(fd));
    EXPECT_THAT(this->system.close(fd), fails_with(EBADF));
}

// The portable way marks descriptors after they were made, and either step can fail.
class PortableDescriptors : public DescriptorTest {
protected:
    Faulty<sys::System> system;
};

TEST_F(PortableDescriptors, that_cannot_be_marked_close_on_exec_are_closed)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = make_socket(AF_UNIX, SOCK_STREAM);
    must(connect(sys::host(), client.fd.get(), name_of(listener)));
    system.fail(Call::set_descriptor_flags, EINVAL);
    EXPECT_THAT(system.socket(AF_INET, SOCK_STREAM, 0, false), fails_with(EINVAL));
    EXPECT_THAT(system.accept(listener.fd.get(), nullptr, nullptr, false), fails_with(EINVAL));
}

TEST_F(PortableDescriptors, that_cannot_be_made_nonblocking_are_closed)
{
    system.fail(Call::set_status_flags, EPERM);
    EXPECT_THAT(system.socket(AF_INET, SOCK_STREAM, 0, true), fails_with(EPERM));
}

TEST_F(PortableDescriptors, of_a_pair_are_both_closed_when_either_cannot_be_marked)
{
    for (const int which : {1, 2}) {
        for (const Call call : {Call::set_descriptor_flags, Call::set_status_flags}) {
            Faulty<sys::System> fresh;
            fresh.fail(call, EPERM, which, 1);
            int fds[2] = {-1, -1};
            EXPECT_THAT(fresh.socket_pair(AF_UNIX, SOCK_STREAM, 0, true, fds), fails_with(EPERM));
            EXPECT_EQ(fds[0], -1);
            EXPECT_EQ(fds[1], -1);
        }
    }
}

TEST_F(PortableDescriptors, are_all_closed_when_one_that_was_received_cannot_be_marked)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd passed = any_descriptor();
    for (const int which : {1, 2, 3}) {
        send_descriptors(pair.first.fd.get(), {passed.get(), passed.get(), passed.get()});
        system.fail(Call::set_descriptor_flags, EMFILE, which, 1);
        RawMessage<256> message;
        EXPECT_THAT(system.receive_message(pair.second.fd.get(), message.header, 0), fails_with(EMFILE));
    }
}

TEST_F(PortableDescriptors, of_a_connection_without_an_address_count_as_aborted)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = make_socket(AF_UNIX, SOCK_STREAM);
    must(connect(sys::host(), client.fd.get(), name_of(listener)));
    const AcceptWithoutAddress hidden;
    Address peer;
    socklen_t size = Address::capacity;
    EXPECT_THAT(system.accept(listener.fd.get(), peer.writable(), &size, false), fails_with(ECONNABORTED));
}

TEST_F(PortableDescriptors, of_a_connection_without_an_address_count_as_aborted_when_nobody_asks_for_the_address)
{
    const Socket listener = make_listener(AF_UNIX, SOCK_STREAM);
    const Socket client = make_socket(AF_UNIX, SOCK_STREAM);
    must(connect(sys::host(), client.fd.get(), name_of(listener)));
    const AcceptWithoutAddress hidden;
    EXPECT_THAT(system.accept(listener.fd.get(), nullptr, nullptr, false), fails_with(ECONNABORTED));
}

} // namespace
} // namespace llnet::test
