// SPDX-License-Identifier: MIT
#include "core/msg/io_vector.hpp"

#include "tests/unit/support/allocation.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <cstdint>
#include <string>

namespace llnet::test {
namespace {

class IoVectorTest : public DescriptorTest {
protected:
    void fill(std::initializer_list<std::string_view> elements)
    {
        for (const std::string_view element : elements) {
            must(vector.add(element));
        }
    }

    [[nodiscard]] std::string content() const
    {
        std::string all(vector.bytes(), '?');
        vector.copy(0, all);
        return all;
    }

    IoVector vector;
    FaultyHost system;
};

TEST_F(IoVectorTest, is_empty_at_first)
{
    EXPECT_EQ(vector.count(), 0U);
    EXPECT_EQ(vector.bytes(), 0U);
}

TEST_F(IoVectorTest, numbers_its_elements_in_order)
{
    EXPECT_THAT(vector.add("one"), is_done_with(0U));
    EXPECT_THAT(vector.add("two2"), is_done_with(1U));
    EXPECT_THAT(vector.add_room(2), is_done_with(2U));
    EXPECT_EQ(vector.get(0), "one");
    EXPECT_EQ(vector.get(1), "two2");
    EXPECT_EQ(vector.get(2), std::string_view("\0\0", 2));
    EXPECT_EQ(vector.count(), 3U);
    EXPECT_EQ(vector.bytes(), 9U);
}

TEST_F(IoVectorTest, copies_what_it_is_given)
{
    std::string given = "mine";
    must(vector.add(given));
    given = "else";
    EXPECT_EQ(vector.get(0), "mine");
}

TEST_F(IoVectorTest, refuses_an_element_of_no_bytes)
{
    EXPECT_THAT(vector.add(""), failed_with(EINVAL, "iovec"));
    EXPECT_THAT(vector.add_room(0), failed_with(EINVAL, "iovec"));
    fill({"x"});
    EXPECT_THAT(vector.set(0, ""), failed_with(EINVAL, "iovec"));
    EXPECT_EQ(content(), "x");
}

TEST_F(IoVectorTest, takes_as_many_elements_as_the_kernel_and_none_more)
{
    for (std::size_t i = 0; i < IoVector::max_elements; ++i) {
        must(vector.add("x"));
    }
    EXPECT_THAT(vector.add("x"), failed_with(ENOBUFS, "iovec"));
    EXPECT_THAT(vector.add_room(1), failed_with(ENOBUFS, "iovec"));
    EXPECT_THAT(vector.add(""), failed_with(EINVAL, "iovec"));
    EXPECT_EQ(vector.count(), IoVector::max_elements);
    vector.remove(0);
    EXPECT_THAT(vector.add("y"), is_done_with(IoVector::max_elements - 1));
}

TEST_F(IoVectorTest, replaces_an_element_by_one_of_any_size)
{
    fill({"one", "two", "three"});
    must(vector.set(1, "a longer one"));
    EXPECT_EQ(content(), "onea longer onethree");
    must(vector.set(1, "x"));
    EXPECT_EQ(content(), "onexthree");
}

TEST_F(IoVectorTest, replaces_an_element_by_a_part_of_itself)
{
    fill({"abcdef"});
    must(vector.set(0, vector.get(0).substr(2, 3)));
    EXPECT_EQ(content(), "cde");
}

TEST_F(IoVectorTest, moves_the_last_element_into_the_place_of_a_removed_one)
{
    fill({"a", "b", "c"});
    vector.remove(0);
    EXPECT_EQ(content(), "cb");
    vector.remove(1);
    EXPECT_EQ(content(), "c");
    vector.remove(0);
    EXPECT_EQ(vector.count(), 0U);
}

TEST_F(IoVectorTest, consumes_whole_elements_and_parts_from_the_front)
{
    fill({"abc", "de", "fghi"});
    vector.consume(0);
    EXPECT_EQ(content(), "abcdefghi");
    vector.consume(1);
    EXPECT_EQ(vector.get(0), "bc");
    vector.consume(2);
    EXPECT_EQ(vector.count(), 2U);
    EXPECT_EQ(vector.get(0), "de");
    vector.consume(3);
    EXPECT_EQ(vector.count(), 1U);
    EXPECT_EQ(content(), "ghi");
    vector.consume(SIZE_MAX);
    EXPECT_EQ(vector.count(), 0U);
    vector.consume(1);
}

TEST_F(IoVectorTest, copies_out_from_any_offset_as_much_as_fits)
{
    fill({"abc", "de", "fghi"});
    char room[4] = {'?', '?', '?', '?'};
    EXPECT_EQ(vector.copy(2, room), 4U);
    EXPECT_EQ(std::string(room, 4), "cdef");
    EXPECT_EQ(vector.copy(8, room), 1U);
    EXPECT_EQ(std::string(room, 4), "idef");
    EXPECT_EQ(vector.copy(9, room), 0U);
    EXPECT_EQ(vector.copy(SIZE_MAX, room), 0U);
    EXPECT_EQ(vector.copy(0, {}), 0U);
}

TEST_F(IoVectorTest, has_parts_for_any_range)
{
    fill({"abc", "de", "fghi"});
    iovec parts[3];
    EXPECT_EQ(vector.parts(1, 5, parts), 3U);
    EXPECT_EQ(std::string(static_cast<char*>(parts[0].iov_base), parts[0].iov_len), "bc");
    EXPECT_EQ(parts[1].iov_len, 2U);
    EXPECT_EQ(parts[2].iov_len, 1U);
    EXPECT_EQ(vector.parts(3, SIZE_MAX, parts), 2U);
    EXPECT_EQ(vector.parts(0, 0, parts), 0U);
    EXPECT_EQ(vector.parts(9, SIZE_MAX, parts), 0U);
    EXPECT_EQ(vector.parts(0, SIZE_MAX, std::span(parts).first(1)), 1U);
}

TEST_F(IoVectorTest, is_unchanged_when_memory_runs_out)
{
    fill({"one", "two"});
    const auto expect_unchanged = [&](auto change) {
        int failures = 0;
        while (fails_at_allocation(failures + 1, change)) {
            ++failures;
            EXPECT_EQ(content(), "onetwo");
            EXPECT_EQ(vector.count(), 2U);
        }
        EXPECT_GT(failures, 0);
    };
    expect_unchanged([&] { (void)vector.set(1, "a longer element"); });
    must(vector.set(1, "two"));
    expect_unchanged([&] { (void)vector.add("more"); });
    vector.remove(2);
    expect_unchanged([&] { (void)vector.add_room(100); });
}

TEST_F(IoVectorTest, has_no_room_for_more_than_there_is)
{
    EXPECT_THROW((void)vector.add_room(SIZE_MAX), std::bad_alloc);
    EXPECT_EQ(vector.count(), 0U);
}

using WriteVector = IoVectorTest;
using ReadVector = IoVectorTest;

TEST_F(WriteVector, sends_the_elements_in_order)
{
    const Pair pair = make_pair(SOCK_STREAM);
    fill({"abc", "de", "fghi"});
    EXPECT_THAT(write_vector(system, pair.first.fd.get(), vector, 0, SIZE_MAX), is_done_with(9U));
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 9), "abcdefghi");
    EXPECT_THAT(write_vector(system, pair.first.fd.get(), vector, 2, 4), is_done_with(4U));
    EXPECT_EQ(receive_exactly(pair.second.fd.get(), 4), "cdef");
    EXPECT_EQ(content(), "abcdefghi");
}

