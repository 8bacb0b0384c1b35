// SPDX-License-Identifier: MIT
// The server in C that the others are compared with: epoll, level-triggered, one buffer for all connections.
#include "bench/serving/tcp.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using serving::listen_somewhere;
using serving::require;

struct Connection {
    int fd;
    std::string unsent;
};

std::array<char, 65536> room;

void accept_all(int epoll, int listener)
{
    for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        serving::watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, new Connection{fd, {}});
    }
    require(errno == EAGAIN, "accept");
}

void end(Connection* connection)
{
    close(connection->fd);
    delete connection;
}

// How many of the bytes went; fewer than none if the connection is lost.
ssize_t send_some(int fd, const char* bytes, std::size_t size)
{
    const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    return sent < 0 && errno == EAGAIN ? 0 : sent;
}

void send_rest(int epoll, Connection* connection)
{
    std::string& unsent = connection->unsent;
    const ssize_t sent = send_some(connection->fd, unsent.data(), unsent.size());
    if (sent < 0) {
        end(connection);
        return;
    }
    unsent.erase(0, static_cast<std::size_t>(sent));
    if (unsent.empty()) {
        serving::watch(epoll, EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
    }
}

void send_back(int epoll, Connection* connection)
{
    const ssize_t received = recv(connection->fd, room.data(), room.size(), 0);
    const ssize_t sent = received > 0 ? send_some(connection->fd, room.data(), static_cast<std::size_t>(received)) : -1;
    if (sent < 0) {
        end(connection);
    } else if (sent < received) {
        connection->unsent.assign(room.data() + sent, room.data() + received);
        serving::watch(epoll, EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
    }
}

void serve_echo(const char*)
{
    const int listener = listen_somewhere(SOCK_NONBLOCK);
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    serving::watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, nullptr);
    std::array<epoll_event, 256> events{};
    for (;;) {
        const int count = epoll_wait(epoll, events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            auto* connection = static_cast<Connection*>(event.data.ptr);
            if (connection == nullptr) {
                accept_all(epoll, listener);
            } else if (connection->unsent.empty()) {
                send_back(epoll, connection);
            } else {
                send_rest(epoll, connection);
            }
        }
    }
}

// One connection after the other.
template <class Work>
void serve_each(Work work)
{
    const int listener = listen_somewhere(0);
    for (;;) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        require(fd >= 0, "accept");
        work(fd);
        close(fd);
    }
}

void serve_receive(const char*)
{
    serve_each([](int fd) {
        while (recv(fd, room.data(), room.size(), 0) > 0) {
        }
    });
}

void serve_send(const char* bytes)
{
    const std::size_t times = std::strtoul(bytes, nullptr, 10) / room.size();
    serve_each([times](int fd) {
        for (std::size_t i = 0; i < times; ++i) {
            require(send(fd, room.data(), room.size(), MSG_NOSIGNAL) > 0, "send");
        }
    });
}

void serve_sendfile(const char* path)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about {};
    require(fstat(file, &about) == 0, path);
    serve_each([&](int fd) {
        for (off_t sent = 0; sent < about.st_size;) {
            require(sendfile(fd, file, &sent, static_cast<std::size_t>(about.st_size - sent)) > 0, "sendfile");
        }
    });
}

} // namespace

int main(int argc, char** argv)
{
    using Mode = std::pair<const char*, void (*)(const char*)>;
    constexpr std::array modes{Mode("echo", serve_echo), Mode("receive", serve_receive), Mode("send", serve_send),
                               Mode("sendfile", serve_sendfile)};
    for (const auto& [name, serve] : modes) {
        if (argc == 3 && std::strcmp(argv[1], name) == 0) {
            serve(argv[2]);
        }
    }
    std::fputs("usage: PROGRAM echo - | receive - | send BYTES | sendfile FILE\n", stderr);
    return 2;
}
