// SPDX-License-Identifier: MIT
#include "tests/unit/support/sockets.hpp"

#include "tests/unit/support/outcomes.hpp"

#include <arpa/inet.h>
#include <unistd.h>

namespace llnet::test {

Pair make_pair(int type, bool nonblock)
{
    Pair pair;
    must(open_pair(sys::host(), pair.first, pair.second, type, 0, nonblock));
    return pair;
}

Socket make_socket(int family, int type, bool nonblock)
{
    Socket socket;
    must(open(sys::host(), socket, family, type, 0, nonblock));
    return socket;
}

Address loopback(int family, int port)
{
    if (family == AF_INET6) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_addr = in6addr_loopback;
        address.sin6_port = htons(static_cast<in_port_t>(port));
        return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<in_port_t>(port));
    return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
}

Address unique_unix_address()
{
    static int serial = 0;
    const std::string name = "llnet unit " + std::to_string(::getpid()) + " " + std::to_string(++serial);
    return must(Address::unix_path(std::string(1, '\0') + name));
}

Socket make_bound(int family, int type)
{
    Socket socket = make_socket(family, type);
    must(bind(sys::host(), socket.fd.get(), family == AF_UNIX ? unique_unix_address() : loopback(family)));
    return socket;
}

Socket make_listener(int family, int type, bool nonblock)
{
    Socket listener = make_bound(family, type);
    must(listen(sys::host(), listener.fd.get(), 8));
    must(set_nonblock(sys::host(), listener.fd.get(), nonblock));
    return listener;
}

Pair make_connection(int family)
{
    Pair pair;
    const Socket listener = make_listener(family, SOCK_STREAM);
    pair.first = make_socket(family, SOCK_STREAM);
    must(connect(sys::host(), pair.first.fd.get(), must(socket_name(sys::host(), listener.fd.get()))));
    must(accept(sys::host(), listener, pair.second, nullptr));
    return pair;
}

Socket make_abandoned(int type)
{
    return make_pair(type).first;
}

void send_all(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        bytes.remove_prefix(static_cast<std::size_t>(must(sys::host().send(fd, bytes.data(), bytes.size(), 0))));
    }
}

std::string receive_exactly(int fd, std::size_t size)
{
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
        const ssize_t more = must(sys::host().receive(fd, bytes.data() + got, size - got, 0));
        if (more == 0) {
            break;
        }
        got += static_cast<std::size_t>(more);
    }
    bytes.resize(got);
    return bytes;
}

void shrink_send_buffer(const Socket& socket)
{
    const int least = 1;
    must(sys::host().set_option(socket.fd.get(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least));
}

bool has_ipv6()
{
    Socket socket;
    return open(sys::host(), socket, AF_INET6, SOCK_DGRAM, 0, false).done() &&
           bind(sys::host(), socket.fd.get(), loopback(AF_INET6)).done();
}

} // namespace llnet::test
