// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/operations.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <sys/types.h>

namespace llnet::test {

inline constexpr std::nullopt_t for_ever = std::nullopt;
inline constexpr std::uint64_t few = 6; // turns of a loop that does not spin

void sleep_ms(int ms);

Fd duplicate_of(int fd);

// Makes `number` stand for what `fd` is, behind everybody's back.
void replace(int number, int fd);

// Without telling whoever watches it.
void close_behind(Socket& socket);

void fill(const Socket& socket);
void drain(const Socket& socket);

// A child process that has all descriptors as well and does nothing for as long as this lives.
class IdleChild {
public:
    IdleChild();
    ~IdleChild();
    IdleChild(const IdleChild&) = delete;
    IdleChild& operator=(const IdleChild&) = delete;

private:
    Pipe pipe_;
    pid_t child_ = -1;
};

// A loop that watches one end of each of two pairs.
template <class Maker>
class WatchingTest : public LoopTest<Maker> {
protected:
    Pair pair = make_pair(SOCK_STREAM, true);
    std::array<char, 64> room{};
    Loop::Key key = must(this->watched(pair));
    ReceiveOperation receive{room, 0, true};

    // Another pair, whose reader must go on working whatever happens to the first.
    Pair other = make_pair(SOCK_STREAM, true);
    std::array<char, 64> other_room{};
    Loop::Key other_key = must(this->watched(other));
    ReceiveOperation other_receive{other_room, 0, true};

    Outcome<Loop::Key> watched(Pair& of) { return Maker::watch(this->loop, of.first); }
    int number() const { return pair.first.fd.get(); }
    void peer_sends(std::string_view bytes) { send_all(pair.second.fd.get(), bytes); }

    // How often the loop turns in 50 ms in which nothing is finished.
    std::uint64_t idle_turns()
    {
        const std::uint64_t before = this->loop.stats().waits;
        const Deadline end = in_ms(50);
        while (Clock::now() < end) {
            must(this->loop.step(end));
            EXPECT_EQ(this->loop.take(), nullptr);
        }
        return this->loop.stats().waits - before;
    }

    void expect_that_others_work()
    {
        if (!other_receive.pending()) {
            EXPECT_FALSE(this->loop.start(other_receive, other_key, for_ever));
        }
        send_all(other.second.fd.get(), "works");
        EXPECT_EQ(this->next(), &other_receive);
        EXPECT_THAT(other_receive.outcome(), is_done_with(5U));
    }
};

} // namespace llnet::test
