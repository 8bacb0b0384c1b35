// SPDX-License-Identifier: MIT
#include "core/base/pool.hpp"

#include "tests/unit/support/allocation.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace llnet::test {
namespace {

struct Piece {
    void* memory;
    std::size_t size;
    unsigned char mark;
};

TEST(Pool, gives_memory_that_nobody_else_has)
{
    std::mt19937 random(20261122); // NOLINT(cert-msc51-cpp): the same in each run
    Pool pool;
    std::vector<Piece> pieces;
    const auto give = [&](std::size_t index) {
        const Piece piece = pieces[index];
        const auto* bytes = static_cast<const unsigned char*>(piece.memory);
        ASSERT_TRUE(std::all_of(bytes, bytes + piece.size, [&](unsigned char byte) { return byte == piece.mark; }));
        pool.give(piece.memory, piece.size);
        pieces[index] = pieces.back();
        pieces.pop_back();
    };
    for (int turn = 0; turn < 50'000; ++turn) {
        const bool grows = turn / 1000 % 2 == 0;
        if (pieces.empty() || random() % 4 < (grows ? 3U : 1U)) {
            const std::size_t size = 1 + random() % (turn % 10 == 0 ? Pool::largest : 200);
            const auto mark = static_cast<unsigned char>(random());
            pieces.push_back({pool.take(size), size, mark});
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(pieces.back().memory) % alignof(void*), 0U);
            std::memset(pieces.back().memory, mark, size);
        } else {
            give(random() % pieces.size());
        }
    }
    while (!pieces.empty()) {
        give(pieces.size() - 1);
    }
}

TEST(Pool, without_memory_is_as_it_was)
{
    Pool pool;
    void* first = pool.take(100);
    std::vector<void*> more;
    more.reserve(1000);
    EXPECT_TRUE(fails_at_allocation(1, [&] {
        while (more.size() < more.capacity()) {
            more.push_back(pool.take(100));
        }
    }));
    void* later = pool.take(100);
    EXPECT_NE(later, nullptr);
    pool.give(later, 100);
    for (void* memory : more) {
        pool.give(memory, 100);
    }
    pool.give(first, 100);
}

} // namespace
} // namespace llnet::test
