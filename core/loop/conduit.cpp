// SPDX-License-Identifier: MIT
#include "core/loop/conduit.hpp"

#include <algorithm>
#include <array>

namespace llnet {

namespace {

class MemoryConduit final : public Conduit {
public:
    explicit MemoryConduit(const sys::System& system) noexcept : system_(system) {}

    sys::Result<ssize_t> fill(int source, std::size_t size) noexcept override
    {
        const std::size_t room = std::min(size, bytes_.size());
        const sys::Result<ssize_t> received = system_.receive(source, bytes_.data(), room, MSG_DONTWAIT);
        first_ = 0;
        held_ = received.ok() ? static_cast<std::size_t>(received.value) : 0;
        return received;
    }

    sys::Result<ssize_t> drain(int sink) noexcept override
    {
        const sys::Result<ssize_t> sent = system_.send(sink, bytes_.data() + first_, held_, MSG_DONTWAIT);
        if (sent.ok()) {
            first_ += static_cast<std::size_t>(sent.value);
            held_ -= static_cast<std::size_t>(sent.value);
        }
        return sent;
    }

private:
    const sys::System& system_;
    std::array<char, 65536> bytes_;
    std::size_t first_ = 0;
};

} // namespace

std::unique_ptr<Conduit> make_memory_conduit(const sys::System& system)
{
    return std::make_unique<MemoryConduit>(system);
}

} // namespace llnet
