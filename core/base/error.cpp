// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <netdb.h>

namespace llnet {

namespace {

constexpr ErrorRow errno_rows[] = {
#include "core/base/errno_rows.inc"
};

constexpr ErrorRow eai_rows[] = {
#include "core/base/eai_rows.inc"
};

constexpr ErrorKind kinds[] = {ErrorKind::system, ErrorKind::resolver};

// strerror_r exists in two forms: POSIX returns a status and fills the buffer, GNU returns the text.
[[maybe_unused]] const char* text_of(int status, const char* buffer) noexcept
{
    return status == 0 ? buffer : nullptr;
}

[[maybe_unused]] const char* text_of(const char* text, const char*) noexcept
{
    return text;
}

} // namespace

std::span<const ErrorRow> error_rows(ErrorKind kind) noexcept
{
    if (kind == ErrorKind::resolver) {
        return eai_rows;
    }
    return errno_rows;
}

const char* error_name(ErrorKind kind, int code) noexcept
{
    for (const ErrorRow& row : error_rows(kind)) {
        if (row.code == code) {
            return row.name;
        }
    }
    return nullptr;
}

const ErrorRow* find_error(std::string_view name, ErrorKind& kind) noexcept
{
    for (const ErrorKind each : kinds) {
        for (const ErrorRow& row : error_rows(each)) {
            if (name == row.name) {
                kind = each;
                return &row;
            }
        }
    }
    return nullptr;
}

const char* error_message(ErrorKind kind, int code, std::span<char> buffer) noexcept
{
    if (kind == ErrorKind::resolver) {
        return gai_strerror(code);
    }
    const char* text = text_of(strerror_r(code, buffer.data(), buffer.size()), buffer.data());
    return text != nullptr ? text : "Unknown error";
}

} // namespace llnet
