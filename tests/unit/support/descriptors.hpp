// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/fd.hpp"

#include <gtest/gtest.h>
#include <set>
#include <sys/resource.h>

namespace llnet::test {

// The numbers of this process's open descriptors.
std::set<int> open_descriptors();

bool is_open(int fd);
bool is_close_on_exec(int fd);
bool is_nonblocking(int fd);

// Whether two numbers are the same open pipe, socket or file.
bool same_file(int a, int b);

// A test that fails when it leaves a descriptor open, or closes one that is not its own.
class DescriptorTest : public ::testing::Test {
protected:
    // Not in TearDown: what a derived test owns is still open there.
    ~DescriptorTest() override { EXPECT_EQ(open_descriptors(), before_) << "descriptors were leaked or lost"; }

private:
    std::set<int> before_ = open_descriptors();
};

// A descriptor of no importance, to be passed around.
Fd any_descriptor();

// A pipe with both ends close-on-exec.
struct Pipe {
    Pipe();
    Fd reader;
    Fd writer;
};

// While it lives, this process can open only so many descriptors more.
class DescriptorLimit {
public:
    explicit DescriptorLimit(int free_numbers);
    ~DescriptorLimit();
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

private:
    rlimit previous_{};
};

// The result of `work` done under such a limit. Let the same work succeed without a limit before: UBSan opens a pipe
// when it meets the first object of a class, and takes its failure for a broken object.
template <class Work>
auto with_free_descriptors(int free_numbers, Work work)
{
    const DescriptorLimit limit(free_numbers);
    return work();
}

} // namespace llnet::test