TEST_F(WriteVector, works_on_a_pipe)
{
    const Pipe pipe;
    fill({"abc", "de"});
    ASSERT_THAT(write_vector(system, pipe.writer.get(), vector, 1, 3), is_done_with(3U));
    IoVector into;
    must(into.add_room(2));
    must(into.add_room(2));
    EXPECT_THAT(read_vector(system, pipe.reader.get(), into, 0, SIZE_MAX), is_done_with(3U));
    EXPECT_EQ(into.get(0), "bc");
    EXPECT_EQ(into.get(1), std::string_view("d\0", 2));
}

TEST_F(WriteVector, sends_as_many_elements_as_there_can_be)
{
    const Pair pair = make_pair(SOCK_STREAM);
    while (vector.add("x").done()) {
    }
    EXPECT_THAT(write_vector(system, pair.first.fd.get(), vector, 0, SIZE_MAX), is_done_with(IoVector::max_elements));
}

TEST_F(WriteVector, of_nothing_makes_no_call)
{
    EXPECT_THAT(write_vector(system, -1, vector, 0, SIZE_MAX), is_done_with(0U));
    fill({"abc"});
    EXPECT_THAT(write_vector(system, -1, vector, 3, SIZE_MAX), is_done_with(0U));
    EXPECT_THAT(write_vector(system, -1, vector, 0, 0), is_done_with(0U));
    EXPECT_THAT(read_vector(system, -1, vector, 3, SIZE_MAX), is_done_with(0U));
    EXPECT_THAT(read_vector(system, -1, vector, 0, 0), is_done_with(0U));
    EXPECT_EQ(system.calls(Call::write_vector) + system.calls(Call::read_vector), 0);
}

TEST_F(WriteVector, tells_why_not)
{
    fill({"abc"});
    EXPECT_THAT(write_vector(system, -1, vector, 0, 3), failed_with(EBADF, "writev"));
    EXPECT_THAT(write_vector(system, make_abandoned().fd.get(), vector, 0, 3), failed_with(EPIPE, "writev"));
    EXPECT_THAT(read_vector(system, -1, vector, 0, 3), failed_with(EBADF, "readv"));
}

TEST_F(ReadVector, fills_the_elements_in_order_from_the_offset_on)
{
    const Pair pair = make_pair(SOCK_STREAM);
    fill({"...", "...", "..."});
    send_all(pair.first.fd.get(), "abcdef");
    EXPECT_THAT(read_vector(system, pair.second.fd.get(), vector, 2, 5), is_done_with(5U));
    EXPECT_EQ(content(), "..abcde..");
    EXPECT_THAT(read_vector(system, pair.second.fd.get(), vector, 7, SIZE_MAX), is_done_with(1U));
    EXPECT_EQ(content(), "..abcdef.");
}

TEST_F(ReadVector, is_over_when_the_peer_closed)
{
    fill({"..."});
    EXPECT_THAT(read_vector(system, make_abandoned().fd.get(), vector, 0, SIZE_MAX), is_end_of_stream());
    EXPECT_THAT(read_vector(system, make_abandoned().fd.get(), vector, 0, 0), is_done_with(0U));
}

TEST_F(ReadVector, would_block_when_nothing_is_there)
{
    const Pair pair = make_pair(SOCK_STREAM, true);
    fill({"..."});
    EXPECT_THAT(read_vector(system, pair.first.fd.get(), vector, 0, 3), says_again());
    EXPECT_EQ(content(), "...");
}

} // namespace
} // namespace llnet::test
