// SPDX-License-Identifier: MIT
#include "core/base/pool.hpp"

#include <cassert>
#include <new>

namespace llnet {

namespace {

#ifdef LLNET_POOLS_NOTHING // so that AddressSanitizer sees each block
constexpr std::size_t blocks_in_chunk = 1;
constexpr bool keeps_empty = false;
#else
constexpr std::size_t blocks_in_chunk = 16;
constexpr bool keeps_empty = true; // one chunk of a size, for what comes and goes alone
#endif

} // namespace

struct Pool::Chunk : ListHook {
    Block* free = nullptr;
    std::size_t used = 0;
};

// A piece of memory behind the chunk that it belongs to; while it is free, the next free one is in there.
struct Pool::Block {
    Chunk* chunk;
    Block* next;

    static constexpr std::size_t head = sizeof(void*);

    [[nodiscard]] void* memory() noexcept { return reinterpret_cast<std::byte*>(this) + head; }
    static Block* of(void* memory) noexcept { return reinterpret_cast<Block*>(static_cast<std::byte*>(memory) - head); }
};

Pool::~Pool()
{
    for (List<Chunk>& chunks : chunks_) {
        while (Chunk* chunk = chunks.pop_front()) {
            assert(chunk->used == 0);
            chunk->~Chunk();
            ::operator delete(chunk);
        }
    }
}

Pool::Chunk* Pool::make_chunk(std::size_t block_size)
{
    auto* memory = static_cast<std::byte*>(::operator new(sizeof(Chunk) + blocks_in_chunk * block_size));
    auto* chunk = new (memory) Chunk();
    for (std::size_t i = blocks_in_chunk; i-- > 0;) {
        chunk->free = new (memory + sizeof(Chunk) + i * block_size) Block{chunk, chunk->free};
    }
    return chunk;
}

void* Pool::take(std::size_t size)
{
    assert(size > 0 && size <= largest);
    List<Chunk>& chunks = chunks_[class_of(size)];
    Chunk* chunk = chunks.front();
    if (chunk == nullptr) {
        chunk = make_chunk(Block::head + (class_of(size) + 1) * step);
        chunks.push_back(*chunk);
    }
    Block* block = chunk->free;
    chunk->free = block->next;
    ++chunk->used;
    if (chunk->free == nullptr) {
        chunk->unlink();
    }
    return block->memory();
}

void Pool::give(void* memory, std::size_t size) noexcept
{
    Block* block = Block::of(memory);
    Chunk* chunk = block->chunk;
    List<Chunk>& chunks = chunks_[class_of(size)];
    if (chunk->free == nullptr) {
        chunks.push_back(*chunk);
    }
    block->next = chunk->free;
    chunk->free = block;
    if (--chunk->used > 0) {
        return;
    }
    chunk->unlink();
    if (keeps_empty && chunks.empty()) {
        chunks.push_back(*chunk);
    } else {
        chunk->~Chunk();
        ::operator delete(chunk);
    }
}

} // namespace llnet
