// SPDX-License-Identifier: MIT
#include "core/base/fd.hpp"
#include "core/msg/message.hpp"
#include "core/sys/control.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace llnet {

namespace {

constexpr const char* op = "recvmsg";

// Two descriptors, so that a message with more than one is seen to have more.
constexpr std::size_t max_descriptors = 2;

// What came with the first bytes of a message.
struct Passed {
    ssize_t size = 0; // of what there was room for
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

// Receives `room` bytes (1 or 2) and the descriptors that come with them.
sys::Result<> receive_bytes(const sys::System& system, int fd, std::size_t room, int flags, Passed& passed) noexcept
{
    std::array<char, 2> bytes{};
    iovec part{bytes.data(), room};
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

// Why there is no descriptor although one was expected: control data that had room for it, so this process has no free
// number, or nothing of the kind.
int missing_descriptor(const Passed& passed) noexcept
{
    return passed.truncated_control ? EMFILE : ENOMSG;
}

// Why the message that was looked at is not one to take a descriptor from; 0 if it is.
int refusal(SocketRef socket, const Passed& seen) noexcept
{
    if (seen.count == 0) {
        return missing_descriptor(seen);
    }
    // There was room for more than one, so this process had no free number for the others.
    if (seen.count == 1 && seen.truncated_control) {
        return EMFILE;
    }
    // A look at a Linux stream goes on until it meets descriptors: with a second byte there is data before them, or
    // they came with more than their own byte, and the kernel does not tell which.
    if (seen.size > 1 && socket.type == SOCK_STREAM) {
        return ENOMSG;
    }
    return seen.count > 1 || seen.size > 1 ? EMSGSIZE : 0;
}

// Looks at what is next: done with a descriptor's duplicate when it is one to take. The duplicate is the caller's.
Outcome<int> look_for_descriptor(const sys::System& system, SocketRef socket, int flags) noexcept
{
    // Without taking. This installs descriptors too; they are closed with `seen`.
    Passed seen;
    const sys::Result<> looked = receive_bytes(system, socket.fd, 2, flags | MSG_PEEK, seen);
    if (!looked.ok()) {
        return again_or_failed<int>(looked.error, op);
    }
    if (seen.size == 0 && seen.count == 0 && nothing_means_end(system, socket, flags)) {
        return end_of_stream<int>();
    }
    if (const int error = refusal(socket, seen); error != 0) {
        return failed<int>(error, op);
    }
    return done(seen.fds[0].release());
}

} // namespace

Outcome<> send_descriptor(const sys::System& system, SocketRef socket, int passed, const Address* name,
                          int flags) noexcept
{
    const bool is_open = socket.fd >= 0;
    if (is_open && socket.family != AF_UNIX) { // Linux would send the byte and drop the descriptor
        return failed(EOPNOTSUPP, "sendmsg");
    }
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
    const sys::Result<ssize_t> result = system.send_message(socket.fd, header, flags);
    return result.ok() ? done() : again_or_failed(result.error, "sendmsg");
}

Outcome<int> receive_descriptor(const sys::System& system, SocketRef socket, int flags) noexcept
{
    // Looking first leaves ordinary data alone.
    const Outcome<int> seen = look_for_descriptor(system, socket, flags);
    if (!seen.done() || (flags & MSG_PEEK) != 0) {
        return seen;
    }
    {
        const Fd closed(seen.value); // the number may be the last that the process has, and the take needs it
    }
    Passed taken;
    const sys::Result<> result = receive_bytes(system, socket.fd, 1, flags, taken);
    if (!result.ok()) {
        return again_or_failed<int>(result.error, op);
    }
    if (taken.count != 1) { // another reader was faster
        return failed<int>(missing_descriptor(taken), op);
    }
    return done(taken.fds[0].release());
}

} // namespace llnet
