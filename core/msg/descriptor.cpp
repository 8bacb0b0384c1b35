// SPDX-License-Identifier: MIT
#include "core/base/fd.hpp"
#include "core/msg/message.hpp"
#include "core/sys/control.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace llnet {

namespace {

// Two descriptors, so that a message with more than one is seen to have more.
constexpr std::size_t max_descriptors = 2;

// What came with one byte of a message.
struct Passed {
    ssize_t size = 0; // of the whole message where the protocol keeps messages, else at most 1
    bool truncated_control = false;
    std::array<Fd, max_descriptors> fds;
    std::size_t count = 0;
};

void collect(msghdr& header, Passed& passed) noexcept
{
    sys::each_descriptor(header, [&](int number) {
        Fd owner(number); // one too many to keep is closed here
        if (passed.count < passed.fds.size()) {
            passed.fds[passed.count++] = std::move(owner);
        }
    });
}

sys::Result<> receive_byte(const sys::System& system, int fd, int flags, Passed& passed) noexcept
{
    char byte = 0;
    iovec part{&byte, 1};
    // Credentials may come first when the program asked for them (SO_PASSCRED); room for them as well.
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(max_descriptors * sizeof(int)) + 256> control;
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const sys::Result<ssize_t> received = system.receive_message(fd, header, flags);
    if (!received.ok()) {
        return {-1, received.error};
    }
    passed.size = received.value;
    passed.truncated_control = (header.msg_flags & MSG_CTRUNC) != 0;
    collect(header, passed);
    return {};
}

// Why the message that was looked at is not one to take a descriptor from; 0 if it is.
int refusal(const Socket& socket, const Passed& peeked) noexcept
{
    if (peeked.count == 0) {
        // Control data without room for a descriptor: this process has no free number.
        return peeked.truncated_control ? EMFILE : ENOMSG;
    }
    const bool has_more_bytes = socket.type != SOCK_STREAM && peeked.size > 1;
    return peeked.count > 1 || has_more_bytes ? EMSGSIZE : 0;
}

} // namespace

Outcome<> send_descriptor(const sys::System& system, const Socket& socket, int passed, const Address* name,
                          int flags) noexcept
{
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};
    if (name != nullptr) {
        header.msg_name = const_cast<sockaddr*>(name->data());
        header.msg_namelen = name->size();
    }
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &passed, sizeof passed);
    const sys::Result<ssize_t> result = system.send_message(socket.fd.get(), header, flags);
    return result.ok() ? done() : again_or_failed(result.error, "sendmsg");
}

Outcome<int> receive_descriptor(const sys::System& system, const Socket& socket, int flags) noexcept
{
    constexpr const char* op = "recvmsg";
    // Looking first leaves ordinary data alone. A look installs descriptors too; they are closed with `peeked`.
    // MSG_TRUNC makes a datagram tell its whole size.
    Passed peeked;
    const sys::Result<> looked = receive_byte(system, socket.fd.get(), flags | MSG_PEEK | MSG_TRUNC, peeked);
    if (!looked.ok()) {
        return again_or_failed<int>(looked.error, op);
    }
    if (peeked.size == 0 && peeked.count == 0 && !socket.has_empty_messages()) {
        return end_of_stream<int>();
    }
    if (const int error = refusal(socket, peeked); error != 0) {
        return failed<int>(error, op);
    }
    if ((flags & MSG_PEEK) != 0) {
        return done(peeked.fds[0].release());
    }
    Passed taken;
    const sys::Result<> result = receive_byte(system, socket.fd.get(), flags, taken);
    if (!result.ok()) {
        return again_or_failed<int>(result.error, op);
    }
    if (taken.count != 1) { // another reader was faster
        return failed<int>(ENOMSG, op);
    }
    return done(taken.fds[0].release());
}

} // namespace llnet
