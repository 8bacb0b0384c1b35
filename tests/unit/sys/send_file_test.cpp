// SPDX-License-Identifier: MIT
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/files.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <algorithm>
#include <unistd.h>

namespace llnet::test {
namespace {

template <class Base>
class SystemSendFile : public DescriptorTest {
protected:
    Base system;
};

TYPED_TEST_SUITE(SystemSendFile, Systems, SystemNames);

TYPED_TEST(SystemSendFile, sends_the_bytes_from_the_offset_on)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd file = file_with("0123456789");
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file.get(), 3, 4)), 4);
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 4), "3456");
}

TYPED_TEST(SystemSendFile, ends_at_the_end_of_the_file)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd file = file_with("0123456789");
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file.get(), 8, 1000)), 2);
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 2), "89");
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file.get(), 10, 1000)), 0);
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file.get(), 99, 1)), 0);
}

TYPED_TEST(SystemSendFile, sends_nothing_of_no_bytes)
{
    const Pair pair = make_pair(SOCK_STREAM);
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file_with("abc").get(), 0, 0)), 0);
}

TYPED_TEST(SystemSendFile, leaves_the_position_of_the_file_alone)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd file = file_with("0123456789");
    ASSERT_EQ(::lseek(file.get(), 6, SEEK_SET), 6);
    EXPECT_EQ(must(this->system.send_file(pair.first.fd.get(), file.get(), 1, 3)), 3);
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 6);
}

TYPED_TEST(SystemSendFile, tells_what_is_wrong_with_the_file)
{
    const Pair pair = make_pair(SOCK_STREAM);
    const Pipe pipe;
    const Fd file = file_with("abc");
    EXPECT_THAT(this->system.send_file(pair.first.fd.get(), -1, 0, 1), fails_with(EBADF));
    EXPECT_THAT(this->system.send_file(pair.first.fd.get(), pipe.reader.get(), 0, 1), fails_with(ESPIPE));
    EXPECT_THAT(this->system.send_file(pair.first.fd.get(), file.get(), -1, 1), fails_with(EINVAL));
}

TYPED_TEST(SystemSendFile, would_block_when_the_socket_takes_nothing)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    shrink_send_buffer(pair.first);
    const Fd file = file_with(distinct_bytes(1U << 20U));
    off_t offset = 0;
    sys::Result<ssize_t> sent = this->system.send_file(pair.first.fd.get(), file.get(), offset, 1U << 20U);
    while (sent.ok()) {
        ASSERT_GT(sent.value, 0);
        offset += sent.value;
        sent = this->system.send_file(pair.first.fd.get(), file.get(), offset, 1U << 20U);
    }
    EXPECT_THAT(sent, fails_with(EAGAIN));
}

// Sends a file in short counts through a socket that does not block, reading on the other side whenever it is full.
std::string send_in_pieces(const sys::System& system, const Pair& pair, std::string_view content, std::size_t chunk)
{
    const Fd file = file_with(content);
    std::string received;
    std::size_t offset = 0;
    while (received.size() < content.size()) {
        const auto sent = system.send_file(pair.first.fd.get(), file.get(), static_cast<off_t>(offset),
                                           std::min(chunk, content.size() - offset));
        if (sent.ok()) {
            offset += static_cast<std::size_t>(sent.value);
        }
        char room[3001];
        const auto got = system.receive(pair.second.fd.get(), room, sizeof room, 0);
        if (got.value > 0) {
            received.append(room, static_cast<std::size_t>(got.value));
        }
        if (sent.value <= 0 && got.value <= 0) {
            ADD_FAILURE() << "neither side makes progress";
            break;
        }
    }
    return received;
}

TYPED_TEST(SystemSendFile, neither_repeats_nor_skips_a_byte_over_short_sends)
{
    const std::string content = distinct_bytes(300'001);
    for (const std::size_t chunk : {std::size_t{1} << 40U, std::size_t{16'384}, std::size_t{9'999}}) {
        const Pair pair = make_pair(SOCK_STREAM, true);
        shrink_send_buffer(pair.first);
        EXPECT_TRUE(send_in_pieces(this->system, pair, content, chunk) == content) << "chunks of " << chunk;
    }
}

TYPED_TEST(SystemSendFile, never_sends_a_byte_past_the_window)
{
    const std::string content = distinct_bytes(100'000);
    const Fd file = file_with(content);
    for (const std::size_t size : {1U, 16'383U, 16'384U, 16'385U, 40'000U}) {
        Pair pair = make_pair(SOCK_STREAM);
        ASSERT_EQ(must(this->system.send_file(pair.first.fd.get(), file.get(), 77, size)), static_cast<ssize_t>(size));
        must(close(sys::host(), pair.first, nullptr));
        EXPECT_TRUE(receive_exactly(pair.second.fd.get(), size + 1) == content.substr(77, size)) << size;
    }
}

TEST(PortableSendFile, tells_how_much_went_out_before_a_failure)
{
    Faulty<sys::System> system;
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd file = file_with(distinct_bytes(40'000));
    system.fail(Call::send, ECONNRESET, 2);
    EXPECT_EQ(must(system.send_file(pair.first.fd.get(), file.get(), 0, 40'000)), 16'384);
    EXPECT_EQ(system.calls(Call::send), 2);
}

TEST(PortableSendFile, tells_a_failure_of_the_first_send)
{
    Faulty<sys::System> system;
    const Pair pair = make_pair(SOCK_STREAM);
    const Fd file = file_with("content");
    system.fail(Call::send, EINTR);
    EXPECT_THAT(system.send_file(pair.first.fd.get(), file.get(), 0, 7), fails_with(EINTR));
    EXPECT_EQ(system.calls(Call::send), 1);
}

} // namespace
} // namespace llnet::test
