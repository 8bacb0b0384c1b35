// SPDX-License-Identifier: MIT
#include "core/msg/message.hpp"
#include "core/sock/transfer.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/messages.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

namespace llnet::test {
namespace {

std::string type_name(const ::testing::TestParamInfo<int>& test)
{
    switch (test.param) {
    case SOCK_STREAM:
        return "stream";
    case SOCK_DGRAM:
        return "dgram";
    default:
        return "seqpacket";
    }
}

// A connected pair that does not block, and a descriptor to pass from the first to the second.
class PassDescriptor : public DescriptorTest, public ::testing::WithParamInterface<int> {
protected:
    Outcome<> pass() { return send_descriptor(system, pair.first, passed.get(), nullptr, 0); }

    Outcome<int> take(int flags = 0) { return receive_descriptor(system, pair.second, flags); }

    void expect_taken(const Outcome<int>& out) const
    {
        ASSERT_THAT(out, is_done());
        const Fd owner(out.value);
        EXPECT_TRUE(same_file(owner.get(), passed.get()));
        EXPECT_TRUE(is_close_on_exec(owner.get()));
    }

    void expect_nothing_left() { EXPECT_THAT(take(), says_again()); }

    // Just as many bytes: a read on a stream goes on into the byte of a descriptor.
    std::string ordinary_data(std::size_t size)
    {
        std::string room(size, '?');
        room.resize(must(receive(system, pair.second, room, MSG_DONTWAIT)));
        return room;
    }

