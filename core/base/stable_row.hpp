// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace llnet {

// Objects by number that stay where they are when others are added, as in a std::deque, but found by a shift and a
// mask.
template <class T>
class StableRow {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    T& operator[](std::size_t index) noexcept { return (*chunks_[index / chunk_size])[index % chunk_size]; }
    const T& operator[](std::size_t index) const noexcept { return (*chunks_[index / chunk_size])[index % chunk_size]; }

    // Adds one. Throws std::bad_alloc, with nothing added.
    void add()
    {
        if (size_ == chunks_.size() * chunk_size) {
            chunks_.push_back(std::make_unique<std::array<T, chunk_size>>());
        }
        ++size_;
    }

    // Calls `use` with each.
    template <class Use>
    void each(Use use)
    {
        for (std::size_t i = 0; i < size_; ++i) {
            use((*this)[i]);
        }
    }

private:
    static constexpr std::size_t chunk_size = 64;

    std::vector<std::unique_ptr<std::array<T, chunk_size>>> chunks_;
    std::size_t size_ = 0;
};

} // namespace llnet
