// SPDX-License-Identifier: MIT
#pragma once

#include "core/sys/system.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace llnet::test {

// The calls of sys::System that can fail.
enum class Call : std::size_t {
    socket,
    socket_pair,
    accept,
    duplicate,
    close,
    shutdown,
    bind,
    connect,
    listen,
    socket_name,
    peer_name,
    send,
    send_to,
    send_message,
    receive,
    receive_from,
    receive_message,
    write_vector,
    read_vector,
    send_file,
    get_option,
    set_option,
    descriptor_flags,
    set_descriptor_flags,
    status_flags,
    set_status_flags,
    at_mark,
    poll,
    socket_family,
    socket_protocol,
    resolve,
    name_info,
    interface_addresses,
    interface_index,
    interface_name,
    interface_mtu,
    count,
};

// A system whose chosen calls fail without reaching the kernel; all others do what `Base` does.
template <class Base>
class Faulty final : public Base {
    template <class T = int>
    using Result = sys::Result<T>;

public:
    static constexpr int always = std::numeric_limits<int>::max();

    // From the `first`-th call on (the next one is 1), `times` calls fail with `error`.
    void fail(Call call, int error, int first = 1, int times = always) { record(call) = {error, first, times, 0}; }

    // How often a call was made since fail(), or at all.
    [[nodiscard]] int calls(Call call) const noexcept { return record(call).calls; }

    Result<> socket(int family, int type, int protocol, bool nonblock) const noexcept override
    {
        return attempt(Call::socket, [&] { return Base::socket(family, type, protocol, nonblock); });
    }

    Result<> socket_pair(int family, int type, int protocol, bool nonblock, int (&fds)[2]) const noexcept override
    {
        return attempt(Call::socket_pair, [&] { return Base::socket_pair(family, type, protocol, nonblock, fds); });
    }

    Result<> accept(int fd, sockaddr* address, socklen_t* size, bool nonblock) const noexcept override
    {
        return attempt(Call::accept, [&] { return Base::accept(fd, address, size, nonblock); });
    }

    Result<> duplicate(int fd) const noexcept override
    {
        return attempt(Call::duplicate, [&] { return Base::duplicate(fd); });
    }

    // Closes even when it is told to fail, as the kernel does.
    Result<> close(int fd) const noexcept override
    {
        const Result<> closed = Base::close(fd);
        return attempt(Call::close, [&] { return closed; });
    }

    Result<> shutdown(int fd, int how) const noexcept override
    {
        return attempt(Call::shutdown, [&] { return Base::shutdown(fd, how); });
    }

    Result<> bind(int fd, const sockaddr* address, socklen_t size) const noexcept override
    {
        return attempt(Call::bind, [&] { return Base::bind(fd, address, size); });
    }

    Result<> connect(int fd, const sockaddr* address, socklen_t size) const noexcept override
    {
        return attempt(Call::connect, [&] { return Base::connect(fd, address, size); });
    }

    Result<> listen(int fd, int backlog) const noexcept override
    {
        return attempt(Call::listen, [&] { return Base::listen(fd, backlog); });
    }

    Result<> socket_name(int fd, sockaddr* address, socklen_t* size) const noexcept override
    {
        return attempt(Call::socket_name, [&] { return Base::socket_name(fd, address, size); });
    }

    Result<> peer_name(int fd, sockaddr* address, socklen_t* size) const noexcept override
    {
        return attempt(Call::peer_name, [&] { return Base::peer_name(fd, address, size); });
    }

    Result<ssize_t> send(int fd, const void* data, std::size_t size, int flags) const noexcept override
    {
        return attempt(Call::send, [&] { return Base::send(fd, data, size, flags); });
    }

    Result<ssize_t> send_to(int fd, const void* data, std::size_t size, int flags, const sockaddr* address,
                            socklen_t address_size) const noexcept override
    {
        return attempt(Call::send_to, [&] { return Base::send_to(fd, data, size, flags, address, address_size); });
    }

    Result<ssize_t> send_message(int fd, const msghdr& message, int flags) const noexcept override
    {
        return attempt(Call::send_message, [&] { return Base::send_message(fd, message, flags); });
    }

    Result<ssize_t> receive(int fd, void* data, std::size_t size, int flags) const noexcept override
    {
        return attempt(Call::receive, [&] { return Base::receive(fd, data, size, flags); });
    }

    Result<ssize_t> receive_from(int fd, void* data, std::size_t size, int flags, sockaddr* address,
                                 socklen_t* address_size) const noexcept override
    {
        return attempt(Call::receive_from,
                       [&] { return Base::receive_from(fd, data, size, flags, address, address_size); });
    }

    Result<ssize_t> receive_message(int fd, msghdr& message, int flags) const noexcept override
    {
        return attempt(Call::receive_message, [&] { return Base::receive_message(fd, message, flags); });
    }

