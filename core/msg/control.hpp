// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace llnet {

// One control (ancillary) message. Descriptors that arrived in it belong to it until they are taken, and are closed
// with it.
class ControlMessage {
public:
    ControlMessage(int level, int type, std::string_view payload);
    ~ControlMessage();
    ControlMessage(const ControlMessage&) = delete;
    ControlMessage& operator=(const ControlMessage&) = delete;

    [[nodiscard]] int level() const noexcept { return level_; }
    [[nodiscard]] int type() const noexcept { return type_; }
    [[nodiscard]] std::string_view payload() const noexcept { return payload_; }

    [[nodiscard]] bool has_descriptors() const noexcept { return level_ == SOL_SOCKET && type_ == SCM_RIGHTS; }
    [[nodiscard]] std::size_t descriptor_count() const noexcept { return payload_.size() / sizeof(int); }
    [[nodiscard]] int descriptor(std::size_t index) const noexcept;

    // From now on this object closes its descriptors, or no longer does.
    void own_descriptors() noexcept { owns_ = has_descriptors(); }
    void give_up_descriptors() noexcept { owns_ = false; }

private:
    int level_;
    int type_;
    std::string payload_;
    bool owns_ = false;
};

using ControlPtr = std::shared_ptr<ControlMessage>;

// Control messages in order. A message may be in several queues and in the program's hands at once.
class ControlQueue {
public:
    void push(ControlPtr message) { messages_.push_back(std::move(message)); }
    [[nodiscard]] ControlPtr shift() noexcept; // null when empty
    void clear() noexcept { messages_.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }
    void swap(ControlQueue& other) noexcept { messages_.swap(other.messages_); }

    // Bytes that encode() needs.
    [[nodiscard]] std::size_t encoded_size() const noexcept;

    // Writes the messages as sendmsg(2) wants them; `into` is aligned as cmsghdr and of encoded_size() bytes.
    void encode(std::span<std::byte> into) const noexcept;

    // The messages that recvmsg(2) left in the control buffer of `header`; the queue is replaced and owns their
    // descriptors. A malformed message ends the list. Throws std::bad_alloc; the descriptors are closed then.
    void decode(msghdr& header);

private:
    std::vector<ControlPtr> messages_;
};

} // namespace llnet
