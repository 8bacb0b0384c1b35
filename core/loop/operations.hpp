// SPDX-License-Identifier: MIT
#pragma once

#include "core/addr/address.hpp"
#include "core/base/fd.hpp"
#include "core/loop/conduit.hpp"
#include "core/loop/operation.hpp"
#include "core/msg/io_vector.hpp"

#include <cerrno>
#include <new>

namespace llnet {

// Waits until a descriptor can be read or written, or has failed; nothing is moved.
class WaitOperation final : public Operation {
public:
    explicit WaitOperation(Direction direction) noexcept : Operation(direction) { only_waits_ = true; }

protected:
    Progress complete(sys::Result<ssize_t> result) noexcept override;
};

// recv(2): what there is, up to the room. The bytes go to memory of whoever made it. `nothing_is_end` as
// nothing_means_end() tells it.
class ReceiveOperation : public Operation {
public:
    ReceiveOperation(std::span<char> room, int flags, bool nothing_is_end) noexcept
        : Operation(Direction::read), room_(room), flags_(flags), nothing_is_end_(nothing_is_end)
    {}

    // What was received, while the memory is left alone.
    [[nodiscard]] std::string_view received() const noexcept { return {room_.data(), outcome_.value}; }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;
    Request prepare(int fd) noexcept override;
    Progress complete(sys::Result<ssize_t> result) noexcept override;

private:
    std::span<char> room_;
    int flags_;
    bool nothing_is_end_;
};

// send(2) until everything went. Its outcome counts what went, also when it failed.
class SendOperation final : public Operation {
public:
    SendOperation(std::string_view bytes, int flags) noexcept
        : Operation(Direction::write), bytes_(bytes), flags_(flags)
    {}

    // Whether that is how it ends, if its first call, which was made before, answered so.
    bool ends_with(sys::Result<ssize_t> first) noexcept { return complete(first) == Progress::finished; }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;
    Request prepare(int fd) noexcept override;
    Progress complete(sys::Result<ssize_t> result) noexcept override;

private:
    std::string_view bytes_; // all of them
    int flags_;
};

// sendfile(2) of `size` bytes of a file from `offset` on, or as many as there are.
class SendFileOperation final : public Operation {
public:
    SendFileOperation(int file, off_t offset, std::size_t size) noexcept
        : Operation(Direction::write), file_(file), offset_(offset), size_(size)
    {}

protected:
    Request prepare(int fd) noexcept override;
    Progress complete(sys::Result<ssize_t> result) noexcept override;

private:
    int file_;
    off_t offset_;
    std::size_t size_;
};

// writev(2) until all bytes of the vector went.
class WriteOperation final : public Operation {
public:
    explicit WriteOperation(IoVector& vector) noexcept : Operation(Direction::write), vector_(vector) {}

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;

private:
    IoVector& vector_;
};

// One call of the core, such as receive_message(), as often as it says "again". `call` gets the system and the
// descriptor, must not block, and gives an Outcome<std::size_t>; it may throw std::bad_alloc.
template <class Call>
class CallOperation final : public Operation {
public:
    CallOperation(Direction direction, Call call) noexcept : Operation(direction), call_(call) {}

    [[nodiscard]] const Call& call() const noexcept { return call_; }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override
    {
        try {
            return finish_unless_again(call_(system, fd));
        } catch (const std::bad_alloc&) {
            return finish(failed<std::size_t>(ENOMEM, "malloc"));
        }
    }

private:
    Call call_;
};

// Moves bytes from one socket to another until the stream ends or `size` have gone; the outcome counts those that went.
// Neither socket may block. It is started with the key of the source, and waits for one or the other.
class RelayOperation final : public Operation {
public:
    struct End {
        int fd;
        std::uint64_t key;
    };

    RelayOperation(std::unique_ptr<Conduit> conduit, End source, End sink, std::size_t size) noexcept
        : Operation(Direction::read), conduit_(std::move(conduit)), source_(source), sink_(sink), size_(size)
    {
        moves_ = true;
        move_to(source.key, Direction::read);
    }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;
    [[nodiscard]] std::uint64_t other_key() const noexcept override
    {
        return key() == source_.key ? sink_.key : source_.key;
    }

private:
    std::unique_ptr<Conduit> conduit_;
    End source_;
    End sink_;
    std::size_t size_;

    Progress fill() noexcept;
    Progress drain() noexcept;
    Progress wait_at(const End& end, Direction direction, const Outcome<std::size_t>& outcome) noexcept;
};

// accept(2). A connection that was gone before it was taken is not the end: the next one counts. `peer`,
// if it is given, gets the peer's address.
class AcceptOperation : public Operation {
public:
    explicit AcceptOperation(bool nonblock, Address* peer = nullptr) noexcept
        : Operation(Direction::read), nonblock_(nonblock), peer_(peer)
    {}

    [[nodiscard]] Fd take() noexcept { return std::move(accepted_); }

protected:
    Request prepare(int fd) noexcept override;
    Progress complete(sys::Result<ssize_t> result) noexcept override;

private:
    bool nonblock_;
    socklen_t peer_size_ = 0;
    Fd accepted_;
    Address* peer_;
};

// connect(2) on a non-blocking socket, to its end. The address is that of whoever made it.
class ConnectOperation final : public Operation {
public:
    explicit ConnectOperation(const Address& address) noexcept : Operation(Direction::write), address_(address) {}

protected:
    Request prepare(int fd) noexcept override;
    Progress complete(sys::Result<ssize_t> result) noexcept override;

private:
    const Address& address_;
    socklen_t size_ = 0;
};

} // namespace llnet