    Result<ssize_t> write_vector(int fd, std::span<const iovec> parts) const noexcept override
    {
        return attempt(Call::write_vector, [&] { return Base::write_vector(fd, parts); });
    }

    Result<ssize_t> read_vector(int fd, std::span<const iovec> parts) const noexcept override
    {
        return attempt(Call::read_vector, [&] { return Base::read_vector(fd, parts); });
    }

    Result<ssize_t> send_file(int fd, int file, off_t offset, std::size_t size) const noexcept override
    {
        return attempt(Call::send_file, [&] { return Base::send_file(fd, file, offset, size); });
    }

    Result<> get_option(int fd, int level, int name, void* value, socklen_t* size) const noexcept override
    {
        return attempt(Call::get_option, [&] { return Base::get_option(fd, level, name, value, size); });
    }

    Result<> set_option(int fd, int level, int name, const void* value, socklen_t size) const noexcept override
    {
        return attempt(Call::set_option, [&] { return Base::set_option(fd, level, name, value, size); });
    }

    Result<> descriptor_flags(int fd) const noexcept override
    {
        return attempt(Call::descriptor_flags, [&] { return Base::descriptor_flags(fd); });
    }

    Result<> set_descriptor_flags(int fd, int flags) const noexcept override
    {
        return attempt(Call::set_descriptor_flags, [&] { return Base::set_descriptor_flags(fd, flags); });
    }

    Result<> status_flags(int fd) const noexcept override
    {
        return attempt(Call::status_flags, [&] { return Base::status_flags(fd); });
    }

    Result<> set_status_flags(int fd, int flags) const noexcept override
    {
        return attempt(Call::set_status_flags, [&] { return Base::set_status_flags(fd, flags); });
    }

    Result<> at_mark(int fd) const noexcept override
    {
        return attempt(Call::at_mark, [&] { return Base::at_mark(fd); });
    }

    Result<> poll(std::span<pollfd> fds, int timeout_ms) const noexcept override
    {
        return attempt(Call::poll, [&] { return Base::poll(fds, timeout_ms); });
    }

    Result<> socket_family(int fd) const noexcept override
    {
        return attempt(Call::socket_family, [&] { return Base::socket_family(fd); });
    }

    Result<> socket_protocol(int fd) const noexcept override
    {
        return attempt(Call::socket_protocol, [&] { return Base::socket_protocol(fd); });
    }

    // These two fail as the resolver does when a system call under it fails.
    Result<> resolve(const char* host, const char* service, const addrinfo& hints,
                     addrinfo** list) const noexcept override
    {
        const int error = planned_error(Call::resolve);
        return error != 0 ? Result<>{EAI_SYSTEM, error} : Base::resolve(host, service, hints, list);
    }

    Result<> name_info(const sockaddr* address, socklen_t size, std::span<char> host, std::span<char> service,
                       int flags) const noexcept override
    {
        const int error = planned_error(Call::name_info);
        return error != 0 ? Result<>{EAI_SYSTEM, error} : Base::name_info(address, size, host, service, flags);
    }

    Result<> interface_addresses(ifaddrs** list) const noexcept override
    {
        return attempt(Call::interface_addresses, [&] { return Base::interface_addresses(list); });
    }

    Result<unsigned> interface_index(const char* name) const noexcept override
    {
        return attempt(Call::interface_index, [&] { return Base::interface_index(name); });
    }

    Result<> interface_name(unsigned index, std::span<char> name) const noexcept override
    {
        return attempt(Call::interface_name, [&] { return Base::interface_name(index, name); });
    }

    Result<> interface_mtu(const char* name) const noexcept override
    {
        return attempt(Call::interface_mtu, [&] { return Base::interface_mtu(name); });
    }

private:
    struct Record {
        int error = 0;
        int first = 0;
        int times = 0;
        int calls = 0;
    };

    Record& record(Call call) const noexcept { return records_[static_cast<std::size_t>(call)]; }

    // Counts the call; the error that it is to fail with, or 0.
    int planned_error(Call call) const noexcept
    {
        Record& plan = record(call);
        const int past = ++plan.calls - plan.first;
        return past >= 0 && past < plan.times ? plan.error : 0;
    }

    template <class T>
    static Result<T> failure(Result<T>, int error) noexcept
    {
        return {std::is_signed_v<T> ? static_cast<T>(-1) : T{}, error};
    }

    template <class Work>
    std::invoke_result_t<Work> attempt(Call call, Work work) const noexcept
    {
        const int error = planned_error(call);
        return error != 0 ? failure(std::invoke_result_t<Work>{}, error) : work();
    }

    mutable std::array<Record, static_cast<std::size_t>(Call::count)> records_{};
};

} // namespace llnet::test
