// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/error.hpp"

#include <cerrno>
#include <cstdint>

namespace llnet {

// How a call of the core ended.
enum class Status : std::uint8_t {
    done,   // with a value
    again,  // it would block or was interrupted: the same call may be made later
    end,    // the peer closed the stream
    failed, // with an error
};

// A value for calls that have none to give.
struct None {};

// What a call of the core gives. Trivial whenever T is, so that glue may hold it while Lua can raise.
template <class T = None>
struct [[nodiscard]] Outcome {
    Status status = Status::done;
    T value{};
    Error error{};

    [[nodiscard]] bool done() const noexcept { return status == Status::done; }
};

template <class T>
Outcome<T> done(T value) noexcept
{
    return {Status::done, value, {}};
}

inline Outcome<> done() noexcept
{
    return {};
}

template <class T = None>
Outcome<T> end_of_stream() noexcept
{
    return {Status::end, T{}, {}};
}

template <class T = None>
Outcome<T> failed(Error error) noexcept
{
    return {Status::failed, T{}, error};
}

template <class T = None>
Outcome<T> failed(int code, const char* op) noexcept
{
    return failed<T>(system_error(code, op));
}

// The kernel's way of saying "not now": EAGAIN, EWOULDBLOCK, EINTR.
inline bool means_again(int code) noexcept
{
    return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

// A failed call that may mean "not now".
template <class T = None>
Outcome<T> again_or_failed(int code, const char* op) noexcept
{
    return {means_again(code) ? Status::again : Status::failed, T{}, system_error(code, op)};
}

} // namespace llnet
