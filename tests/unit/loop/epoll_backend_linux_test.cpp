// SPDX-License-Identifier: MIT
// What only a backend that knows files, not numbers, can promise.
#ifdef __linux__

#include "core/loop/operations.hpp"
#include "tests/unit/support/watching.hpp"

#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>

namespace llnet::test {
namespace {

template <class Maker>
class EpollWatch : public WatchingTest<Maker> {
protected:
    // A socket with an error in its queue that receiving does not take away (ip(7), IP_RECVERR).
    Socket with_error()
    {
        Socket socket = make_socket(AF_INET, SOCK_DGRAM, true);
        must(bind(sys::host(), socket.fd.get(), loopback(AF_INET)));
        const int on = 1;
        must(sys::host().set_option(socket.fd.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on));
        cause_error(socket);
        std::array<char, 1> byte{};
        const auto pending = sys::host().receive(socket.fd.get(), byte.data(), 1, MSG_DONTWAIT);
        EXPECT_EQ(pending.error, ECONNREFUSED);
        return socket;
    }

    static void cause_error(const Socket& socket)
    {
        const Address nobody = must(socket_name(sys::host(), make_bound(AF_INET, SOCK_DGRAM).fd.get()));
        send_datagram(socket, nobody);
        pollfd entry{socket.fd.get(), 0, 0};
        EXPECT_EQ(must(sys::host().poll({&entry, 1}, 10'000)), 1);
    }

    static void send_datagram(const Socket& socket, const Address& to)
    {
        must(sys::host().send_to(socket.fd.get(), "x", 1, 0, to.data(), to.size()));
    }

    static void send_datagram_to(const Socket& socket)
    {
        send_datagram(make_socket(AF_INET, SOCK_DGRAM), must(socket_name(sys::host(), socket.fd.get())));
    }
};

using EpollMakers = ::testing::Types<EpollMaker, EpollOfNumbersMaker>;
TYPED_TEST_SUITE(EpollWatch, EpollMakers, BackendNames);

TYPED_TEST(EpollWatch, rests_when_an_error_stays_that_does_not_concern_the_reader)
{
    Socket socket = this->with_error();
    ReceiveOperation reads(this->room, 0, false);
    EXPECT_FALSE(this->loop.start(reads, must(TypeParam::watch(this->loop, socket)), for_ever));
    EXPECT_LE(this->idle_turns(), few);
    this->send_datagram_to(socket);
    EXPECT_EQ(this->next(), &reads);
    EXPECT_THAT(reads.outcome(), is_done_with(1U));
    EXPECT_LE(this->idle_turns(), few);
}

TYPED_TEST(EpollWatch, loses_nothing_after_an_error_that_did_not_concern_the_reader)
{
    Socket socket = this->with_error();
    const Loop::Key of_socket = must(TypeParam::watch(this->loop, socket));
    for (int round = 0; round < 10; ++round) {
        ReceiveOperation reads(this->room, 0, false);
        ASSERT_FALSE(this->loop.start(reads, of_socket, for_ever));
        ASSERT_EQ(this->now(), nullptr);
        this->send_datagram_to(socket);
        ASSERT_EQ(this->next(), &reads);
        this->send_datagram_to(socket);
        ASSERT_EQ(this->now(), nullptr); // unclaimed
        ReceiveOperation more(this->room, 0, false);
        if (!this->loop.start(more, of_socket, for_ever)) {
            ASSERT_EQ(this->next(), &more);
        }
        ASSERT_THAT(more.outcome(), is_done_with(1U));
    }
}

TYPED_TEST(EpollWatch, rests_when_a_hang_up_stays_that_does_not_concern_who_waits)
{
    const auto blocked = [](const sys::System&, int) { return again_or_failed<std::size_t>(EAGAIN, "call"); };
    CallOperation reads(Direction::read, blocked);
    CallOperation writes(Direction::write, blocked);
    EXPECT_FALSE(this->loop.start(reads, this->key, for_ever));
    EXPECT_FALSE(this->loop.start(writes, this->key, for_ever));
    this->pair.second = {};
    EXPECT_LE(this->idle_turns(), few);
    this->expect_that_others_work();
    this->loop.release(this->key);
    EXPECT_EQ(this->next(), &reads);
    EXPECT_EQ(this->next(), &writes);
}

TYPED_TEST(EpollWatch, rests_when_data_stays_that_does_not_concern_the_reader)
{
    Socket socket = make_socket(AF_INET, SOCK_DGRAM, true);
    must(bind(sys::host(), socket.fd.get(), loopback(AF_INET)));
    const int on = 1;
    must(sys::host().set_option(socket.fd.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on));
    this->send_datagram_to(socket);
    ReceiveOperation reads(this->room, MSG_ERRQUEUE, false);
    EXPECT_FALSE(this->loop.start(reads, must(TypeParam::watch(this->loop, socket)), for_ever));
    EXPECT_LE(this->idle_turns(), few);
    this->cause_error(socket);
    EXPECT_EQ(this->next(), &reads);
}

TYPED_TEST(EpollWatch, fails_what_waits_on_a_number_that_is_another_file_now)
{
    for (const bool has_duplicate : {false, true}) {
        Pair ends = make_pair(SOCK_STREAM, true);
        Pair later = make_pair(SOCK_STREAM, true);
        const int number = ends.first.fd.get();
        const Fd duplicate = has_duplicate ? duplicate_of(number) : Fd();
        ReceiveOperation old(this->room, 0, true);
        const Loop::Key of_old = must(this->loop.watch(number));
        this->loop.start(old, of_old, for_ever);
        replace(number, later.first.fd.get());
        const Deadline latest = in_ms(2000);
        EXPECT_EQ(this->next(), &old);
        EXPECT_LE(Clock::now(), latest);
        EXPECT_EQ(old.outcome().error.code, EBADF);
    }
}

TYPED_TEST(EpollWatch, watches_what_has_a_number_now_beside_what_had_it_before)
{
    for (const bool has_duplicate : {false, true}) {
        Pair ends = make_pair(SOCK_STREAM, true);
        Pair later = make_pair(SOCK_STREAM, true);
        const int number = ends.first.fd.get();
        const Fd duplicate = has_duplicate ? duplicate_of(number) : Fd();
        ReceiveOperation old(this->room, 0, true);
        ReceiveOperation fresh(this->other_room, 0, true);
        const Loop::Key of_old = must(this->loop.watch(number));
        this->loop.start(old, of_old, for_ever);
        replace(number, later.first.fd.get());
        const Loop::Key of_fresh = must(this->loop.watch(number));
        EXPECT_NE(of_fresh, of_old);
        EXPECT_FALSE(this->loop.start(fresh, of_fresh, for_ever));
        EXPECT_EQ(this->loop.take(), &old);
        EXPECT_EQ(old.outcome().error.code, EBADF);
        if (has_duplicate) {
            send_all(ends.second.fd.get(), "for nobody");
        }
        EXPECT_LE(this->idle_turns(), few);
        send_all(later.second.fd.get(), "x");
        EXPECT_EQ(this->next(), &fresh);
        EXPECT_THAT(fresh.outcome(), is_done_with(1U));
    }
}

TYPED_TEST(EpollWatch, goes_on_telling_its_host_after_it_expelled_what_was_closed_behind_it)
{
    const Fd host(must(sys::result_of(::epoll_create1(EPOLL_CLOEXEC))));
    epoll_event event{};
    event.events = EPOLLIN;
    must(sys::result_of(::epoll_ctl(host.get(), EPOLL_CTL_ADD, this->loop.descriptor(), &event)));
    const Fd duplicate = duplicate_of(this->number());
    close_behind(this->pair.first);
    this->loop.release(this->key);
    this->peer_sends("for nobody");
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_FALSE(this->loop.start(this->other_receive, this->other_key, for_ever));
    EXPECT_LE(this->idle_turns(), few);
    send_all(this->other.second.fd.get(), "x");
    EXPECT_EQ(::epoll_wait(host.get(), &event, 1, 1000), 1);
    EXPECT_EQ(this->now(), &this->other_receive);
}

TYPED_TEST(EpollWatch, lets_its_host_rest_although_a_child_has_what_was_closed_behind_it)
{
    const Fd host(must(sys::result_of(::epoll_create1(EPOLL_CLOEXEC))));
    epoll_event event{};
    event.events = EPOLLIN;
    must(sys::result_of(::epoll_ctl(host.get(), EPOLL_CTL_ADD, this->loop.descriptor(), &event)));
    const Fd duplicate = duplicate_of(this->number());
    const IdleChild child;
    close_behind(this->pair.first);
    this->loop.release(this->key);
    this->peer_sends("for nobody");
    EXPECT_LE(this->idle_turns(), few);
    this->peer_sends("for nobody");
    EXPECT_EQ(::epoll_wait(host.get(), &event, 1, 20), 0);
    EXPECT_LE(this->idle_turns(), few);
    EXPECT_FALSE(this->loop.start(this->other_receive, this->other_key, for_ever));
    send_all(this->other.second.fd.get(), "x");
    EXPECT_EQ(::epoll_wait(host.get(), &event, 1, 1000), 1);
    EXPECT_EQ(this->now(), &this->other_receive);
}

} // namespace
} // namespace llnet::test

#endif
