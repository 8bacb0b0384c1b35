// SPDX-License-Identifier: MIT
#include "bench/serving/load.hpp"

#include <algorithm>
#include <cstring>
#include <sys/resource.h>

namespace serving {

namespace {

constexpr unsigned addresses = 1000;

// The server gets the same.
void allow_all_descriptors()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void print(const Numbers& numbers)
{
    for (const double number : numbers) {
        std::printf("%.12f ", number);
    }
    std::puts("");
}

} // namespace

double seconds_between(Clock::time_point from, Clock::time_point to)
{
    return std::chrono::duration<double>(to - from).count();
}

int connect_to(const Server& server)
{
    static unsigned made = 0;
    const int fd = new_tcp(0);
    const int on = 1;
    require(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0, "IP_BIND_ADDRESS_NO_PORT");
    sockaddr_in ours = loopback(0);
    ours.sin_addr.s_addr = htonl(INADDR_LOOPBACK + made++ % addresses);
    require(bind(fd, generic(ours), sizeof ours) == 0, "bind");
    const timeval patience{patience_sec, 0};
    require(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
    require(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0, "SO_SNDTIMEO");
    sockaddr_in address = loopback(server.port());
    require(connect(fd, generic(address), sizeof address) == 0, "connect");
    return fd;
}

std::span<const epoll_event> wait_for_events(int epoll, std::span<epoll_event> room)
{
    const int count = epoll_wait(epoll, room.data(), static_cast<int>(room.size()), patience_sec * 1000);
    require(count > 0, "the server does not answer");
    return room.first(static_cast<std::size_t>(count));
}

double quantile(std::vector<float>& values, double part)
{
    const auto place = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

int run(std::span<const Mode> modes, const char* usage, int argc, char** argv)
{
    allow_all_descriptors();
    for (const Mode& mode : modes) {
        const auto first_of_server = static_cast<int>(2 + mode.numbers);
        if (argc > first_of_server && std::strcmp(argv[1], mode.name) == 0) {
            Numbers arguments;
            for (std::size_t i = 0; i < mode.numbers; ++i) {
                arguments.push_back(std::strtod(argv[2 + i], nullptr));
            }
            const Server server(argv + first_of_server);
            print(mode.measure(server, arguments));
            return 0;
        }
    }
    std::fputs(usage, stderr);
    return 2;
}

} // namespace serving
