// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <sys/socket.h>

namespace llnet::sys {

// One control message in a buffer.
struct ControlPart {
    int level = 0;
    int type = 0;
    std::string_view payload; // not aligned

    [[nodiscard]] bool has_descriptors() const noexcept { return level == SOL_SOCKET && type == SCM_RIGHTS; }
};

// Visits the control messages of `header` in order. Lengths are not trusted: a message shorter than its own header ends
// the walk, and one that claims more than the buffer holds is cut there and is the last.
template <class Visit>
void each_part(msghdr& header, Visit visit)
{
    const char* end = static_cast<const char*>(header.msg_control) + header.msg_controllen;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        const auto room = static_cast<std::size_t>(end - reinterpret_cast<const char*>(part));
        const std::size_t size = std::min<std::size_t>(part->cmsg_len, room);
        if (size < CMSG_LEN(0)) {
            return;
        }
        const char* payload = reinterpret_cast<const char*>(CMSG_DATA(part));
        visit(ControlPart{part->cmsg_level, part->cmsg_type, {payload, size - CMSG_LEN(0)}});
        if (part->cmsg_len > room) {
            return;
        }
    }
}

// Visits the descriptors in a control message that has them.
template <class Visit>
void each_descriptor(const ControlPart& part, Visit visit)
{
    for (std::size_t at = 0; at + sizeof(int) <= part.payload.size(); at += sizeof(int)) {
        int number = -1;
        std::memcpy(&number, part.payload.data() + at, sizeof number);
        visit(number);
    }
}

// Visits all descriptors in the control messages of `header`.
template <class Visit>
void each_descriptor(msghdr& header, Visit visit)
{
    each_part(header, [&](const ControlPart& part) {
        if (part.has_descriptors()) {
            each_descriptor(part, visit);
        }
    });
}

} // namespace llnet::sys
