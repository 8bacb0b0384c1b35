// SPDX-License-Identifier: MIT
// Random reads, writes, sleeps, deadlines, cancellations, destructions and closes on many pairs at once, beside a model
// that knows which bytes are under way and which operations must come out.
#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"
#include "tests/unit/support/completion_backend.hpp"
#include "tests/unit/support/loops.hpp"
#include "tests/unit/support/sockets.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <optional>
#include <poll.h>
#include <random>
#include <set>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace llnet::test {
namespace {

constexpr std::size_t pair_count = 20;
constexpr std::size_t sleep_count = 5;
constexpr std::size_t most_sent = 20'000; // more than a small send buffer takes at once
constexpr int turns = 6000;

// Bytes that count upwards; those from the n-th on begin at n % 256.
std::string_view bytes_from(std::size_t first, std::size_t size)
{
    static const std::string bytes = [] {
        std::string counted(most_sent + 256, '\0');
        std::iota(counted.begin(), counted.end(), '\0');
        return counted;
    }();
    return std::string_view(bytes).substr(first % 256, size);
}

// One pair. The loop has its first end; in each direction what goes in must come out, in order.
struct Stream {
    Pair ends;
    Loop::Key key = 0;

    std::size_t put_in = 0; // by the peer
    std::size_t received = 0;
    std::array<char, 16> room{};
    std::optional<ReceiveOperation> receive;

    std::size_t sent = 0;
    std::size_t got_out = 0; // by the peer
    std::optional<SendOperation> send;

    [[nodiscard]] bool is_idle() const { return !receive && !send; }
};

class Model {
public:
    using Watching = Outcome<Loop::Key> (*)(Loop&, Socket&);

    Model(Loop& loop, Watching watch, unsigned seed) : loop_(loop), watch_(watch), random_(seed)
    {
        for (Stream& stream : streams_) {
            open(stream);
        }
    }

    void turn()
    {
        Stream& stream = streams_[random_() % streams_.size()];
        switch (random_() % 16) {
        case 0:
        case 1:
            put_in(stream);
            break;
        case 2:
        case 3:
            receive(stream);
            break;
        case 4:
        case 5:
            send(stream);
            break;
        case 6:
        case 7:
            get_out(stream, 1 + random_() % 8192);
            break;
        case 8:
            cancel(stream);
            break;
        case 9:
            destroy(stream);
            break;
        case 10:
            sleep(sleeps_[random_() % sleeps_.size()]);
            break;
        case 11:
            take_one();
            break;
        case 12:
            must(loop_.step(Clock::now())); // and what it brings is taken later
            break;
        case 13:
            settle();
            break;
        case 14: // of a number it may not have known that it is a socket's
            EXPECT_EQ(must(random_() % 10 == 0 ? loop_.watch(stream.ends.first)
                                               : loop_.watch(stream.ends.first.fd.get())),
                      stream.key);
            break;
        default:
            if (random_() % 20 == 0) {
                close(stream);
                open(stream);
            }
        }
    }

    void finish()
    {
        for (Stream& stream : streams_) {
            close(stream);
        }
        for (auto& sleep : sleeps_) {
            sleep.reset();
        }
        EXPECT_EQ(loop_.take(), nullptr);
        EXPECT_EQ(loop_.pending(), 0U);
        EXPECT_EQ(loop_.timers(), 0U);
    }

private:
    Loop& loop_;
    Watching watch_;
    std::mt19937 random_;
    std::array<Stream, pair_count> streams_;
    std::array<std::optional<WaitOperation>, sleep_count> sleeps_;
    std::set<Operation*> waiting_; // must come out, each once

    [[nodiscard]] bool submits() const { return loop_.backend().submits(); }

    void open(Stream& stream)
    {
        stream.ends = make_pair(SOCK_STREAM, true);
        shrink_send_buffer(stream.ends.first);
        stream.key = must(watch_(loop_, stream.ends.first));
        stream.put_in = stream.received = 0;
        stream.sent = stream.got_out = 0;
    }

    void close(Stream& stream)
    {
        Socket& socket = stream.ends.first;
        const bool tells = socket.fd.watch().key() == stream.key;
        if (!tells || random_() % 2 == 0) {
            loop_.release(stream.key);
        }
        switch (random_() % 3) {
        case 0:
            socket = {};
            break;
        case 1:
            must(llnet::close(sys::host(), socket, nullptr));
            break;
        default:
            ::close(unwrap(socket));
        }
        collect();
        for (int steps = 0; !stream.is_idle() && submits() && steps < 10; ++steps) {
            must(loop_.step(Clock::now()));
            collect();
        }
        EXPECT_TRUE(stream.is_idle());
        stream.ends = {};
    }

    void put_in(Stream& stream)
    {
        const std::string_view bytes = bytes_from(stream.put_in, 1 + random_() % 8);
        ASSERT_EQ(::send(stream.ends.second.fd.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
        stream.put_in += bytes.size();
    }

    void get_out(Stream& stream, std::size_t most)
    {
        std::string bytes(most, '\0');
        const sys::Result<ssize_t> got = sys::host().receive(stream.ends.second.fd.get(), bytes.data(), most, 0);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got.value, 0)));
        ASSERT_EQ(bytes, bytes_from(stream.got_out, bytes.size()));
        stream.got_out += bytes.size();
    }

