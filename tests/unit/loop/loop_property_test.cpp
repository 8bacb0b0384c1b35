// SPDX-License-Identifier: MIT
// Random sends, receives, deadlines, cancellations and closes on many pairs at once, beside a model that knows which
// bytes are under way and which operations must come out.
#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <sys/socket.h>

namespace llnet::test {
namespace {

constexpr std::size_t pair_count = 20;
constexpr int turns = 4000;

// One direction of a pair: bytes that count upwards go in at one end and must come out so at the other.
struct Stream {
    Pair ends;
    Loop::Key key = 0;
    unsigned char next_sent = 0;
    unsigned char next_received = 0;
    std::size_t under_way = 0;
    std::array<char, 16> room{};
    std::optional<ReceiveOperation> receive;
};

class Model {
public:
    using Watching = Outcome<Loop::Key> (*)(Loop&, Socket&);

    Model(Loop& loop, Watching watch, unsigned seed) : loop_(loop), watch_(watch), random_(seed)
    {
        for (auto& stream : streams_) {
            open(stream);
        }
    }

    void turn()
    {
        Stream& stream = streams_[random_() % streams_.size()];
        switch (random_() % 6) {
        case 0:
        case 1:
            send(stream);
            break;
        case 2:
        case 3:
            receive(stream);
            break;
        case 4:
            cancel(stream);
            break;
        default:
            random_() % 10 == 0 ? reopen(stream) : step();
        }
    }

    void finish()
    {
        for (Stream& stream : streams_) {
            close(stream);
        }
        step();
        EXPECT_TRUE(waiting_.empty());
        EXPECT_EQ(loop_.pending(), 0U);
        EXPECT_EQ(loop_.timers(), 0U);
    }

private:
    Loop& loop_;
    Watching watch_;
    std::mt19937 random_;
    std::array<Stream, pair_count> streams_;
    std::set<Operation*> waiting_; // must come out, each once

    void open(Stream& stream)
    {
        stream.ends = make_pair(SOCK_STREAM, true);
        stream.key = must(watch_(loop_, stream.ends.first));
        stream.next_sent = stream.next_received = 0;
        stream.under_way = 0;
    }

    void close(Stream& stream)
    {
        loop_.release(stream.key);
        collect(); // the operation that waited, if one did
        EXPECT_FALSE(stream.receive && stream.receive->pending());
        stream.receive.reset();
        stream.ends = {};
    }

    void reopen(Stream& stream)
    {
        close(stream);
        open(stream);
    }

    void send(Stream& stream)
    {
        std::array<unsigned char, 8> bytes{};
        const std::size_t size = 1 + random_() % bytes.size();
        std::generate_n(bytes.begin(), size, [&] { return stream.next_sent++; });
        ASSERT_EQ(::send(stream.ends.second.fd.get(), bytes.data(), size, 0), static_cast<ssize_t>(size));
        stream.under_way += size;
    }

    void receive(Stream& stream)
    {
        if (stream.receive) {
            ReceiveOperation second(stream.room, 0, true);
            EXPECT_TRUE(loop_.start(second, stream.key, std::nullopt));
            EXPECT_EQ(second.outcome().error.code, EBUSY);
            return;
        }
        stream.receive.emplace(stream.room, 0, true);
        stream.receive->owner = &stream;
        if (loop_.start(*stream.receive, stream.key, deadline())) {
            check(stream);
        } else {
            waiting_.insert(&*stream.receive);
        }
    }

    // None, one that has passed already, or one that never comes.
    std::optional<Deadline> deadline()
    {
        switch (random_() % 3) {
        case 0:
            return std::nullopt;
        case 1:
            return Clock::now();
        default:
            return in_ms(3'600'000);
        }
    }

    void cancel(Stream& stream)
    {
        if (stream.receive) {
            loop_.cancel(*stream.receive, ECANCELED);
            collect(); // from now on another may wait in its place
        }
    }

    void step()
    {
        must(loop_.step(Clock::now()));
        collect();
        for (const Stream& stream : streams_) { // nobody waits for what is there
            EXPECT_FALSE(stream.receive && stream.under_way > 0);
        }
    }

    void collect()
    {
        while (Operation* operation = loop_.take()) {
            ASSERT_EQ(waiting_.erase(operation), 1U);
            check(*static_cast<Stream*>(operation->owner));
        }
    }

    void check(Stream& stream)
    {
        const Outcome<std::size_t> out = stream.receive->outcome();
        stream.receive.reset();
        if (out.status == Status::failed) {
            EXPECT_TRUE(out.error.code == ECANCELED || out.error.code == ETIMEDOUT) << out.error.code;
            return;
        }
        ASSERT_THAT(out, is_done());
        ASSERT_LE(out.value, stream.under_way);
        stream.under_way -= out.value;
        for (std::size_t i = 0; i < out.value; ++i) {
            ASSERT_EQ(static_cast<unsigned char>(stream.room[i]), stream.next_received++);
        }
    }
};

template <class Maker>
class LoopProperty : public LoopTest<Maker> {
protected:
    void play(unsigned seed)
    {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Model model(this->loop, Maker::watch, seed);
        for (int turn = 0; turn < turns && !this->HasFailure(); ++turn) {
            model.turn();
        }
        model.finish();
    }
};

TYPED_TEST_SUITE(LoopProperty, BackendMakers, BackendNames);

TYPED_TEST(LoopProperty, nothing_is_lost_and_nothing_comes_twice)
{
    this->play(20261121);
    this->play(std::random_device()());
}

} // namespace
} // namespace llnet::test
