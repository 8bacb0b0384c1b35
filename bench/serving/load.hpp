// SPDX-License-Identifier: MIT
// What programs have in common that start a server, put load on it with one thread, and print numbers that tell of it.
#pragma once

#include "bench/serving/server.hpp"
#include "bench/serving/tcp.hpp"

#include <chrono>
#include <span>
#include <unistd.h>
#include <vector>

namespace serving {

using Clock = std::chrono::steady_clock;
using Numbers = std::vector<double>;

constexpr double least_warm_up_sec = 0.1;
constexpr int patience_sec = 10;

double seconds_between(Clock::time_point from, Clock::time_point to);

// A socket that waits no longer than that, and is connected to the server, from one of many addresses: one that was
// closed must rest for a while.
int connect_to(const Server& server);

// Waits until there are events: those.
std::span<const epoll_event> wait_for_events(int epoll, std::span<epoll_event> room);

// The value below which that part of the values is, which it puts in another order.
double quantile(std::vector<float>& values, double part);

// Calls run(seconds), which returns the seconds that each answer took, to warm up and to measure. Returns answers per
// second, CPU seconds of the server for each, p50, p99, bytes of the server.
template <class Run>
Numbers measure_answers(const Server& server, double seconds, Run run)
{
    run(seconds / 4 < least_warm_up_sec ? least_warm_up_sec : seconds / 4);
    const double cpu = server.cpu_seconds();
    const auto start = Clock::now();
    std::vector<float> latencies = run(seconds);
    const double passed = seconds_between(start, Clock::now());
    const double spent = server.cpu_seconds() - cpu;
    require(!latencies.empty(), "no answer came back");
    const auto count = static_cast<double>(latencies.size());
    return {count / passed, spent / count, quantile(latencies, 0.5), quantile(latencies, 0.99), server.memory_bytes()};
}

// Calls transfer(fd) with a new connection, so many times and once to warm up, for so many bytes. Returns bytes per
// second, CPU seconds of the server for a MiB, bytes of the server.
template <class Transfer>
Numbers measure_bulk(const Server& server, double bytes, double times, Transfer transfer)
{
    const auto transfer_once = [&] {
        const int fd = connect_to(server);
        transfer(fd);
        close(fd);
    };
    transfer_once();
    const double cpu = server.cpu_seconds();
    const auto start = Clock::now();
    for (int i = 0; i < times; ++i) {
        transfer_once();
    }
    const double passed = seconds_between(start, Clock::now());
    const double spent = server.cpu_seconds() - cpu;
    return {bytes * times / passed, spent / (bytes * times / (1 << 20)), server.memory_bytes()};
}

// MODE NUMBER... SERVER...
struct Mode {
    const char* name;
    std::size_t numbers;
    Numbers (*measure)(const Server&, const Numbers&);
};

// Does what the words of the command line say; returns its status.
int run(std::span<const Mode> modes, const char* usage, int argc, char** argv);

} // namespace serving
