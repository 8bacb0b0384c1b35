// SPDX-License-Identifier: MIT
#include "core/base/fd.hpp"
#include "core/loop/conduit.hpp"
#include "core/sys/splice_linux.hpp"

#include <algorithm>

namespace llnet {

namespace {

class PipeConduit final : public Conduit {
public:
    PipeConduit(Fd out, Fd in) noexcept : out_(std::move(out)), in_(std::move(in)) {}

    sys::Result<ssize_t> fill(int source, std::size_t size) noexcept override
    {
        // What an empty pipe holds by default (pipe(7)): so "again" can only be the socket's.
        constexpr std::size_t capacity = 65536;
        const sys::Result<ssize_t> moved = sys::splice(source, in_.get(), std::min(size, capacity));
        held_ = moved.ok() ? static_cast<std::size_t>(moved.value) : 0;
        return moved;
    }

    sys::Result<ssize_t> drain(int sink) noexcept override
    {
        const sys::Result<ssize_t> moved = sys::splice(out_.get(), sink, held_);
        if (moved.ok()) {
            held_ -= static_cast<std::size_t>(moved.value);
        }
        return moved;
    }

private:
    Fd out_;
    Fd in_;
};

} // namespace

std::unique_ptr<Conduit> make_conduit(const sys::System& system)
{
    int fds[2] = {-1, -1};
    if (!sys::make_pipe(fds).ok()) { // no descriptors left, or no memory for pipes (pipe(7))
        return make_memory_conduit(system);
    }
    Fd out(fds[0]);
    Fd in(fds[1]);
    return std::make_unique<PipeConduit>(std::move(out), std::move(in));
}

} // namespace llnet
