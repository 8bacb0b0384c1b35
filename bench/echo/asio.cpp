// SPDX-License-Identifier: MIT
// The server with Asio, its callbacks: MODE ARGUMENT, as c.cpp; and "version".
#include <array>
#include <asio.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

using Tcp = asio::ip::tcp;

// Lives as long as an operation of its connection.
class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(Tcp::socket socket) : socket_(std::move(socket)) {}

    void echo()
    {
        receive([](Session& self, std::size_t count) { self.send_back(count); });
    }

    void receive_all()
    {
        receive([](Session& self, std::size_t) { self.receive_all(); });
    }

    void send_all(std::size_t bytes)
    {
        static const std::vector<char> part(65536);
        if (bytes == 0) {
            return;
        }
        const auto sent = [self = shared_from_this(), bytes](asio::error_code error, std::size_t count) {
            if (!error) {
                self->send_all(bytes - count);
            }
        };
        asio::async_write(socket_, asio::buffer(part), sent);
    }

private:
    Tcp::socket socket_;
    std::array<char, 65536> room_; // of its own: it belongs to the operation that waits

    template <class Next>
    void receive(Next next)
    {
        const auto received = [self = shared_from_this(), next](asio::error_code error, std::size_t count) {
            if (!error) {
                next(*self, count);
            }
        };
        socket_.async_read_some(asio::buffer(room_), received);
    }

    void send_back(std::size_t count)
    {
        const auto sent = [self = shared_from_this()](asio::error_code error, std::size_t) {
            if (!error) {
                self->echo();
            }
        };
        asio::async_write(socket_, asio::buffer(room_, count), sent);
    }
};

template <class Work>
void accept_all(Tcp::acceptor& acceptor, Work work)
{
    acceptor.async_accept([&acceptor, work](asio::error_code error, Tcp::socket socket) {
        if (!error) {
            socket.set_option(Tcp::no_delay(true));
            work(*std::make_shared<Session>(std::move(socket)));
        }
        accept_all(acceptor, work);
    });
}

template <class Work>
int serve(Work work)
{
    asio::io_context context(ASIO_CONCURRENCY_HINT_UNSAFE); // one thread: no locks
    Tcp::acceptor acceptor(context, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    acceptor.listen(4096);
    std::printf("%d\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    accept_all(acceptor, work);
    context.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const char* mode = argc > 1 ? argv[1] : "";
    if (argc == 2 && std::strcmp(mode, "version") == 0) {
        std::printf("Asio %d.%d.%d\n", ASIO_VERSION / 100000, ASIO_VERSION / 100 % 1000, ASIO_VERSION % 100);
        return 0;
    }
    if (argc == 3 && std::strcmp(mode, "echo") == 0) {
        return serve([](Session& session) { session.echo(); });
    }
    if (argc == 3 && std::strcmp(mode, "receive") == 0) {
        return serve([](Session& session) { session.receive_all(); });
    }
    if (argc == 3 && std::strcmp(mode, "send") == 0) {
        const std::size_t bytes = std::strtoul(argv[2], nullptr, 10);
        return serve([bytes](Session& session) { session.send_all(bytes); });
    }
    std::fputs("usage: PROGRAM version | PROGRAM echo - | PROGRAM receive - | PROGRAM send BYTES\n", stderr);
    return 2;
}
