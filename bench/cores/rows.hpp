// SPDX-License-Identifier: MIT
// What ./dev bench cores measures, the same for each library: PROGRAM ROW COUNT prints the figure of one turn.
#pragma once

#include "bench/cores/heap.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cores {

constexpr std::size_t message_size = 64;
constexpr std::size_t room_size = 128; // a read that does not fill it has all there was
constexpr int far_sec = 3600;
constexpr std::size_t batch = 1000; // of connections or timers
constexpr std::size_t other_timers = 100000;

inline void require(bool right, const char* what)
{
    if (!right) {
        std::perror(what);
        std::exit(1);
    }
}

// The descriptors of connections for the library, and their other ends.
struct Pairs {
    explicit Pairs(std::size_t count)
    {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        while (fds.size() < count) {
            std::array<int, 2> pair{};
            require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0, "socketpair");
            fds.push_back(pair[0]);
            peers.push_back(pair[1]);
        }
    }

    std::vector<int> fds;
    std::vector<int> peers;
};

inline void send_message(int fd)
{
    static const std::array<char, message_size> message{};
    require(write(fd, message.data(), message.size()) == message_size, "write");
}

inline void receive_message(int fd)
{
    std::array<char, message_size> message;
    require(read(fd, message.data(), message.size()) == message_size, "read");
}

// A delay that differs for each of `count` timers, in no order, from `least` to twice that.
inline double delay_of(std::size_t number, std::size_t count, double least)
{
    return least + least * static_cast<double>(number * 7919 % count) / static_cast<double>(count);
}

template <class Turns>
double seconds_of(Turns turns)
{
    turns(); // caches are warm afterwards
    const std::clock_t start = std::clock();
    turns();
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Seconds of one turn, of which a batch is done at a time.
template <class Batch>
double in_batches(std::size_t count, Batch turns)
{
    const std::size_t number = (count + batch - 1) / batch;
    const double seconds = seconds_of([&] {
        for (std::size_t i = 0; i < number; ++i) {
            turns();
        }
    });
    return seconds / static_cast<double>(number * batch);
}

// The rows. A library is a class that is made of the descriptors of connections and a number of timers, with
//   echo()            begins to send back what comes on the connections
//   run(count)        until so many messages were sent back, or timers have passed
//   arm(timer, seconds), disarm(timer)
//   start(connection), cancel(connection): a read with a far deadline, and its end before
//   settle()          looks for events without waiting, and lets come out what has ended
template <class Library>
struct Rows {
    static double pingpong(std::size_t count)
    {
        const Pairs pair(1);
        Library library({pair.fds[0], pair.peers[0]}, 0);
        library.echo();
        send_message(pair.fds[0]);
        return seconds_of([&] { library.run(2 * count); }) / static_cast<double>(count);
    }

    static double echo(std::size_t count)
    {
        const Pairs pairs(batch);
        Library library(pairs.fds, 0);
        library.echo();
        return in_batches(count, [&] {
            for (const int peer : pairs.peers) {
                send_message(peer);
            }
            library.run(batch);
            for (const int peer : pairs.peers) {
                receive_message(peer);
            }
        });
    }

    static double timer(std::size_t count)
    {
        constexpr std::size_t all = other_timers + batch;
        Library library({}, all);
        const auto arm = [&](std::size_t i) { library.arm(i, delay_of(i, all, far_sec)); };
        for (std::size_t i = 0; i < other_timers; ++i) {
            arm(i);
        }
        return in_batches(count, [&] {
            for (std::size_t i = other_timers; i < all; ++i) {
                arm(i);
            }
            for (std::size_t i = other_timers; i < all; ++i) {
                library.disarm(i);
            }
            library.settle();
        });
    }

    static double expire(std::size_t count)
    {
        Library library({}, count);
        const double seconds = seconds_of([&] {
            for (std::size_t i = 0; i < count; ++i) {
                library.arm(i, delay_of(i, count, 0.05));
            }
            usleep(100000);
            library.run(count);
        });
        return seconds / static_cast<double>(count);
    }

    static double cancel(std::size_t count)
    {
        const Pairs pairs(batch);
        Library library(pairs.fds, 0);
        return in_batches(count, [&] { start_and_cancel(library, batch); });
    }

    static double allocations(std::size_t count)
    {
        const Pairs pairs(count);
        Library library(pairs.fds, 0);
        start_and_cancel(library, count); // what is allocated once is there afterwards
        const unsigned long before = cores::allocations();
        start_and_cancel(library, count);
        return static_cast<double>(cores::allocations() - before) / static_cast<double>(count);
    }

    static double memory(std::size_t count)
    {
        const double loop = bytes_of_waiting(0);
        return (bytes_of_waiting(count) - loop) / static_cast<double>(count);
    }

private:
    static void start_all(Library& library, std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            library.start(i);
        }
        library.settle();
    }

    static void start_and_cancel(Library& library, std::size_t count)
    {
        start_all(library, count);
        for (std::size_t i = 0; i < count; ++i) {
            library.cancel(i);
        }
        library.settle();
    }

    static double bytes_of_waiting(std::size_t count)
    {
        const Pairs pairs(count);
        const std::size_t before = heap_bytes();
        Library library(pairs.fds, 0);
        start_all(library, count);
        return static_cast<double>(heap_bytes() - before);
    }
};

template <class Library>
int main(const char* version, int argc, char** argv)
{
    using Of = Rows<Library>;
    using Row = std::pair<const char*, double (*)(std::size_t)>;
    constexpr std::array rows{Row("pingpong", Of::pingpong),      Row("echo", Of::echo),     Row("timer", Of::timer),
                              Row("expire", Of::expire),          Row("cancel", Of::cancel), Row("memory", Of::memory),
                              Row("allocations", Of::allocations)};
    const std::size_t count = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
    for (const auto& [name, measure] : rows) {
        if (count > 0 && std::strcmp(argv[1], name) == 0) {
            std::printf("%.12f\n", measure(count));
            return 0;
        }
    }
    if (argc == 2 && std::strcmp(argv[1], "version") == 0) {
        std::puts(version);
        return 0;
    }
    std::fputs("usage: PROGRAM version | PROGRAM ROW COUNT\n", stderr);
    return 2;
}

} // namespace cores
