// SPDX-License-Identifier: MIT
#include "bench/cores/rows.hpp"

#include <asio.hpp>
#include <string>

namespace {

class Asio {
public:
    Asio(const std::vector<int>& fds, std::size_t timers)
    {
        for (const int fd : fds) {
            connections_.push_back({Socket(context_, Stream(), fd), asio::steady_timer(context_)});
        }
        while (timers_.size() < timers) {
            timers_.emplace_back(context_);
        }
    }

    void echo()
    {
        rooms_.resize(connections_.size());
        for (std::size_t i = 0; i < rooms_.size(); ++i) {
            receive(connections_[i].socket, rooms_[i]);
        }
    }

    void run(std::size_t count)
    {
        left_ = count;
        context_.run();
        context_.restart();
    }

    void arm(std::size_t timer, double seconds)
    {
        const std::chrono::duration<double> delay(seconds);
        timers_[timer].expires_after(std::chrono::ceil<asio::steady_timer::duration>(delay));
        timers_[timer].async_wait([this](asio::error_code error) {
            if (!error) {
                finished_one();
            }
        });
    }

    void disarm(std::size_t timer) { timers_[timer].cancel(); }

    void start(std::size_t connection)
    {
        auto& [socket, deadline] = connections_[connection];
        socket.async_read_some(asio::buffer(unused_), [](asio::error_code error, std::size_t) { require(error); });
        deadline.expires_after(std::chrono::seconds(cores::far_sec));
        deadline.async_wait([](asio::error_code error) { require(error); });
    }

    void cancel(std::size_t connection)
    {
        connections_[connection].socket.cancel();
        connections_[connection].deadline.cancel();
    }

    void settle() { context_.poll(); }

private:
    using Stream = asio::local::stream_protocol;
    using Socket = Stream::socket;
    using Room = std::array<char, cores::room_size>;

    struct Connection {
        Socket socket;
        asio::steady_timer deadline;
    };

    asio::io_context context_{ASIO_CONCURRENCY_HINT_UNSAFE}; // one thread: no locks
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    std::vector<Connection> connections_;
    std::vector<Room> rooms_; // one for each: they are filled before it is their turn
    std::vector<asio::steady_timer> timers_;
    Room unused_; // nothing comes to those that are cancelled
    std::size_t left_ = 0;

    static void require(asio::error_code error) { cores::require(error == asio::error::operation_aborted, "asio"); }

    void receive(Socket& socket, Room& room)
    {
        socket.async_read_some(asio::buffer(room), [this, &socket, &room](asio::error_code error, std::size_t count) {
            if (!error) {
                cores::require(socket.write_some(asio::buffer(room, count)) == count, "write_some");
                receive(socket, room);
                finished_one();
            }
        });
    }

    void finished_one()
    {
        if (--left_ == 0) {
            context_.stop();
        }
    }
};

} // namespace

int main(int argc, char** argv)
{
    const std::string version = std::to_string(ASIO_VERSION / 100000) + "." +
                                std::to_string(ASIO_VERSION / 100 % 1000) + "." + std::to_string(ASIO_VERSION % 100);
    return cores::main<Asio>(("Asio " + version).c_str(), argc, argv);
}
