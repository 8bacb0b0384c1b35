// SPDX-License-Identifier: MIT
#include "core/sock/endpoint.hpp"

#include <cerrno>

namespace llnet {

namespace {

Outcome<> open_for(const sys::System& system, Socket& into, const AddressInfo& info,
                   const EndpointOptions& options) noexcept
{
    const Outcome<> made = open(system, into, info.address.family(), info.type, info.protocol, options.nonblock);
    if (!made.done() || !options.reuse_address) {
        return made;
    }
    const int enable = 1;
    const sys::Result<> set = system.set_option(into.fd.get(), SOL_SOCKET, SO_REUSEADDR, &enable, sizeof enable);
    return set.ok() ? done() : failed(set.error, "setsockopt");
}

} // namespace

Outcome<> open_bound(const sys::System& system, Socket& into, const AddressInfo& info,
                     const EndpointOptions& options) noexcept
{
    Socket made;
    const Outcome<> opened = open_for(system, made, info, options);
    const Outcome<> out = opened.done() ? bind(system, made.fd.get(), info.address) : opened;
    if (out.done()) {
        into = std::move(made);
    }
    return out;
}

Outcome<> open_connected(const sys::System& system, Socket& into, const AddressInfo& info,
                         const EndpointOptions& options) noexcept
{
    Socket made;
    const Outcome<> opened = open_for(system, made, info, options);
    if (!opened.done()) {
        return opened;
    }
    const Outcome<int> connected = connect(system, made.fd.get(), info.address);
    if (!connected.done()) {
        return failed(connected.error);
    }
    if (connected.value != 0 && !options.nonblock) { // a signal came; the connection ends with its socket
        return failed(EINTR, "connect");
    }
    into = std::move(made);
    return done();
}

Outcome<> open_first(const sys::System& system, Socket& into, std::span<const Resolved> answers,
                     const EndpointOptions& options, decltype(&open_bound) open) noexcept
{
    Outcome<> out = failed(EADDRNOTAVAIL, "getaddrinfo"); // of no answers at all
    for (const Resolved& answer : answers) {
        out = open(system, into, answer.info, options);
        if (out.done() || out.error.code == EINTR) {
            break;
        }
    }
    return out;
}

} // namespace llnet
