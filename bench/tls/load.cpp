// SPDX-License-Identifier: MIT
// The load of ./dev bench tls: TLS 1.3 with one cipher and one group, so that all servers do the same work.
#include "bench/serving/load.hpp"
#include "core/tls/handles.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using serving::Clock;
using serving::Numbers;
using serving::require;
using serving::Server;

constexpr std::size_t record = 16384;

using Context = llnet::tls::ContextHandle;
using Client = llnet::tls::Handle<SSL, SSL_free>;
using Session = llnet::tls::SessionHandle;

SSL_SESSION* newest = nullptr;

int keep_session(SSL*, SSL_SESSION* session)
{
    SSL_SESSION_free(newest);
    newest = session;
    return 1;
}

Context new_context()
{
    Context context(SSL_CTX_new(TLS_client_method()));
    require(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1, "TLS 1.3");
    require(SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256") == 1, "the cipher");
    require(SSL_CTX_set1_groups_list(context.get(), "X25519") == 1, "the group");
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context.get(), keep_session);
    return context;
}

Client new_client(const Context& context, int fd)
{
    Client client(SSL_new(context.get()));
    require(client != nullptr && SSL_set_fd(client.get(), fd) == 1, "SSL_new");
    SSL_set_connect_state(client.get());
    return client;
}

// Each connection sends a message, waits for all of it to come back, and sends the next.
class Load {
public:
    enum class Kind { lasting, full, resumed }; // lasting: many messages in a connection; the others: one

    Load(const Server& server, std::size_t size, Kind kind)
        : server_(server), message_(size, 'x'), kind_(kind), context_(new_context()),
          epoll_(epoll_create1(EPOLL_CLOEXEC))
    {
        require(epoll_ >= 0, "epoll_create1");
    }

    void open(std::size_t count)
    {
        if (kind_ == Kind::resumed) {
            get_session();
        }
        for (std::size_t i = 0; i < count; ++i) {
            connections_.push_back(std::make_unique<Connection>());
            open(*connections_.back());
        }
    }

    // Returns the seconds that messages took there and back, of one at least; with the handshake, if each has one.
    std::vector<float> run(double seconds)
    {
        latencies_.clear();
        const auto start = Clock::now();
        while (latencies_.empty() || serving::seconds_between(start, Clock::now()) < seconds) {
            serve_events();
        }
        return std::move(latencies_);
    }

private:
    struct Connection {
        int fd = -1;
        Client ssl;
        std::size_t sent = 0;
        std::size_t received = 0;
        std::uint32_t events = 0;
        Clock::time_point since;
    };

    const Server& server_;
    std::string message_;
    Kind kind_;
    Context context_;
    int epoll_;
    Session offered_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::array<char, 65536> room_;
    std::vector<float> latencies_;

    // Makes a connection, and takes the session from it that others resume.
    void get_session()
    {
        const int fd = serving::connect_to(server_);
        const Client ssl = new_client(context_, fd);
        require(SSL_connect(ssl.get()) == 1, "SSL_connect");
        require(SSL_write(ssl.get(), message_.data(), 1) == 1 && SSL_read(ssl.get(), room_.data(), 1) == 1, "one byte");
        require(newest != nullptr, "the server gives no ticket");
        offered_.reset(std::exchange(newest, nullptr));
        SSL_shutdown(ssl.get());
        close(fd);
    }

    void open(Connection& connection)
    {
        connection.since = Clock::now();
        connection.fd = serving::connect_to(server_);
        serving::set_nonblocking(connection.fd);
        connection.ssl = new_client(context_, connection.fd);
        if (offered_ != nullptr) {
            offer_session(connection.ssl.get());
        }
        connection.events = EPOLLIN;
        connection.sent = connection.received = 0;
        serving::watch(epoll_, EPOLL_CTL_ADD, connection.fd, EPOLLIN, &connection);
        serve(connection);
    }

    // A copy: what was offered in TLS 1.3 is not offered again.
    void offer_session(SSL* ssl) const
    {
        const Session copy(SSL_SESSION_dup(offered_.get()));
        require(SSL_set_session(ssl, copy.get()) == 1, "SSL_set_session");
    }

    void serve_events()
    {
        std::array<epoll_event, 256> events;
        for (const epoll_event& event : serving::wait_for_events(epoll_, events)) {
            serve(*static_cast<Connection*>(event.data.ptr));
        }
    }

    // Goes on until the connection must wait.
    void serve(Connection& connection)
    {
        int result = SSL_do_handshake(connection.ssl.get());
        while (result > 0) {
            result = connection.sent < message_.size() ? send_some(connection) : receive_some(connection);
            if (result > 0 && connection.received == message_.size()) {
                finish_message(connection);
            }
            if (connection.ssl == nullptr) {
                open(connection);
                return;
            }
        }
        wait(connection, result);
    }

