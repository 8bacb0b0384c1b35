// SPDX-License-Identifier: MIT
#include "core/msg/control.hpp"

#include "core/base/fd.hpp"
#include "core/sys/control.hpp"

#include <algorithm>
#include <cstring>

namespace llnet {

ControlMessage::ControlMessage(int level, int type, std::string_view payload)
    : level_(level), type_(type), payload_(payload)
{}

ControlMessage::~ControlMessage()
{
    if (!owns_) {
        return;
    }
    for (std::size_t i = 0; i < descriptor_count(); ++i) {
        const Fd closed(descriptor(i));
    }
}

int ControlMessage::descriptor(std::size_t index) const noexcept
{
    int number = -1;
    std::memcpy(&number, payload_.data() + index * sizeof number, sizeof number); // payloads are not aligned
    return number;
}

ControlPtr ControlQueue::shift() noexcept
{
    if (messages_.empty()) {
        return nullptr;
    }
    ControlPtr first = std::move(messages_.front());
    messages_.erase(messages_.begin());
    return first;
}

std::size_t ControlQueue::encoded_size() const noexcept
{
    std::size_t total = 0;
    for (const ControlPtr& message : messages_) {
        total += CMSG_SPACE(message->payload().size());
    }
    return total;
}

void ControlQueue::encode(std::span<std::byte> into) const noexcept
{
    std::fill(into.begin(), into.end(), std::byte{}); // the padding goes to the kernel too
    std::size_t at = 0;
    for (const ControlPtr& message : messages_) {
        const std::string_view payload = message->payload();
        auto* part = reinterpret_cast<cmsghdr*>(into.data() + at);
        part->cmsg_level = message->level();
        part->cmsg_type = message->type();
        part->cmsg_len = static_cast<decltype(part->cmsg_len)>(CMSG_LEN(payload.size()));
        payload.copy(reinterpret_cast<char*>(CMSG_DATA(part)), payload.size());
        at += CMSG_SPACE(payload.size());
    }
}

void ControlQueue::decode(msghdr& header)
{
    clear();
    try {
        sys::each_part(header, [&](const sys::ControlPart& part) {
            messages_.push_back(std::make_shared<ControlMessage>(part.level, part.type, part.payload));
        });
    } catch (...) {
        clear();
        sys::each_descriptor(header, [](int number) { const Fd closed(number); });
        throw;
    }
    for (const ControlPtr& message : messages_) {
        message->own_descriptors();
    }
}

} // namespace llnet
