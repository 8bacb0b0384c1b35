// SPDX-License-Identifier: MIT
// Operations of TLS sessions, which must stay while they are under way.
#pragma once

#include "core/loop/operation.hpp"
#include "core/tls/session.hpp"

namespace llnet {

class TlsOperation : public Operation {
public:
    TlsOperation(Direction direction, tls::Session& session) noexcept : Operation(direction), session_(session)
    {
        insists_ = session.has_input() || session.has_held();
    }

    [[nodiscard]] const tls::Session& session() const noexcept { return session_; }

protected:
    tls::Session& session_;
};

// What there is, up to the room. It never waits for room to write. Tickets that wait to be sent go before it waits, a
// turn later than it could: when what the peer asks is there by then, they go with the answer.
class TlsReceiveOperation : public TlsOperation {
public:
    TlsReceiveOperation(tls::Session& session, std::span<char> room) noexcept
        : TlsOperation(Direction::read, session), room_(room)
    {}

    [[nodiscard]] std::string_view received() const noexcept { return {room_.data(), outcome_.value}; }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;

private:
    std::span<char> room_;
    bool has_left_turn_ = false;
};

// Until all bytes have gone. Its outcome counts those that are on their way, also when it failed.
class TlsSendOperation final : public TlsOperation {
public:
    TlsSendOperation(tls::Session& session, std::string_view bytes) noexcept
        : TlsOperation(Direction::write, session), bytes_(bytes)
    {}

    // Takes what a first write gave, which was made without it. True: that is the end.
    bool ends_with(const tls::Step& step) noexcept { return take(step) == Progress::finished; }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;

private:
    std::string_view bytes_;

    Progress take(const tls::Step& step) noexcept;
};

// The same for `size` bytes of a file from `offset` on, or as many as there are.
class TlsSendFileOperation final : public TlsOperation {
public:
    TlsSendFileOperation(tls::Session& session, int file, off_t offset, std::size_t size) noexcept
        : TlsOperation(Direction::write, session), file_(file), offset_(offset), size_(size)
    {}

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;

private:
    int file_;
    off_t offset_;
    std::size_t size_;
};

// Waits now to read and now to write.
class TlsHandshakeOperation final : public TlsOperation {
public:
    explicit TlsHandshakeOperation(tls::Session& session) noexcept : TlsOperation(Direction::read, session)
    {
        moves_ = true;
        insists_ = true; // a client begins
    }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;
    [[nodiscard]] std::uint64_t other_key() const noexcept override { return key(); }
};

// Says that nothing more comes.
class TlsCloseOperation final : public TlsOperation {
public:
    explicit TlsCloseOperation(tls::Session& session) noexcept : TlsOperation(Direction::write, session)
    {
        insists_ = true;
    }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override;
};

} // namespace llnet
