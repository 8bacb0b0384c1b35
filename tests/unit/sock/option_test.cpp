// SPDX-License-Identifier: MIT
#include "core/sock/option.hpp"

#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/option_system.hpp"
#include "tests/unit/support/outcomes.hpp"
#include "tests/unit/support/sockets.hpp"
#include "tests/unit/support/systems.hpp"

#include <climits>
#include <cstring>
#include <netinet/in.h>
#include <set>
#include <sys/time.h>

namespace llnet::test {
namespace {

const OptionRow& row_named(std::string_view name)
{
    for (const OptionRow& row : option_rows()) {
        if (name == row.name) {
            return row;
        }
    }
    throw std::out_of_range(std::string(name));
}

constexpr OptionName any_name{SOL_SOCKET, 4711};

OptionRow row_of(OptionKind kind)
{
    return {"any", kind, OptionAccess::read_write, INT_MIN, INT_MAX, any_name, any_name};
}

OptionValue integer(int value)
{
    OptionValue made;
    made.integer = value;
    return made;
}

OptionValue seconds(double value)
{
    OptionValue made;
    made.seconds = value;
    return made;
}

OptionValue text(std::string_view value)
{
    OptionValue made;
    made.size = value.copy(made.text, sizeof made.text - 1);
    return made;
}

class Option : public DescriptorTest {
protected:
    Option() { socket.family = AF_INET; }

    OptionSystem system;
    Socket socket; // its descriptor is never used: the system only notes what it is asked
};

using OptionRows = Option;
using BooleanOption = Option;
using SecondsOption = Option;
using LingerOption = Option;
using BytesOption = Option;
using ByteSizedOption = Option;

TEST_F(OptionRows, have_a_name_each_and_a_range_that_is_one)
{
    std::set<std::string> names;
    for (const OptionRow& row : option_rows()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_LE(row.min, row.max) << row.name;
    }
    EXPECT_GT(names.size(), 50U);
}

TEST_F(OptionRows, tell_the_call_that_failed)
{
    FaultyHost failing;
    failing.fail(Call::get_option, EIO);
    failing.fail(Call::set_option, EIO);
    for (const OptionRow& row : option_rows()) {
        const int error = row.inet.absent() ? ENOTSUP : EIO;
        EXPECT_THAT(get_option(failing, socket, row), failed_with(error, "getsockopt")) << row.name;
        EXPECT_THAT(set_option(failing, socket, row, text("lo")), failed_with(error, "setsockopt")) << row.name;
    }
}

TEST_F(OptionRows, ask_for_the_option_of_the_family)
{
    OptionRow row = row_of(OptionKind::integer);
    row.inet6 = {IPPROTO_IPV6, 4712};
    must(set_option(system, socket, row, integer(1)));
    EXPECT_EQ(system.level, SOL_SOCKET);
    EXPECT_EQ(system.name, 4711);
    socket.family = AF_INET6;
    must(set_option(system, socket, row, integer(1)));
    EXPECT_EQ(system.level, IPPROTO_IPV6);
    EXPECT_EQ(system.name, 4712);
}

TEST_F(OptionRows, without_an_option_on_this_platform_answer_enotsup_and_make_no_call)
{
    OptionRow row = row_of(OptionKind::integer);
    row.inet = absent_option;
    EXPECT_THAT(get_option(system, socket, row), failed_with(ENOTSUP, "getsockopt"));
    EXPECT_THAT(set_option(system, socket, row, integer(1)), failed_with(ENOTSUP, "setsockopt"));
    EXPECT_EQ(system.calls, 0);
    socket.family = AF_INET6;
    EXPECT_THAT(set_option(system, socket, row, integer(1)), is_done());
}

TEST_F(BooleanOption, is_an_int)
{
    must(set_option(system, socket, row_of(OptionKind::boolean), integer(1)));
    EXPECT_EQ(system.value, as_bytes(1));
    EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::boolean))).integer, 1);
}

