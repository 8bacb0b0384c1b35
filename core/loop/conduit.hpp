// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/system.hpp"

#include <memory>

namespace llnet {

// Where bytes are between two sockets.
class Conduit {
public:
    Conduit() = default;
    Conduit(const Conduit&) = delete;
    Conduit& operator=(const Conduit&) = delete;
    virtual ~Conduit() = default;

    // Takes bytes from a socket into an empty conduit, without blocking, at most `size`: 0 at the end of the stream.
    virtual sys::Result<ssize_t> fill(int source, std::size_t size) noexcept = 0;

    // Gives bytes to a socket, without blocking.
    virtual sys::Result<ssize_t> drain(int sink) noexcept = 0;

    [[nodiscard]] std::size_t held() const noexcept { return held_; }

protected:
    std::size_t held_ = 0;
};

// A pipe, through which the bytes go without leaving the kernel (splice(2), on Linux), else memory. Throws
// std::bad_alloc.
std::unique_ptr<Conduit> make_conduit(const sys::System& system);

// Memory. Throws std::bad_alloc.
std::unique_ptr<Conduit> make_memory_conduit(const sys::System& system);

} // namespace llnet
