// SPDX-License-Identifier: MIT
// Control buffers of any bytes: decoding stays inside them, and what it gives encodes to what decodes the same.

#include "core/msg/control.hpp"
#include "core/sys/control.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::size_t room = 4096;

struct Buffer {
    alignas(cmsghdr) std::array<std::byte, room> bytes{};
    msghdr header{};

    explicit Buffer(std::size_t size)
    {
        header.msg_control = bytes.data();
        header.msg_controllen = size;
    }
};

// Decoding would own, and then close, descriptors that are this process's own.
bool has_descriptors(Buffer& buffer)
{
    bool found = false;
    llnet::sys::each_descriptor(buffer.header, [&](int) { found = true; });
    return found;
}

bool same(llnet::ControlQueue& a, llnet::ControlQueue& b)
{
    while (a.size() > 0 && b.size() > 0) {
        const llnet::ControlPtr left = a.shift();
        const llnet::ControlPtr right = b.shift();
        if (left->level() != right->level() || left->type() != right->type() || left->payload() != right->payload()) {
            return false;
        }
    }
    return a.size() == b.size();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Buffer received(std::min(size, room));
    std::copy_n(reinterpret_cast<const std::byte*>(data), received.header.msg_controllen, received.bytes.begin());
    if (has_descriptors(received)) {
        return 0;
    }
    llnet::ControlQueue queue;
    queue.decode(received.header);

    Buffer encoded(queue.encoded_size());
    if (queue.encoded_size() > room) {
        std::abort();
    }
    queue.encode({encoded.bytes.data(), queue.encoded_size()});
    llnet::ControlQueue again;
    again.decode(encoded.header);
    if (!same(queue, again)) {
        std::abort();
    }
    return 0;
}
