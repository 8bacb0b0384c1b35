// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <netdb.h>
#include <string>

namespace llnet {
namespace {

TEST(Error, names_a_code_canonically_when_an_alias_shares_it)
{
    EXPECT_STREQ(error_name(ErrorKind::system, EWOULDBLOCK), "EAGAIN");
    EXPECT_STREQ(error_name(ErrorKind::system, ENOTSUP), error_name(ErrorKind::system, EOPNOTSUPP));
}

TEST(Error, has_no_name_for_a_code_that_the_platform_lacks)
{
    EXPECT_EQ(error_name(ErrorKind::system, 1'000'000), nullptr);
    EXPECT_EQ(error_name(ErrorKind::system, 0), nullptr);
    EXPECT_EQ(error_name(ErrorKind::resolver, 1'000'000), nullptr);
}

TEST(Error, finds_a_name_and_its_kind)
{
    ErrorKind kind = ErrorKind::system;
    const ErrorRow* row = find_error("EAI_NONAME", kind);
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->code, EAI_NONAME);
    EXPECT_EQ(kind, ErrorKind::resolver);
    row = find_error("EPIPE", kind);
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->code, EPIPE);
    EXPECT_EQ(kind, ErrorKind::system);
}

TEST(Error, is_found_by_its_whole_name_only)
{
    ErrorKind kind = ErrorKind::system;
    EXPECT_EQ(find_error("ENOSUCH", kind), nullptr);
    EXPECT_EQ(find_error("EPIP", kind), nullptr);
    EXPECT_EQ(find_error("EPIPE ", kind), nullptr);
    EXPECT_EQ(find_error("", kind), nullptr);
}

TEST(Error, of_every_row_is_found_by_its_name)
{
    for (const ErrorKind kind : {ErrorKind::system, ErrorKind::resolver}) {
        for (const ErrorRow& row : error_rows(kind)) {
            ErrorKind found_kind = ErrorKind::system;
            const ErrorRow* found = find_error(row.name, found_kind);
            ASSERT_NE(found, nullptr) << row.name;
            EXPECT_EQ(found->code, row.code) << row.name;
            EXPECT_EQ(found_kind, kind) << row.name;
        }
    }
}

TEST(Error, of_every_row_has_a_message)
{
    char buffer[128];
    for (const ErrorKind kind : {ErrorKind::system, ErrorKind::resolver}) {
        for (const ErrorRow& row : error_rows(kind)) {
            EXPECT_STRNE(error_message(kind, row.code, buffer), "") << row.name;
        }
    }
}

TEST(Error, has_the_message_of_the_system)
{
    char buffer[128];
    EXPECT_STREQ(error_message(ErrorKind::system, EPIPE, buffer), "Broken pipe");
    EXPECT_STREQ(error_message(ErrorKind::resolver, EAI_NONAME, buffer), gai_strerror(EAI_NONAME));
}

TEST(Error, has_a_message_even_for_a_code_without_a_name)
{
    char buffer[128];
    EXPECT_STRNE(error_message(ErrorKind::system, 1'000'000, buffer), "");
    EXPECT_STRNE(error_message(ErrorKind::system, -1, buffer), "");
    EXPECT_STRNE(error_message(ErrorKind::resolver, 1'000'000, buffer), "");
}

} // namespace
} // namespace llnet