TEST_F(SecondsOption, is_a_timeval_rounded_up_to_microseconds)
{
    const struct {
        double seconds;
        long whole;
        long micros;
    } cases[] = {
        {0, 0, 0},           {0.0000001, 0, 1},           {1e-300, 0, 1},
        {0.000001, 0, 1},    {2.5, 2, 500'000},           {2.1, 2, 100'000},
        {0.3, 0, 300'000},   {1.9999999, 2, 0},           {60, 60, 0},
        {1e-6 + 1e-7, 0, 2}, {2147483647, 2147483647, 0},
    };
    for (const auto& each : cases) {
        must(set_option(system, socket, row_of(OptionKind::seconds), seconds(each.seconds)));
        const auto time = system.value_as<timeval>();
        EXPECT_EQ(time.tv_sec, each.whole) << each.seconds;
        EXPECT_EQ(time.tv_usec, each.micros) << each.seconds;
    }
}

TEST_F(SecondsOption, of_every_millisecond_is_exact)
{
    for (int ms = 1; ms < 10'000; ++ms) {
        must(set_option(system, socket, row_of(OptionKind::seconds), seconds(ms / 1000.0)));
        const auto time = system.value_as<timeval>();
        ASSERT_EQ(time.tv_sec * 1'000'000 + time.tv_usec, ms * 1000L);
    }
}

TEST_F(SecondsOption, is_never_negative)
{
    for (const double negative : {-1.0, -0.5, -1e-9}) {
        must(set_option(system, socket, row_of(OptionKind::seconds), seconds(negative)));
        const auto time = system.value_as<timeval>();
        EXPECT_EQ(time.tv_sec, 0);
        EXPECT_EQ(time.tv_usec, 0);
    }
}

TEST_F(SecondsOption, reads_with_its_fraction)
{
    timeval time{};
    time.tv_sec = 2;
    time.tv_usec = 500'000;
    system.value = as_bytes(time);
    EXPECT_DOUBLE_EQ(must(get_option(system, socket, row_of(OptionKind::seconds))).seconds, 2.5);
}

TEST_F(SecondsOption, of_a_real_socket_reads_back_and_changes_no_other)
{
    const Pair pair = make_pair(SOCK_STREAM);
    must(set_option(sys::host(), pair.first, row_named("rcvtimeo"), seconds(2.5)));
    EXPECT_DOUBLE_EQ(must(get_option(sys::host(), pair.first, row_named("rcvtimeo"))).seconds, 2.5);
    EXPECT_DOUBLE_EQ(must(get_option(sys::host(), pair.first, row_named("sndtimeo"))).seconds, 0);
}

TEST_F(LingerOption, is_on_with_its_seconds_or_off)
{
    for (const int asked : {0, 5, INT_MAX}) {
        must(set_option(system, socket, row_of(OptionKind::linger), integer(asked)));
        EXPECT_EQ(system.value_as<linger>().l_onoff, 1);
        EXPECT_EQ(system.value_as<linger>().l_linger, asked);
        EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::linger))).integer, asked);
    }
    for (const int asked : {-1, INT_MIN}) {
        must(set_option(system, socket, row_of(OptionKind::linger), integer(asked)));
        EXPECT_EQ(system.value_as<linger>().l_onoff, 0);
        EXPECT_EQ(system.value_as<linger>().l_linger, 0);
        EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::linger))).integer, -1);
    }
}

TEST_F(LingerOption, that_is_off_reads_minus_1_whatever_its_seconds)
{
    linger off{};
    off.l_linger = 7;
    system.value = as_bytes(off);
    EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::linger))).integer, -1);
}

TEST_F(ByteSizedOption, is_one_byte_in_ipv4_and_an_int_in_ipv6)
{
    for (const char* name : {"mcastttl", "mcastloop"}) {
        socket.family = AF_INET;
        must(set_option(system, socket, row_named(name), integer(255)));
        EXPECT_EQ(system.value.size(), 1U) << name;
        EXPECT_EQ(must(get_option(system, socket, row_named(name))).integer, 255) << name;
        socket.family = AF_INET6;
        must(set_option(system, socket, row_named(name), integer(255)));
        EXPECT_EQ(system.value, as_bytes(255)) << name;
        EXPECT_EQ(must(get_option(system, socket, row_named(name))).integer, 255) << name;
    }
}

TEST_F(ByteSizedOption, of_a_real_socket_reads_back)
{
    const Socket udp = make_socket(AF_INET, SOCK_DGRAM);
    must(set_option(sys::host(), udp, row_named("mcastttl"), integer(200)));
    EXPECT_EQ(must(get_option(sys::host(), udp, row_named("mcastttl"))).integer, 200);
    must(set_option(sys::host(), udp, row_named("mcastloop"), integer(0)));
    EXPECT_EQ(must(get_option(sys::host(), udp, row_named("mcastloop"))).integer, 0);
}

TEST_F(BytesOption, is_written_with_its_length)
{
    must(set_option(system, socket, row_of(OptionKind::bytes), text("lo")));
    EXPECT_EQ(system.value, (std::vector<std::byte>{std::byte{'l'}, std::byte{'o'}}));
    must(set_option(system, socket, row_of(OptionKind::bytes), text("")));
    EXPECT_TRUE(system.value.empty());
}

TEST_F(BytesOption, reads_up_to_the_padding)
{
    system.value.assign(16, std::byte{0});
    std::memcpy(system.value.data(), "cubic", 5);
    EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::bytes))).view(), "cubic");
    system.value.assign(5, std::byte{'x'});
    EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::bytes))).view(), "xxxxx");
    system.value.clear();
    EXPECT_EQ(must(get_option(system, socket, row_of(OptionKind::bytes))).view(), "");
}

TEST_F(BytesOption, is_terminated_even_when_it_fills_its_room)
{
    system.value.assign(1000, std::byte{'x'});
    const OptionValue value = must(get_option(system, socket, row_of(OptionKind::bytes)));
    EXPECT_EQ(value.size, sizeof value.text - 1);
    EXPECT_EQ(value.text[value.size], '\0');
}

TEST_F(BytesOption, of_a_real_socket_has_no_padding)
{
    const Socket tcp = make_socket(AF_INET, SOCK_STREAM);
    const OptionValue name = must(get_option(sys::host(), tcp, row_named("tcpcongestion")));
    EXPECT_GT(name.size, 0U);
    EXPECT_EQ(name.size, std::strlen(name.text));
    must(set_option(sys::host(), tcp, row_named("tcpcongestion"), name));
}

} // namespace
} // namespace llnet::test
