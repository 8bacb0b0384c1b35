// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "core/sys/system.hpp"

#include <climits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace llnet {

// How many parts one system call takes.
#ifdef IOV_MAX
inline constexpr std::size_t max_vector_parts = IOV_MAX;
#else
inline constexpr std::size_t max_vector_parts = 1024; // what Linux, the BSDs and macOS take
#endif

// Buffers for scatter and gather I/O, owned. Elements are numbered from 0 here.
class IoVector {
public:
    static constexpr std::size_t max_elements = max_vector_parts;

    // Appends a copy of `bytes`, or room for `size` bytes (zeros); gives the element's number. EINVAL for an empty
    // element, ENOBUFS when there are max_elements. Throws std::bad_alloc and is then unchanged.
    Outcome<std::size_t> add(std::string_view bytes);
    Outcome<std::size_t> add_room(std::size_t size);

    // Replaces an element that exists. EINVAL for an empty one. Throws std::bad_alloc and is then unchanged.
    Outcome<> set(std::size_t index, std::string_view bytes);

    [[nodiscard]] std::string_view get(std::size_t index) const noexcept;

    // Removes an element; the last one takes its place.
    void remove(std::size_t index) noexcept;

    [[nodiscard]] std::size_t count() const noexcept { return elements_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept;

    // Removes up to `count` bytes from the front; elements that are used up go.
    void consume(std::size_t count) noexcept;

    // Copies from byte `offset` on as much as there is and `into` takes; gives the number of bytes.
    std::size_t copy(std::size_t offset, std::span<char> into) const noexcept;

    // The parts for a system call, for the bytes from `offset` on and `count` of them; gives how many parts.
    std::size_t parts(std::size_t offset, std::size_t count, std::span<iovec> into) noexcept;

private:
    struct Element {
        std::unique_ptr<char[]> memory;
        std::size_t start = 0; // bytes consumed
        std::size_t size = 0;

        [[nodiscard]] char* data() const noexcept { return memory.get() + start; }
    };

    static Element make(std::size_t size);
    static Element make(std::string_view bytes);
    Outcome<std::size_t> append(Element element);
    [[nodiscard]] Outcome<std::size_t> check_room(std::size_t size) const noexcept;

    std::vector<Element> elements_;
};

// writev(2) and readv(2) on any descriptor; no SIGPIPE. An empty range is done with 0 and makes no call.
Outcome<std::size_t> write_vector(const sys::System& system, int fd, IoVector& vector, std::size_t offset,
                                  std::size_t count) noexcept;
Outcome<std::size_t> read_vector(const sys::System& system, int fd, IoVector& vector, std::size_t offset,
                                 std::size_t count) noexcept;

} // namespace llnet
