// SPDX-License-Identifier: MIT
// The load of ./dev bench echo.
#include "bench/serving/load.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using serving::Clock;
using serving::Numbers;
using serving::require;
using serving::Server;

constexpr std::size_t in_step = 64; // so many connections are made before one must be served

// Each connection sends a message, waits for all of it to come back, and sends the next.
class Load {
public:
    // `is_short`: a connection sends one message, and the next connects anew.
    Load(const Server& server, std::size_t size, bool is_short)
        : server_(server), message_(size, 'x'), is_short_(is_short), epoll_(epoll_create1(EPOLL_CLOEXEC))
    {
        require(epoll_ >= 0, "epoll_create1");
    }

    void open(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            connections_.push_back(std::make_unique<Connection>());
            open(*connections_.back());
            if (connections_.size() % in_step == 0 || i + 1 == count) {
                make_round_trip(*connections_.back());
            }
        }
    }

    void start()
    {
        for (const auto& connection : connections_) {
            connection->since = Clock::now();
            send_message(*connection);
        }
    }

    // Returns the seconds that messages took there and back.
    std::vector<float> run(double seconds)
    {
        latencies_.clear();
        for (const auto start = Clock::now(); serving::seconds_between(start, Clock::now()) < seconds;) {
            serve_events();
        }
        return std::move(latencies_);
    }

private:
    struct Connection {
        int fd = -1;
        std::size_t sent = 0;
        std::size_t received = 0;
        Clock::time_point since;
    };

    const Server& server_;
    std::string message_;
    bool is_short_;
    int epoll_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::array<char, 65536> room_;
    std::vector<float> latencies_;

    void open(Connection& connection)
    {
        connection.fd = serving::connect_to(server_);
        serving::watch(epoll_, EPOLL_CTL_ADD, connection.fd, EPOLLIN, &connection);
    }

    // The server has accepted all that were made before.
    void make_round_trip(Connection& connection)
    {
        require(send(connection.fd, message_.data(), 1, MSG_NOSIGNAL) == 1, "send");
        require(recv(connection.fd, room_.data(), 1, 0) == 1, "recv");
    }

    void serve_events()
    {
        std::array<epoll_event, 256> events;
        for (const epoll_event& event : serving::wait_for_events(epoll_, events)) {
            serve(*static_cast<Connection*>(event.data.ptr), event.events);
        }
    }

    void serve(Connection& connection, std::uint32_t events)
    {
        if ((events & EPOLLOUT) != 0) {
            send_rest(connection);
        }
        if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
            receive(connection);
        }
    }

    void receive(Connection& connection)
    {
        const ssize_t count = recv(connection.fd, room_.data(), room_.size(), MSG_DONTWAIT);
        require(count > 0, "recv");
        connection.received += static_cast<std::size_t>(count);
        if (connection.received < message_.size()) {
            return;
        }
        const auto now = Clock::now();
        latencies_.push_back(static_cast<float>(serving::seconds_between(connection.since, now)));
        connection.since = now;
        if (is_short_) {
            close(connection.fd);
            open(connection);
        }
        send_message(connection);
    }

    void send_message(Connection& connection)
    {
        connection.sent = connection.received = 0;
        if (!send_some(connection)) {
            serving::watch(epoll_, EPOLL_CTL_MOD, connection.fd, EPOLLIN | EPOLLOUT, &connection);
        }
    }

    void send_rest(Connection& connection)
    {
        if (send_some(connection)) {
            serving::watch(epoll_, EPOLL_CTL_MOD, connection.fd, EPOLLIN, &connection);
        }
    }

    // Returns whether all of the message went.
    bool send_some(Connection& connection)
    {
        const ssize_t count = send(connection.fd, message_.data() + connection.sent, message_.size() - connection.sent,
                                   MSG_NOSIGNAL | MSG_DONTWAIT);
        require(count >= 0 || errno == EAGAIN, "send");
        connection.sent += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        return connection.sent == message_.size();
    }
};

// connections, size, seconds
Numbers measure_messages(const Server& server, const Numbers& arguments, bool is_short)
{
    Load load(server, static_cast<std::size_t>(arguments[1]), is_short);
    load.open(static_cast<std::size_t>(arguments[0]));
    load.start();
    return serving::measure_answers(server, arguments[2], [&](double seconds) { return load.run(seconds); });
}

Numbers measure_echo(const Server& server, const Numbers& arguments)
{
    return measure_messages(server, arguments, false);
}

Numbers measure_accept(const Server& server, const Numbers& arguments)
{
    return measure_messages(server, arguments, true);
}

// connections -> bytes of the server for each
Numbers measure_idle(const Server& server, const Numbers& arguments)
{
    Load load(server, 1, false);
    load.open(1);
    const double before = server.memory_bytes();
    load.open(static_cast<std::size_t>(arguments[0]));
    return {(server.memory_bytes() - before) / arguments[0]};
}

void send_bytes(int fd, double bytes)
{
    const std::vector<char> part(65536);
    for (double sent = 0; sent < bytes;) {
        const ssize_t count = send(fd, part.data(), part.size(), MSG_NOSIGNAL);
        require(count > 0, "send");
        sent += static_cast<double>(count);
    }
    require(shutdown(fd, SHUT_WR) == 0, "shutdown");
}

// Returns how many bytes came until the end. They are not copied: see MSG_TRUNC in tcp(7).
double drain(int fd)
{
    double received = 0;
    ssize_t count = 0;
    while ((count = recv(fd, nullptr, 1 << 20, MSG_TRUNC)) > 0) {
        received += static_cast<double>(count);
    }
    require(count == 0, "recv");
    return received;
}

// bytes, times: to the server
Numbers measure_to(const Server& server, const Numbers& arguments)
{
    return serving::measure_bulk(server, arguments[0], arguments[1], [&](int fd) {
        send_bytes(fd, arguments[0]);
        require(drain(fd) == 0, "more than the end came");
    });
}

// bytes, times: from the server, as soon as a connection is there
Numbers measure_from(const Server& server, const Numbers& arguments)
{
    return serving::measure_bulk(server, arguments[0], arguments[1],
                                 [&](int fd) { require(drain(fd) == arguments[0], "too few bytes came"); });
}

constexpr std::array modes{
    serving::Mode{"echo", 3, measure_echo}, serving::Mode{"accept", 3, measure_accept},
    serving::Mode{"idle", 1, measure_idle}, serving::Mode{"to", 2, measure_to},
    serving::Mode{"from", 2, measure_from},
};

constexpr const char* usage = "usage: PROGRAM echo|accept CONNECTIONS SIZE SECONDS SERVER...\n"
                              "       PROGRAM idle CONNECTIONS SERVER...\n"
                              "       PROGRAM to|from BYTES TIMES SERVER...\n";

} // namespace

int main(int argc, char** argv)
{
    return serving::run(modes, usage, argc, argv);
}