    void get_all_out(Stream& stream)
    {
        std::size_t before = 0;
        do {
            before = stream.got_out;
            get_out(stream, most_sent);
        } while (stream.got_out > before);
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

    void start(Operation& operation, Stream& stream)
    {
        operation.owner = &stream;
        if (loop_.start(operation, stream.key, deadline())) {
            check(operation);
        } else {
            waiting_.insert(&operation);
        }
    }

    void receive(Stream& stream)
    {
        if (!stream.receive) {
            stream.receive.emplace(stream.room, 0, true);
            start(*stream.receive, stream);
            return;
        }
        collect();
        if (stream.receive) {
            ReceiveOperation second(stream.room, 0, true);
            EXPECT_TRUE(loop_.start(second, stream.key, std::nullopt));
            EXPECT_EQ(second.outcome().error.code, EBUSY);
        }
    }

    void send(Stream& stream)
    {
        if (!stream.send) {
            stream.send.emplace(bytes_from(stream.sent, 1 + random_() % most_sent), 0);
            start(*stream.send, stream);
        }
    }

    void cancel(Stream& stream)
    {
        if (stream.receive && random_() % 2 == 0) {
            loop_.cancel(*stream.receive, ECANCELED);
        }
        if (stream.send && random_() % 2 == 0) {
            loop_.cancel(*stream.send, ECANCELED);
        }
    }

    void destroy(Stream& stream)
    {
        if (stream.receive && random_() % 2 == 0) {
            destroy_receive(stream);
        }
        if (stream.send && random_() % 2 == 0) {
            destroy_send(stream);
        }
    }

    // What it received goes with it; a request can receive until it is back.
    void destroy_receive(Stream& stream)
    {
        const std::size_t known = stream.received + stream.receive->outcome().value;
        EXPECT_EQ(waiting_.erase(&*stream.receive), 1U);
        stream.receive.reset();
        int left = 0;
        ASSERT_EQ(::ioctl(stream.ends.first.fd.get(), FIONREAD, &left), 0);
        const std::size_t gone = stream.put_in - static_cast<std::size_t>(left);
        EXPECT_TRUE(gone == known || (submits() && gone > known)) << gone << " of " << known;
        stream.received = gone;
    }

    void destroy_send(Stream& stream)
    {
        const std::size_t known = stream.sent + stream.send->outcome().value;
        EXPECT_EQ(waiting_.erase(&*stream.send), 1U);
        stream.send.reset();
        get_all_out(stream);
        EXPECT_TRUE(stream.got_out == known || (submits() && stream.got_out > known));
        stream.sent = stream.got_out;
    }

    void sleep(std::optional<WaitOperation>& sleep)
    {
        if (!sleep) {
            sleep.emplace(Direction::read);
            loop_.start_alone(*sleep, deadline());
            waiting_.insert(&*sleep);
            return;
        }
        switch (random_() % 3) {
        case 0:
            loop_.complete(*sleep, done<std::size_t>(7));
            break;
        case 1:
            loop_.cancel(*sleep, ECANCELED);
            break;
        default:
            waiting_.erase(&*sleep);
            sleep.reset();
        }
    }

    bool take_one()
    {
        Operation* operation = loop_.take();
        if (operation != nullptr) {
            EXPECT_EQ(waiting_.erase(operation), 1U);
            EXPECT_FALSE(operation->pending());
            check(*operation);
        }
        return operation != nullptr;
    }

    void collect()
    {
        while (take_one()) {
        }
    }

    // Afterwards nobody waits for what can be had.
    void settle()
    {
        for (int steps = 0; steps < (submits() ? 12 : 1); ++steps) {
            must(loop_.step(Clock::now()));
            collect();
        }
        for (const Stream& stream : streams_) {
            EXPECT_FALSE(stream.receive && stream.put_in > stream.received);
            pollfd entry{stream.ends.first.fd.get(), POLLOUT, 0};
            EXPECT_FALSE(stream.send && must(sys::host().poll({&entry, 1}, 0)) > 0);
        }
    }

    void check(Operation& operation)
    {
        auto* stream = static_cast<Stream*>(operation.owner);
        const Outcome<std::size_t> out = operation.outcome();
        if (out.status == Status::failed) {
            EXPECT_TRUE(out.error.code == ECANCELED || out.error.code == ETIMEDOUT) << out.error.code;
            EXPECT_EQ(operation.timed_out(), out.error.code == ETIMEDOUT);
        } else {
            EXPECT_THAT(out, is_done());
            EXPECT_FALSE(operation.timed_out());
        }
        if (stream == nullptr) {
            const auto is_it = [&](const auto& sleep) { return sleep && &*sleep == &operation; };
            std::find_if(sleeps_.begin(), sleeps_.end(), is_it)->reset();
        } else if (stream->receive && &*stream->receive == &operation) {
            ASSERT_EQ(std::string_view(stream->room.data(), out.value), bytes_from(stream->received, out.value));
            stream->received += out.value;
            stream->receive.reset();
        } else {
            stream->sent += out.value;
            stream->send.reset();
            get_all_out(*stream);
            EXPECT_EQ(stream->got_out, stream->sent);
        }
    }
};

// That of the environment variable LLNET_SEED, as for the property test in Lua; any without it.
unsigned chosen_seed()
{
    const char* text = std::getenv("LLNET_SEED");
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : std::random_device()();
}

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

#ifdef __linux__
using Makers = ::testing::Types<PollMaker, EpollMaker, EpollOfNumbersMaker, CompletionMaker, UnrulyCompletionMaker>;
#else
using Makers = ::testing::Types<PollMaker, CompletionMaker, UnrulyCompletionMaker>;
#endif
TYPED_TEST_SUITE(LoopProperty, Makers, BackendNames);

TYPED_TEST(LoopProperty, nothing_is_lost_and_nothing_comes_twice)
{
    this->play(20261121);
    this->play(chosen_seed());
}

} // namespace
} // namespace llnet::test