    FaultyHost system;
    Fd passed = any_descriptor();
    Pair pair = make_pair(GetParam(), true);
};

INSTANTIATE_TEST_SUITE_P(Over, PassDescriptor, ::testing::Values(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), type_name);

TEST_P(PassDescriptor, arrives_with_its_byte_and_stays_with_the_sender)
{
    EXPECT_THAT(pass(), is_done());
    expect_taken(take());
    EXPECT_TRUE(is_open(passed.get()));
    expect_nothing_left();
}

TEST_P(PassDescriptor, arrives_after_another_each_by_itself)
{
    must(pass());
    must(pass());
    expect_taken(take());
    expect_taken(take());
    expect_nothing_left();
}

TEST_P(PassDescriptor, arrives_beside_credentials)
{
    const int on = 1;
    must(sys::host().set_option(pair.second.fd.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
    must(pass());
    expect_taken(take());
    expect_nothing_left();
}

TEST_P(PassDescriptor, is_not_there_when_ordinary_data_is_next_which_stays)
{
    send_all(pair.first.fd.get(), "plain");
    EXPECT_THAT(take(), failed_with(ENOMSG, "recvmsg"));
    EXPECT_THAT(take(), failed_with(ENOMSG, "recvmsg"));
    EXPECT_EQ(ordinary_data(5), "plain");
}

TEST_P(PassDescriptor, is_not_there_when_credentials_come_with_ordinary_data)
{
    const int on = 1;
    must(sys::host().set_option(pair.second.fd.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
    send_all(pair.first.fd.get(), "plain");
    EXPECT_THAT(take(), failed_with(ENOMSG, "recvmsg"));
    EXPECT_EQ(ordinary_data(5), "plain");
}

TEST_P(PassDescriptor, waits_behind_ordinary_data)
{
    for (const std::string data : {"d", "data"}) {
        send_all(pair.first.fd.get(), data);
        must(pass());
        EXPECT_THAT(take(), failed_with(ENOMSG, "recvmsg"));
        EXPECT_EQ(ordinary_data(data.size()), data);
        expect_taken(take());
    }
}

TEST_P(PassDescriptor, leaves_the_data_behind_it_alone)
{
    must(pass());
    send_all(pair.first.fd.get(), "data");
    expect_taken(take());
    EXPECT_EQ(ordinary_data(4), "data");
}

TEST_P(PassDescriptor, of_a_message_with_several_is_refused_and_stays)
{
    for (const std::size_t count : {2U, 3U, 100U, 253U}) {
        send_descriptors(pair.first.fd.get(), std::vector<int>(count, passed.get()));
        EXPECT_THAT(take(), failed_with(EMSGSIZE, "recvmsg"));
        RawMessage<2048> message;
        must(sys::host().receive_message(pair.second.fd.get(), message.header, 0));
        const std::vector<int> all = descriptors_in(message.header);
        EXPECT_EQ(all.size(), count);
        for (const int fd : all) {
            const Fd closed(fd);
        }
    }
}

TEST_P(PassDescriptor, of_a_message_with_more_bytes_is_refused_and_stays)
{
    send_descriptors(pair.first.fd.get(), {passed.get()}, 5);
    // On a stream it cannot be told from data before the descriptor.
    const int error = GetParam() == SOCK_STREAM ? ENOMSG : EMSGSIZE;
    EXPECT_THAT(take(), failed_with(error, "recvmsg"));
    RawMessage<64> message;
    EXPECT_EQ(must(sys::host().receive_message(pair.second.fd.get(), message.header, 0)), 5);
    for (const int fd : descriptors_in(message.header)) {
        const Fd closed(fd);
    }
}

TEST_P(PassDescriptor, would_block_when_nothing_is_there)
{
    EXPECT_THAT(take(), says_again());
    must(set_nonblock(sys::host(), pair.second.fd.get(), false));
    EXPECT_THAT(take(MSG_DONTWAIT), says_again());
}

TEST_P(PassDescriptor, can_be_looked_at_without_taking_it)
{
    must(pass());
    expect_taken(take(MSG_PEEK));
    expect_taken(take(MSG_PEEK));
    expect_taken(take());
    expect_nothing_left();
}

TEST_P(PassDescriptor, arrives_in_the_last_free_number_of_the_process)
{
    must(pass());
    expect_taken(take());
    must(pass());
    expect_taken(with_free_descriptors(1, [&] { return take(); }));
    expect_nothing_left();
}

TEST_P(PassDescriptor, stays_while_the_process_has_no_free_number)
{
    must(pass());
    expect_taken(take());
    must(pass());
    EXPECT_THAT(with_free_descriptors(0, [&] { return take(); }), failed_with(EMFILE, "recvmsg"));
    expect_taken(take());
}

TEST_P(PassDescriptor, of_a_message_with_several_is_refused_even_when_only_one_would_fit)
{
    must(pass());
    expect_taken(take());
    send_descriptors(pair.first.fd.get(), {passed.get(), passed.get()});
    const Outcome<int> out = with_free_descriptors(1, [&] { return take(); });
    const Fd wrongly_taken(out.done() ? out.value : -1);
    EXPECT_THAT(out, failed_with(EMFILE, "recvmsg"));
    EXPECT_THAT(take(), failed_with(EMSGSIZE, "recvmsg")) << "both are still there";
}

TEST_P(PassDescriptor, stays_when_taking_it_is_interrupted)
{
    must(pass());
    for (const int which : {1, 2}) {
        system.fail(Call::receive_message, EINTR, which, 1);
        EXPECT_THAT(take(), says_again());
    }
    expect_taken(take());
}

TEST_P(PassDescriptor, tells_why_it_cannot_be_taken)
{
    must(pass());
    for (const int which : {1, 2}) {
        system.fail(Call::receive_message, EIO, which, 1);
        EXPECT_THAT(take(), failed_with(EIO, "recvmsg"));
    }
    expect_taken(take());
}

TEST_P(PassDescriptor, stays_when_it_cannot_be_marked_close_on_exec)
{
    must(pass());
    Faulty<sys::System> portable;
    portable.fail(Call::set_descriptor_flags, EPERM, 1, 1);
    EXPECT_THAT(receive_descriptor(portable, pair.second, 0), failed_with(EPERM, "recvmsg"));
    expect_taken(receive_descriptor(portable, pair.second, 0));
}

TEST_P(PassDescriptor, must_be_open)
{
    EXPECT_THAT(send_descriptor(system, pair.first, -1, nullptr, 0), failed_with(EBADF, "sendmsg"));
    expect_nothing_left();
}

TEST_P(PassDescriptor, over_an_empty_socket_is_ebadf)
{
    EXPECT_THAT(send_descriptor(system, Socket(), passed.get(), nullptr, 0), failed_with(EBADF, "sendmsg"));
    EXPECT_THAT(receive_descriptor(system, Socket(), 0), failed_with(EBADF, "recvmsg"));
}

// A system where another reader takes the message between our look and our take.
class FasterReader : public HostSystem {
public:
    sys::Result<ssize_t> receive_message(int fd, msghdr& message, int flags) const noexcept override
    {
        if ((flags & MSG_PEEK) == 0) {
            RawMessage<64> taken;
            (void)HostSystem::receive_message(fd, taken.header, 0);
            for (const int passed : descriptors_in(taken.header)) {
                const Fd closed(passed);
            }
        }
        return HostSystem::receive_message(fd, message, flags);
    }
};

TEST_P(PassDescriptor, that_another_reader_took_first_is_not_there)
{
    const FasterReader contested;
    must(pass());
    EXPECT_THAT(receive_descriptor(contested, pair.second, 0), says_again());
    must(pass());
    send_all(pair.first.fd.get(), "d");
    EXPECT_THAT(receive_descriptor(contested, pair.second, 0), failed_with(ENOMSG, "recvmsg"));
}

TEST(PassDescriptorAtTheEnd, of_a_stream_is_the_end)
{
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        EXPECT_THAT(receive_descriptor(sys::host(), make_abandoned(type), 0), is_end_of_stream());
    }
}

TEST(PassDescriptorAtTheEnd, arrives_before_the_end)
{
    Pair pair = make_pair(SOCK_STREAM);
    must(send_descriptor(sys::host(), pair.first, pair.first.fd.get(), nullptr, 0));
    must(close(sys::host(), pair.first, nullptr));
    const Fd taken(must(receive_descriptor(sys::host(), pair.second, 0)));
    EXPECT_TRUE(is_open(taken.get()));
}

TEST(PassDescriptorAtTheEnd, to_a_peer_that_closed_is_epipe)
{
    const Socket socket = make_abandoned();
    EXPECT_THAT(send_descriptor(sys::host(), socket, socket.fd.get(), nullptr, 0), failed_with(EPIPE, "sendmsg"));
}

TEST(PassDescriptorTo, name_reaches_it)
{
    const Socket receiver = make_bound(AF_UNIX, SOCK_DGRAM);
    const Socket sender = make_socket(AF_UNIX, SOCK_DGRAM);
    const Address to = must(socket_name(sys::host(), receiver.fd.get()));
    must(send_descriptor(sys::host(), sender, sender.fd.get(), &to, 0));
    const Fd taken(must(receive_descriptor(sys::host(), receiver, 0)));
    EXPECT_TRUE(same_file(taken.get(), sender.fd.get()));
}

TEST(PassDescriptorTo, socket_of_another_family_is_refused_without_a_call)
{
    FaultyHost system;
    const Pair pair = make_connection();
    EXPECT_THAT(send_descriptor(system, pair.first, pair.first.fd.get(), nullptr, 0),
                failed_with(EOPNOTSUPP, "sendmsg"));
    EXPECT_EQ(system.calls(Call::send_message), 0);
}

TEST(PassDescriptorTo, datagram_of_no_bytes_is_ordinary_data)
{
    const Pair pair = make_pair(SOCK_DGRAM, true);
    must(send(sys::host(), pair.first, "", 0));
    EXPECT_THAT(receive_descriptor(sys::host(), pair.second, 0), failed_with(ENOMSG, "recvmsg"));
    char room[4];
    EXPECT_THAT(receive(sys::host(), pair.second, room, 0), is_done_with(0U));
}

} // namespace
} // namespace llnet::test
