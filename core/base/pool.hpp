// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/list.hpp"

#include <array>
#include <cstddef>

namespace llnet {

// Memory for many objects of a few sizes, which come and go in any order: cut from chunks, each of which goes back when
// nothing of it is in use. Beside objects of such sizes malloc would look for neighbours to merge with at each free,
// and where there are many these are not in the cache.
class Pool {
public:
    static constexpr std::size_t largest = 1024;

    Pool() noexcept = default;
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // At most `largest` bytes, aligned for pointers. Throws std::bad_alloc, with nothing changed.
    void* take(std::size_t size);

    // What take() gave for this size.
    void give(void* memory, std::size_t size) noexcept;

private:
    struct Chunk;
    struct Block;

    static constexpr std::size_t step = 16;

    std::array<List<Chunk>, largest / step> chunks_; // that have a free block, by size

    [[nodiscard]] static std::size_t class_of(std::size_t size) noexcept { return (size + step - 1) / step - 1; }
    static Chunk* make_chunk(std::size_t block_size);
};

} // namespace llnet
