// SPDX-License-Identifier: MIT
#include "core/loop/request.hpp"

#include <poll.h>

namespace llnet {

namespace {

sys::Result<ssize_t> widened(sys::Result<> result) noexcept
{
    return {result.value, result.error};
}

sys::Result<ssize_t> execute_poll(const sys::System& system, const Request& request) noexcept
{
    pollfd entry{request.fd, static_cast<short>(request.flags), 0};
    const sys::Result<> polled = system.poll({&entry, 1}, 0);
    if (!polled.ok()) {
        return widened(polled);
    }
    if ((entry.revents & POLLNVAL) != 0) {
        return {-1, EBADF};
    }
    return polled.value > 0 ? sys::Result<ssize_t>{entry.revents, 0} : sys::Result<ssize_t>{-1, EAGAIN};
}

} // namespace

sys::Result<ssize_t> execute(const sys::System& system, const Request& request) noexcept
{
    const int flags = request.flags | MSG_DONTWAIT;
    switch (request.kind) {
    case Request::Kind::poll:
        return execute_poll(system, request);
    case Request::Kind::receive:
        return system.receive(request.fd, request.data, request.size, flags);
    case Request::Kind::send:
        return system.send(request.fd, request.data, request.size, flags);
    case Request::Kind::accept:
        return widened(system.accept(request.fd, request.address, request.address_size, request.nonblock));
    case Request::Kind::connect:
        return widened(system.connect(request.fd, request.address, *request.address_size));
    case Request::Kind::send_file:
        return system.send_file(request.fd, request.file, request.offset, request.size);
    }
    return {-1, EINVAL};
}

} // namespace llnet
