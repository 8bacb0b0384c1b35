// SPDX-License-Identifier: MIT
#include "core/base/stable_row.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace llnet {
namespace {

TEST(StableRow, leaves_what_is_in_it_where_it_is)
{
    StableRow<int> row;
    std::vector<int*> places;
    for (int i = 0; i < 1000; ++i) {
        row.add();
        row[static_cast<std::size_t>(i)] = i;
        places.push_back(&row[static_cast<std::size_t>(i)]);
    }
    EXPECT_EQ(row.size(), 1000U);
    for (std::size_t i = 0; i < row.size(); ++i) {
        EXPECT_EQ(&row[i], places[i]);
        EXPECT_EQ(row[i], static_cast<int>(i));
    }
}

TEST(StableRow, goes_through_all_in_their_order)
{
    StableRow<int> row;
    row.each([](int&) { FAIL() << "there is none"; });
    for (int i = 0; i < 130; ++i) {
        row.add();
        row[static_cast<std::size_t>(i)] = i;
    }
    int next = 0;
    row.each([&next](int& value) { EXPECT_EQ(value, next++); });
    EXPECT_EQ(next, 130);
}

} // namespace
} // namespace llnet
