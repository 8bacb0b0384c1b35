// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/outcome.hpp"
#include "core/sys/result.hpp"

#include <gmock/gmock.h>
#include <ostream>
#include <string>
#include <system_error>

namespace llnet {

inline std::string text_of(const Error& error)
{
    const char* name = error_name(error.kind, error.code);
    return std::string(name != nullptr ? name : std::to_string(error.code)) + " from '" + error.op + "'";
}

// How GoogleTest prints outcomes and results.
template <class T>
void PrintTo(const Outcome<T>& out, std::ostream* stream)
{
    constexpr const char* names[] = {"done", "again", "end of stream", "failed"};
    *stream << names[static_cast<std::size_t>(out.status)];
    if (out.error.code != 0) {
        *stream << ": " << text_of(out.error);
    }
}

namespace sys {

template <class T>
void PrintTo(const Result<T>& result, std::ostream* stream)
{
    *stream << "value " << result.value << ", errno " << result.error;
}

} // namespace sys

namespace test {

MATCHER(is_done, "is done")
{
    return arg.status == Status::done;
}

MATCHER_P(is_done_with, value, "is done with " + ::testing::PrintToString(value))
{
    return arg.status == Status::done &&
           ::testing::ExplainMatchResult(::testing::Eq(value), arg.value, result_listener);
}

MATCHER(says_again, "says again")
{
    return arg.status == Status::again;
}

MATCHER(is_end_of_stream, "is the end of the stream")
{
    return arg.status == Status::end;
}

MATCHER_P2(failed_with, code, op, "failed with " + text_of(system_error(code, op)))
{
    return arg.status == Status::failed && arg.error == system_error(code, op) && std::string(arg.error.op) == op;
}

MATCHER(succeeds, "succeeds")
{
    return arg.ok();
}

MATCHER_P(fails_with, error, "fails with errno " + ::testing::PrintToString(error))
{
    return arg.value <= 0 && arg.error == error;
}

// The value of what a test needs to go right before it can begin.
template <class T>
T must(const Outcome<T>& out)
{
    if (!out.done()) {
        throw std::system_error(out.error.code, std::generic_category(), out.error.op);
    }
    return out.value;
}

template <class T>
T must(const sys::Result<T>& result)
{
    if (!result.ok()) {
        throw std::system_error(result.error, std::generic_category());
    }
    return result.value;
}

} // namespace test

} // namespace llnet
