// SPDX-License-Identifier: MIT
// The server in C over OpenSSL that the others are compared with: epoll, level-triggered, one buffer for all
// connections. It has the certificate and key of a file in PEM.
#include "bench/serving/tcp.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string>
#include <unistd.h>

namespace {

using serving::require;

constexpr std::size_t record = 16384;

struct Connection {
    int fd;
    SSL* ssl;
    std::string unsent;
    std::size_t left; // bytes to send, in the mode that sends
    std::uint32_t events = EPOLLIN;
};

std::array<char, 65536> room;

SSL_CTX* new_context(const char* pem)
{
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    require(SSL_CTX_use_certificate_chain_file(context, pem) == 1, pem);
    require(SSL_CTX_use_PrivateKey_file(context, pem, SSL_FILETYPE_PEM) == 1, pem);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return context;
}

// What becomes of a connection that is ready. Returns which events it waits for now; none if it has ended.
using Serve = std::uint32_t (*)(Connection&);

std::uint32_t wants(const Connection& connection, int result)
{
    switch (SSL_get_error(connection.ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return EPOLLIN;
    case SSL_ERROR_WANT_WRITE:
        return EPOLLOUT;
    case SSL_ERROR_ZERO_RETURN:
        SSL_shutdown(connection.ssl);
        return 0;
    default:
        ERR_clear_error();
        return 0;
    }
}

std::uint32_t send_rest(Connection& connection)
{
    std::string& unsent = connection.unsent;
    while (!unsent.empty()) {
        const int sent = SSL_write(connection.ssl, unsent.data(), static_cast<int>(unsent.size()));
        if (sent <= 0) {
            return wants(connection, sent);
        }
        unsent.erase(0, static_cast<std::size_t>(sent));
    }
    return EPOLLIN;
}

std::uint32_t echo(Connection& connection)
{
    std::uint32_t events = send_rest(connection);
    while (events == EPOLLIN && connection.unsent.empty()) {
        const int received = SSL_read(connection.ssl, room.data(), room.size());
        if (received <= 0) {
            return wants(connection, received);
        }
        const int sent = SSL_write(connection.ssl, room.data(), received);
        if (sent < received) {
            connection.unsent.assign(room.data() + std::max(sent, 0), room.data() + received);
            events = sent > 0 ? send_rest(connection) : wants(connection, sent);
        }
    }
    return events;
}

std::uint32_t receive(Connection& connection)
{
    int received = 1;
    while (received > 0) {
        received = SSL_read(connection.ssl, room.data(), room.size());
    }
    return wants(connection, received);
}

std::uint32_t send(Connection& connection)
{
    while (connection.left > 0) {
        const int sent = SSL_write(connection.ssl, room.data(), record);
        if (sent <= 0) {
            return wants(connection, sent);
        }
        connection.left -= static_cast<std::size_t>(sent);
    }
    SSL_shutdown(connection.ssl);
    return 0;
}

void accept_all(int epoll, int listener, SSL_CTX* context, std::size_t bytes)
{
    for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        SSL* ssl = SSL_new(context);
        require(ssl != nullptr && SSL_set_fd(ssl, fd) == 1, "SSL_new");
        SSL_set_accept_state(ssl);
        serving::watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, new Connection{fd, ssl, {}, bytes});
    }
    require(errno == EAGAIN, "accept");
}

void end(Connection* connection)
{
    SSL_free(connection->ssl);
    close(connection->fd);
    delete connection;
}

// Makes the handshake before.
std::uint32_t serve_connection(Connection& connection, Serve serve)
{
    if (SSL_is_init_finished(connection.ssl) == 0) {
        const int result = SSL_do_handshake(connection.ssl);
        if (result != 1) {
            return wants(connection, result);
        }
    }
    return serve(connection);
}

[[noreturn]] void run(const char* pem, Serve serve, std::size_t bytes)
{
    SSL_CTX* context = new_context(pem);
    const int listener = serving::listen_somewhere(SOCK_NONBLOCK);
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    serving::watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, nullptr);
    std::array<epoll_event, 256> events{};
    for (;;) {
        const int count = epoll_wait(epoll, events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            auto* connection = static_cast<Connection*>(event.data.ptr);
            if (connection == nullptr) {
                accept_all(epoll, listener, context, bytes);
                continue;
            }
            const std::uint32_t wanted = serve_connection(*connection, serve);
            if (wanted == 0) {
                end(connection);
            } else if (wanted != connection->events) {
                connection->events = wanted;
                serving::watch(epoll, EPOLL_CTL_MOD, connection->fd, wanted, connection);
            }
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    struct Mode {
        const char* name;
        Serve serve;
    };
    constexpr std::array modes{Mode{"echo", echo}, Mode{"receive", receive}, Mode{"send", send}};
    for (const Mode& mode : modes) {
        if (argc == 4 && std::strcmp(argv[1], mode.name) == 0) {
            run(argv[2], mode.serve, std::strtoul(argv[3], nullptr, 10));
        }
    }
    std::fputs("usage: PROGRAM echo|receive PEM - | send PEM BYTES\n", stderr);
    return 2;
}
