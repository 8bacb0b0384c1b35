// SPDX-License-Identifier: MIT
// What loads and servers in C have in common.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace serving {

inline void require(bool right, const char* what)
{
    if (!right) {
        std::perror(what);
        std::exit(1);
    }
}

inline sockaddr* generic(sockaddr_in& address)
{
    return reinterpret_cast<sockaddr*>(&address);
}

inline sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// A socket, and those that it accepts, that sends at once.
inline int new_tcp(int flags)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    require(fd >= 0, "socket");
    const int on = 1;
    require(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
    return fd;
}

inline void set_nonblocking(int fd)
{
    require(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0, "O_NONBLOCK");
}

// A listening socket on a port of its own, which it prints.
inline int listen_somewhere(int flags)
{
    const int listener = new_tcp(flags);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    require(bind(listener, generic(address), size) == 0, "bind");
    require(getsockname(listener, generic(address), &size) == 0, "getsockname");
    require(listen(listener, SOMAXCONN) == 0, "listen");
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

// Tells of what comes on the descriptor; `data` comes with each event.
inline void watch(int epoll, int operation, int fd, std::uint32_t events, void* data)
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = data;
    require(epoll_ctl(epoll, operation, fd, &event) == 0, "epoll_ctl");
}

} // namespace serving
