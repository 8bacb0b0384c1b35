// SPDX-License-Identifier: MIT
#include "core/msg/control.hpp"

#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"

#include <cstring>
#include <string>

namespace llnet::test {
namespace {

// A buffer as recvmsg leaves it: aligned, with a header that knows its size.
class ControlBuffer {
public:
    msghdr& header(std::size_t size)
    {
        header_.msg_control = bytes_;
        header_.msg_controllen = size;
        return header_;
    }

    std::span<std::byte> first(std::size_t size) { return std::span(bytes_).first(size); }

    cmsghdr* part_at(std::size_t offset) { return reinterpret_cast<cmsghdr*>(bytes_ + offset); }

private:
    alignas(cmsghdr) std::byte bytes_[4096] = {};
    msghdr header_{};
};

ControlPtr message_of(int level, int type, std::string_view payload)
{
    return std::make_shared<ControlMessage>(level, type, payload);
}

std::string numbers(std::initializer_list<int> fds)
{
    return {reinterpret_cast<const char*>(fds.begin()), fds.size() * sizeof(int)};
}

ControlPtr rights_of(std::initializer_list<int> fds)
{
    return message_of(SOL_SOCKET, SCM_RIGHTS, numbers(fds));
}

class Control : public DescriptorTest {
protected:
    // Encodes what is in the queue, and decodes that.
    void round_trip()
    {
        const std::size_t size = queue.encoded_size();
        ASSERT_LE(size, 4096U);
        queue.encode(buffer.first(size));
        queue.decode(buffer.header(size));
    }

    ControlQueue queue;
    ControlBuffer buffer;
};

using ControlMessageTest = Control;

TEST_F(ControlMessageTest, is_what_it_was_made_of)
{
    const ControlMessage message(1, 2, std::string_view("a\0b", 3));
    EXPECT_EQ(message.level(), 1);
    EXPECT_EQ(message.type(), 2);
    EXPECT_EQ(message.payload(), std::string_view("a\0b", 3));
    EXPECT_FALSE(ControlMessage(SOL_SOCKET, 0x7777, "x").has_descriptors());
    EXPECT_FALSE(ControlMessage(0x7777, SCM_RIGHTS, "x").has_descriptors());
}

TEST_F(ControlMessageTest, of_rights_has_as_many_descriptors_as_whole_numbers)
{
    const ControlMessage message(SOL_SOCKET, SCM_RIGHTS, numbers({7, 8}) + "xyz");
    EXPECT_TRUE(message.has_descriptors());
    EXPECT_EQ(message.descriptor_count(), 2U);
    EXPECT_EQ(message.descriptor(0), 7);
    EXPECT_EQ(message.descriptor(1), 8);
}

TEST_F(ControlMessageTest, closes_its_descriptors_only_when_it_owns_them)
{
    const Fd fd = any_descriptor();
    rights_of({fd.get()}).reset();
    EXPECT_TRUE(is_open(fd.get()));
    const int given = any_descriptor().release();
    const ControlPtr message = rights_of({given});
    message->own_descriptors();
    message->give_up_descriptors();
    const Fd still_open(given);
    EXPECT_TRUE(is_open(given));
}

TEST_F(ControlMessageTest, that_is_not_rights_owns_nothing)
{
    const Fd fd = any_descriptor();
    const ControlPtr message = message_of(SOL_SOCKET, 0x7777, numbers({fd.get()}));
    message->own_descriptors();
    EXPECT_TRUE(is_open(fd.get()));
}

TEST_F(Control, is_in_order)
{
    queue.push(message_of(1, 1, "a"));
    queue.push(message_of(1, 2, "b"));
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.shift()->type(), 1);
    EXPECT_EQ(queue.shift()->type(), 2);
    EXPECT_EQ(queue.shift(), nullptr);
}

TEST_F(Control, of_no_messages_needs_no_room)
{
    EXPECT_EQ(queue.encoded_size(), 0U);
    queue.encode({});
    queue.decode(buffer.header(0));
    EXPECT_EQ(queue.size(), 0U);
}

TEST_F(Control, comes_back_as_it_went_whatever_the_size_of_the_payloads)
{
    for (std::size_t size = 0; size < 40; ++size) {
        queue.clear();
        queue.push(message_of(11, 12, std::string(size, 'a')));
        queue.push(message_of(13, 14, std::string(2 * size + 1, 'b')));
        queue.push(message_of(15, 16, ""));
        round_trip();
        ASSERT_EQ(queue.size(), 3U) << size;
        EXPECT_EQ(queue.shift()->payload(), std::string(size, 'a'));
        const ControlPtr second = queue.shift();
        EXPECT_EQ(second->level(), 13);
        EXPECT_EQ(second->type(), 14);
        EXPECT_EQ(second->payload(), std::string(2 * size + 1, 'b'));
        EXPECT_EQ(queue.shift()->payload(), "");
    }
}

TEST_F(Control, is_aligned_for_the_kernel_and_its_padding_is_zero)
{
    queue.push(message_of(1, 1, "abc"));
    queue.push(message_of(1, 2, "d"));
    const std::size_t size = queue.encoded_size();
    EXPECT_EQ(size, CMSG_SPACE(3) + CMSG_SPACE(1));
    std::memset(buffer.first(size).data(), 0xff, size);
    queue.encode(buffer.first(size));
    const cmsghdr* second = CMSG_NXTHDR(&buffer.header(size), buffer.part_at(0));
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->cmsg_type, 2);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second) % alignof(cmsghdr), 0U);
    EXPECT_EQ(CMSG_DATA(buffer.part_at(0))[3], 0);
}

