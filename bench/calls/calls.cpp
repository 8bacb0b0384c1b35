// SPDX-License-Identifier: MIT
// The loops of bench/calls in C: bench_calls ROW COUNT DIRECTORY prints what measure.lua prints.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

constexpr std::size_t largest_message = 16UL * 1024;
std::array<char, largest_message> message;

void require(bool right, const char* what)
{
    if (!right) {
        std::perror(what);
        std::exit(1);
    }
}

int new_socket(int family, int type)
{
    const int fd = socket(family, type | SOCK_CLOEXEC, 0);
    require(fd >= 0, "socket");
    return fd;
}

// One way of a stream pair.
class Pair {
public:
    explicit Pair(std::size_t size) : size_(size)
    {
        require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_.data()) == 0, "socketpair");
    }

    void operator()() const
    {
        const auto size = static_cast<ssize_t>(size_);
        require(send(fds_[0], message.data(), size_, MSG_NOSIGNAL) == size, "send");
        require(recv(fds_[1], message.data(), size_, 0) == size, "recv");
    }

private:
    std::size_t size_;
    std::array<int, 2> fds_{};
};

sockaddr* plain(void* address)
{
    return static_cast<sockaddr*>(address);
}

sockaddr_in name_of(int fd)
{
    sockaddr_in name{};
    socklen_t size = sizeof name;
    require(getsockname(fd, plain(&name), &size) == 0, "getsockname");
    return name;
}

int new_udp()
{
    const int fd = new_socket(AF_INET, SOCK_DGRAM);
    sockaddr_in loopback{};
    loopback.sin_family = AF_INET;
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(bind(fd, plain(&loopback), sizeof loopback) == 0, "bind");
    return fd;
}

// A connected client asks; a server that knows nobody answers.
class RoundTrip {
public:
    RoundTrip() : client_(new_udp()), server_(new_udp())
    {
        sockaddr_in server = name_of(server_);
        require(connect(client_, plain(&server), sizeof server) == 0, "connect");
    }

    void operator()() const
    {
        constexpr std::size_t size = 64;
        require(send(client_, message.data(), size, MSG_NOSIGNAL) == size, "send");
        sockaddr_in from{};
        socklen_t from_size = sizeof from;
        require(recvfrom(server_, message.data(), size, 0, plain(&from), &from_size) == size, "recvfrom");
        require(sendto(server_, message.data(), size, MSG_NOSIGNAL, plain(&from), from_size) == size, "sendto");
        require(recv(client_, message.data(), size, 0) == size, "recv");
    }

private:
    int client_;
    int server_;
};

class Accept {
public:
    explicit Accept(const char* directory) : listener_(new_socket(AF_UNIX, SOCK_STREAM))
    {
        address_.sun_family = AF_UNIX;
        std::snprintf(address_.sun_path, sizeof address_.sun_path, "%s/c", directory);
        require(bind(listener_, plain(&address_), sizeof address_) == 0, "bind");
        require(listen(listener_, SOMAXCONN) == 0, "listen");
    }

    void operator()()
    {
        const int client = new_socket(AF_UNIX, SOCK_STREAM);
        require(connect(client, plain(&address_), sizeof address_) == 0, "connect");
        const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        require(accepted >= 0, "accept");
        close(client);
        close(accepted);
    }

private:
    int listener_;
    sockaddr_un address_{};
};

class Getsockname {
public:
    void operator()() const { require(ntohs(name_of(fd_).sin_port) != 0, "port"); }

private:
    int fd_ = new_udp();
};

template <class Call>
double seconds_of(Call& call, long count)
{
    const std::clock_t start = std::clock();
    for (long i = 0; i < count; ++i) {
        call();
    }
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

template <class Call>
void measure(Call call, long count)
{
    seconds_of(call, count); // caches are warm afterwards
    std::printf("%.12f\n", seconds_of(call, count) / static_cast<double>(count));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::fputs("usage: bench_calls ROW COUNT DIRECTORY\n", stderr);
        return 2;
    }
    const long count = std::strtol(argv[2], nullptr, 10);
    const auto row_is = [&](const char* name) { return std::strcmp(argv[1], name) == 0; };
    if (row_is("pair64")) {
        measure(Pair(64), count);
    } else if (row_is("pair16k")) {
        measure(Pair(largest_message), count);
    } else if (row_is("udp")) {
        measure(RoundTrip(), count);
    } else if (row_is("accept")) {
        measure(Accept(argv[3]), count);
    } else if (row_is("getsockname")) {
        measure(Getsockname(), count);
    } else {
        return 2;
    }
    return 0;
}
