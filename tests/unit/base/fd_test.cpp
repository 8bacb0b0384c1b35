// SPDX-License-Identifier: MIT
#include "core/base/fd.hpp"

#include "tests/unit/support/descriptors.hpp"

#include <utility>

namespace llnet {
namespace {

using FdOwner = test::DescriptorTest;

TEST_F(FdOwner, closes_its_descriptor_when_it_goes)
{
    int number = -1;
    {
        const Fd owner = test::any_descriptor();
        number = owner.get();
        EXPECT_TRUE(test::is_open(number));
    }
    EXPECT_FALSE(test::is_open(number));
}

TEST_F(FdOwner, owns_nothing_unless_told)
{
    EXPECT_EQ(Fd().get(), -1);
}

TEST_F(FdOwner, gives_its_number_away_open)
{
    Fd owner = test::any_descriptor();
    const int number = owner.release();
    EXPECT_EQ(owner.get(), -1);
    EXPECT_TRUE(test::is_open(number));
    const Fd closed(number);
}

TEST_F(FdOwner, is_empty_after_it_was_moved_from)
{
    Fd from = test::any_descriptor();
    const int number = from.get();
    const Fd to(std::move(from));
    EXPECT_EQ(to.get(), number);
    EXPECT_EQ(from.get(), -1); // NOLINT(bugprone-use-after-move): that it is empty is the point
}

TEST_F(FdOwner, closes_what_it_had_when_it_is_assigned)
{
    Fd owner = test::any_descriptor();
    const int old = owner.get();
    Fd other = test::any_descriptor();
    const int number = other.get();
    owner = std::move(other);
    EXPECT_EQ(owner.get(), number);
    EXPECT_TRUE(test::is_open(number));
    EXPECT_FALSE(test::is_open(old));
}

TEST_F(FdOwner, survives_an_assignment_to_itself)
{
    Fd owner = test::any_descriptor();
    const int number = owner.get();
    Fd& itself = owner;
    owner = std::move(itself);
    EXPECT_EQ(owner.get(), number);
    EXPECT_TRUE(test::is_open(number));
}

} // namespace
} // namespace llnet