    int send_some(Connection& connection)
    {
        const int count = SSL_write(connection.ssl.get(), message_.data() + connection.sent,
                                    static_cast<int>(message_.size() - connection.sent));
        connection.sent += static_cast<std::size_t>(std::max(count, 0));
        return count;
    }

    int receive_some(Connection& connection)
    {
        const int count = SSL_read(connection.ssl.get(), room_.data(), static_cast<int>(room_.size()));
        connection.received += static_cast<std::size_t>(std::max(count, 0));
        return count;
    }

    void finish_message(Connection& connection)
    {
        const auto now = Clock::now();
        latencies_.push_back(static_cast<float>(serving::seconds_between(connection.since, now)));
        connection.since = now;
        connection.sent = connection.received = 0;
        if (kind_ != Kind::lasting) {
            close_connection(connection);
        }
    }

    void close_connection(Connection& connection) const
    {
        require((SSL_session_reused(connection.ssl.get()) == 1) == (kind_ == Kind::resumed),
                "the kind of the handshake");
        SSL_shutdown(connection.ssl.get());
        connection.ssl.reset();
        close(connection.fd);
    }

    void wait(Connection& connection, int result) const
    {
        const int error = SSL_get_error(connection.ssl.get(), result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
            ERR_print_errors_fp(stderr);
            require(false, "the connection");
        }
        const std::uint32_t events = error == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT;
        if (events != connection.events) {
            connection.events = events;
            serving::watch(epoll_, EPOLL_CTL_MOD, connection.fd, events, &connection);
        }
    }
};

// connections, size, seconds
Numbers measure_messages(const Server& server, const Numbers& arguments, Load::Kind kind)
{
    Load load(server, static_cast<std::size_t>(arguments[1]), kind);
    load.open(static_cast<std::size_t>(arguments[0]));
    return serving::measure_answers(server, arguments[2], [&](double seconds) { return load.run(seconds); });
}

Numbers measure_echo(const Server& server, const Numbers& arguments)
{
    return measure_messages(server, arguments, Load::Kind::lasting);
}

Numbers measure_full(const Server& server, const Numbers& arguments)
{
    return measure_messages(server, arguments, Load::Kind::full);
}

Numbers measure_resumed(const Server& server, const Numbers& arguments)
{
    return measure_messages(server, arguments, Load::Kind::resumed);
}

// Calls transfer(ssl, bytes) for each connection.
template <class Transfer>
Numbers measure_bulk(const Server& server, const Numbers& arguments, Transfer transfer)
{
    const Context context = new_context();
    return serving::measure_bulk(server, arguments[0], arguments[1], [&](int fd) {
        const Client ssl = new_client(context, fd);
        require(SSL_connect(ssl.get()) == 1, "SSL_connect");
        transfer(ssl.get(), arguments[0]);
    });
}

// Returns how many bytes came until the end.
double drain(SSL* ssl)
{
    std::array<char, record> room;
    double received = 0;
    int count = 0;
    while ((count = SSL_read(ssl, room.data(), room.size())) > 0) {
        received += count;
    }
    require(SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN, "SSL_read");
    return received;
}

// bytes, times: to the server
Numbers measure_to(const Server& server, const Numbers& arguments)
{
    return measure_bulk(server, arguments, [](SSL* ssl, double bytes) {
        const std::vector<char> part(record);
        for (double sent = 0; sent < bytes; sent += record) {
            require(SSL_write(ssl, part.data(), record) == record, "SSL_write");
        }
        SSL_shutdown(ssl);
        require(drain(ssl) == 0, "more than the end came");
    });
}

// bytes, times: from the server, as soon as a connection is there
Numbers measure_from(const Server& server, const Numbers& arguments)
{
    return measure_bulk(server, arguments, [](SSL* ssl, double bytes) {
        require(drain(ssl) == bytes, "too few bytes came");
        SSL_shutdown(ssl);
    });
}

constexpr std::array modes{
    serving::Mode{"echo", 3, measure_echo},       serving::Mode{"full", 3, measure_full},
    serving::Mode{"resumed", 3, measure_resumed}, serving::Mode{"to", 2, measure_to},
    serving::Mode{"from", 2, measure_from},
};

constexpr const char* usage = "usage: PROGRAM echo|full|resumed CONNECTIONS SIZE SECONDS SERVER...\n"
                              "       PROGRAM to|from BYTES TIMES SERVER...\n";

} // namespace

int main(int argc, char** argv)
{
    return serving::run(modes, usage, argc, argv);
}