TEST_F(Control, replaces_what_was_in_the_queue)
{
    queue.push(message_of(1, 1, "old"));
    queue.decode(buffer.header(0));
    EXPECT_EQ(queue.size(), 0U);
}

TEST_F(Control, that_claims_less_than_its_header_ends_the_list)
{
    for (const std::size_t claimed : {std::size_t{0}, std::size_t{1}, CMSG_LEN(0) - 1}) {
        queue.clear();
        queue.push(message_of(1, 1, "good"));
        queue.push(message_of(1, 2, "bad"));
        queue.push(message_of(1, 3, "never seen"));
        const std::size_t size = queue.encoded_size();
        queue.encode(buffer.first(size));
        buffer.part_at(CMSG_SPACE(4))->cmsg_len = claimed;
        queue.decode(buffer.header(size));
        ASSERT_EQ(queue.size(), 1U) << claimed;
        EXPECT_EQ(queue.shift()->payload(), "good");
    }
}

TEST_F(Control, that_claims_more_than_the_buffer_is_never_read_past_its_end)
{
    for (const std::size_t claimed : {CMSG_LEN(5), std::size_t{5000}, SIZE_MAX, SIZE_MAX - 7}) {
        queue.clear();
        queue.push(message_of(1, 1, "cut!"));
        queue.encode(buffer.first(queue.encoded_size()));
        buffer.part_at(0)->cmsg_len = claimed;
        queue.decode(buffer.header(CMSG_LEN(4)));
        EXPECT_LE(queue.size(), 1U);
        if (const ControlPtr message = queue.shift()) {
            EXPECT_LE(message->payload().size(), 4U) << claimed;
        }
    }
}

TEST_F(Control, cut_inside_a_header_ends_there)
{
    queue.push(message_of(1, 1, "good"));
    queue.push(message_of(1, 2, "cut"));
    const std::size_t size = queue.encoded_size();
    queue.encode(buffer.first(size));
    for (std::size_t cut = CMSG_SPACE(4); cut < CMSG_SPACE(4) + sizeof(cmsghdr); ++cut) {
        queue.decode(buffer.header(cut));
        EXPECT_EQ(queue.size(), 1U) << cut;
    }
}

TEST_F(Control, that_arrives_owns_its_descriptors_and_closes_them_once)
{
    const int first = any_descriptor().release();
    const int second = any_descriptor().release();
    queue.push(rights_of({first, second}));
    round_trip();
    EXPECT_TRUE(is_open(first));
    queue.clear();
    EXPECT_FALSE(is_open(first));
    EXPECT_FALSE(is_open(second));
    const Fd reused = any_descriptor();
    EXPECT_EQ(reused.get(), first);
    queue.clear();
    EXPECT_TRUE(is_open(reused.get()));
}

TEST_F(Control, in_two_queues_keeps_its_descriptors_until_both_drop_it)
{
    const int fd = any_descriptor().release();
    queue.push(rights_of({fd}));
    round_trip();
    ControlQueue other;
    {
        const ControlPtr message = queue.shift();
        other.push(message);
        queue.push(message);
    }
    queue.clear();
    EXPECT_TRUE(is_open(fd));
    other.clear();
    EXPECT_FALSE(is_open(fd));
}

TEST_F(Control, that_is_replaced_closes_its_descriptors)
{
    const int fd = any_descriptor().release();
    queue.push(rights_of({fd}));
    round_trip();
    queue.decode(buffer.header(0));
    EXPECT_FALSE(is_open(fd));
}

TEST_F(Control, closes_all_descriptors_when_memory_runs_out_half_way)
{
    const auto encode_six = [&] {
        for (int i = 0; i < 3; ++i) {
            queue.push(rights_of({any_descriptor().release(), any_descriptor().release()}));
            queue.push(message_of(1, 1, "a payload that needs memory of its own"));
        }
        const std::size_t size = queue.encoded_size();
        queue.encode(buffer.first(size));
        queue.clear();
        return size;
    };
    int failures = 0;
    const auto before = open_descriptors();
    std::size_t size = encode_six();
    while (fails_at_allocation(failures + 1, [&] { queue.decode(buffer.header(size)); })) {
        ++failures;
        EXPECT_EQ(open_descriptors(), before) << "failure " << failures;
        EXPECT_EQ(queue.size(), 0U);
        size = encode_six();
    }
    EXPECT_GT(failures, 6);
    EXPECT_EQ(queue.size(), 6U);
    queue.clear();
    EXPECT_EQ(open_descriptors(), before);
}

} // namespace
} // namespace llnet::test
