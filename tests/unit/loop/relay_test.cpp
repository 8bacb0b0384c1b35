// SPDX-License-Identifier: MIT
// Relays between two sockets, also when another socket has the number of one.
#include "core/loop/operations.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/watching.hpp"

#include <array>
#include <optional>
#include <string>
#include <thread>

namespace llnet::test {
namespace {

template <class Maker>
class Relay : public WatchingTest<Maker> {};

TYPED_TEST_SUITE(Relay, BackendMakers, BackendNames);

TYPED_TEST(Relay, relays_nothing_to_a_number_that_is_another_socket_now)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    const int number = sink.first.fd.get();
    const Loop::Key of_sink = must(this->watched(sink));
    RelayOperation relay(make_conduit(sys::host()), {this->number(), this->key}, {number, of_sink}, SIZE_MAX);
    EXPECT_FALSE(this->loop.start(relay, this->key, for_ever));
    EXPECT_EQ(this->now(), nullptr);
    this->loop.release(of_sink);
    sink = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    this->peer_sends("for the sink");
    EXPECT_EQ(this->next(), &relay);
    EXPECT_EQ(relay.outcome().status, Status::failed);
    EXPECT_EQ(sys::host().receive(fresh.second.fd.get(), this->room.data(), 1, MSG_DONTWAIT).error, EAGAIN);
}

TYPED_TEST(Relay, relays_nothing_from_a_number_that_is_another_socket_now)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    Pair source = make_pair(SOCK_STREAM, true);
    const int number = source.first.fd.get();
    const Loop::Key of_source = must(this->watched(source));
    const Loop::Key of_sink = must(this->watched(sink));
    fill(sink.first);
    send_all(source.second.fd.get(), "from the source");
    RelayOperation relay(make_conduit(sys::host()), {number, of_source}, {sink.first.fd.get(), of_sink}, SIZE_MAX);
    EXPECT_FALSE(this->loop.start(relay, of_source, for_ever));
    EXPECT_EQ(this->now(), nullptr); // it waits for the sink
    this->loop.release(of_source);
    source = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    send_all(fresh.second.fd.get(), "theirs");
    drain(sink.second);
    EXPECT_EQ(this->next(), &relay);
    EXPECT_EQ(relay.outcome().status, Status::failed);
    EXPECT_THAT(sys::host().receive(number, this->room.data(), 6, MSG_DONTWAIT), succeeds());
}

TYPED_TEST(Relay, relays_nothing_to_another_socket_although_it_was_not_its_turn_yet)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    const int number = sink.first.fd.get();
    const Loop::Key of_sink = must(this->watched(sink));
    send_all(this->other.second.fd.get(), std::string(1000, 'x'));
    std::array<char, 1> byte{};
    std::optional<ReceiveOperation> greedy;
    while (greedy.emplace(byte, 0, true), this->loop.start(*greedy, this->other_key, for_ever)) {
    }
    RelayOperation relay(make_conduit(sys::host()), {this->number(), this->key}, {number, of_sink}, SIZE_MAX);
    EXPECT_FALSE(this->loop.start(relay, this->key, for_ever));
    this->loop.release(of_sink);
    sink = {};
    Pair fresh = make_pair(SOCK_STREAM, true);
    ASSERT_EQ(fresh.first.fd.get(), number);
    this->peer_sends("for the sink");
    EXPECT_THAT((std::array{this->next(), this->next()}), ::testing::UnorderedElementsAre(&relay, &*greedy));
    EXPECT_EQ(relay.outcome().status, Status::failed);
    EXPECT_EQ(sys::host().receive(fresh.second.fd.get(), this->room.data(), 1, MSG_DONTWAIT).error, EAGAIN);
}

TYPED_TEST(Relay, relays_from_one_to_the_other_and_back)
{
    Pair sink = make_pair(SOCK_STREAM, true);
    const Loop::Key of_sink = must(this->watched(sink));
    const std::string content = distinct_bytes(1'000'000);
    const RelayOperation::End here{this->number(), this->key};
    const RelayOperation::End there{sink.first.fd.get(), of_sink};
    RelayOperation forth(make_conduit(sys::host()), here, there, content.size());
    RelayOperation back(make_memory_conduit(sys::host()), there, here, content.size());
    EXPECT_FALSE(this->loop.start(forth, this->key, for_ever));
    EXPECT_FALSE(this->loop.start(back, of_sink, for_ever));
    must(set_nonblock(sys::host(), this->pair.second.fd.get(), false));
    must(set_nonblock(sys::host(), sink.second.fd.get(), false));
    std::array<std::string, 2> taken;
    std::array<std::thread, 4> threads{
        std::thread([&] { send_all(this->pair.second.fd.get(), content); }),
        std::thread([&] { send_all(sink.second.fd.get(), content); }),
        std::thread([&] { taken[0] = receive_exactly(this->pair.second.fd.get(), content.size()); }),
        std::thread([&] { taken[1] = receive_exactly(sink.second.fd.get(), content.size()); }),
    };
    EXPECT_THAT((std::array{this->next(), this->next()}), ::testing::UnorderedElementsAre(&forth, &back));
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(taken[0], content);
    EXPECT_EQ(taken[1], content);
}

} // namespace
} // namespace llnet::test
