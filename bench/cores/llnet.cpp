// SPDX-License-Identifier: MIT
#include "bench/cores/rows.hpp"
#include "core/loop/epoll_backend_linux.hpp"
#include "core/loop/loop.hpp"
#include "core/loop/operations.hpp"

#include <deque>

namespace {

using namespace llnet;

std::unique_ptr<Backend> make_backend()
{
    auto backend = std::make_unique<EpollBackend>();
    cores::require(backend->open().done(), "epoll");
    return backend;
}

class Ours {
public:
    Ours(const std::vector<int>& fds, std::size_t timers) : connections_(fds.size())
    {
        while (timers_.size() < timers) {
            timers_.emplace_back(Direction::read);
        }
        for (std::size_t i = 0; i < fds.size(); ++i) {
            cores::require(wrap(sys::host(), connections_[i].socket, fds[i], true).done(), "wrap");
            connections_[i].key = loop_.watch(connections_[i].socket).value;
        }
    }

    void echo()
    {
        echoes_ = std::vector<Echo>(connections_.size());
        for (std::size_t i = 0; i < echoes_.size(); ++i) {
            echoes_[i].connection = &connections_[i];
            go_on(echoes_[i], false);
        }
    }

    void run(std::size_t count)
    {
        for (done_ = 0; done_ < count;) {
            Operation* operation = loop_.take();
            if (operation == nullptr) {
                cores::require(loop_.step(std::nullopt).done(), "step");
            } else if (operation->owner == nullptr) {
                ++done_;
            } else {
                go_on(*static_cast<Echo*>(operation->owner), operation->direction() == Direction::read);
            }
        }
    }

    void arm(std::size_t timer, double seconds)
    {
        const std::chrono::duration<double> delay(seconds);
        loop_.start_alone(timers_[timer], Clock::now() + std::chrono::ceil<Clock::duration>(delay));
    }

    void disarm(std::size_t timer) { loop_.withdraw(timers_[timer], failed<std::size_t>(ECANCELED, "timer")); }

    void start(std::size_t connection)
    {
        auto& [socket, key, read] = connections_[connection];
        loop_.start(read.emplace(room_, 0, true), key, Clock::now() + std::chrono::seconds(cores::far_sec));
    }

    void cancel(std::size_t connection) { loop_.cancel(*connections_[connection].read, ECANCELED); }

    void settle()
    {
        cores::require(loop_.step(Deadline{}).done(), "step");
        while (loop_.take() != nullptr) {
        }
    }

private:
    struct Connection {
        Socket socket;
        Loop::Key key = 0;
        std::optional<ReceiveOperation> read;
    };

    struct Echo {
        Connection* connection = nullptr;
        std::array<char, cores::room_size> room; // of its own, since a send may have to wait
        std::optional<SendOperation> write;
    };

    Loop loop_{sys::host(), make_backend()};
    std::vector<Connection> connections_;
    std::vector<Echo> echoes_;
    std::deque<Operation> timers_;            // each is a deadline and nothing else
    std::array<char, cores::room_size> room_; // nothing comes to those that are cancelled
    std::size_t done_ = 0;

    // Until it has to wait.
    void go_on(Echo& echo, bool has_received)
    {
        auto& [socket, key, read] = *echo.connection;
        do {
            if (has_received) {
                echo.write.emplace(read->received(), 0).owner = &echo;
                if (!loop_.start(*echo.write, key, std::nullopt)) {
                    return;
                }
            }
            ++done_; // the message went
            read.emplace(echo.room, 0, true).owner = &echo;
            has_received = true;
        } while (loop_.start(*read, key, std::nullopt));
    }
};

} // namespace

int main(int argc, char** argv)
{
    return cores::main<Ours>("llnet::core", argc, argv);
}
