// SPDX-License-Identifier: MIT
// A watcher is told before a descriptor goes, however it goes.
#include "core/sock/watch.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"

#include <string>

namespace llnet::test {
namespace {

// Notes whether the descriptor was still open when it was told.
class Witness final : public Watcher {
public:
    void watch(Socket& socket)
    {
        number_ = socket.fd.get();
        socket.fd.watch().begin(*this, 1);
    }
    void forget(std::uint64_t) noexcept override { told_ = is_open(number_) ? "before" : "after"; }
    [[nodiscard]] const std::string& told() const { return told_; }

private:
    int number_ = -1;
    std::string told_ = "never";
};

class WatchedSocket : public DescriptorTest {
protected:
    Witness witness; // longer than the socket
    Socket socket = make_socket(AF_UNIX, SOCK_STREAM);
    Fd given;

    WatchedSocket() { witness.watch(socket); }
};

TEST_F(WatchedSocket, tells_before_it_is_closed)
{
    must(close(sys::host(), socket, nullptr));
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_given_away)
{
    given = Fd(unwrap(socket));
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_destroyed)
{
    Witness of_shorter;
    {
        Socket shorter = make_socket(AF_UNIX, SOCK_STREAM);
        of_shorter.watch(shorter);
    }
    EXPECT_EQ(of_shorter.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_moved_over)
{
    socket = make_socket(AF_UNIX, SOCK_STREAM);
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_before_it_is_opened_anew)
{
    must(open(sys::host(), socket, AF_UNIX, SOCK_STREAM, 0, false));
    EXPECT_EQ(witness.told(), "before");
}

TEST_F(WatchedSocket, tells_when_it_is_moved)
{
    const Socket target = std::move(socket);
    EXPECT_EQ(witness.told(), "before");
}

} // namespace
} // namespace llnet::test
