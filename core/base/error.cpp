// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"

#include <algorithm>
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

constexpr ErrorRow tls_rows[] = {
#include "core/base/tls_rows.inc"
};

constexpr ErrorKind kinds[] = {ErrorKind::system, ErrorKind::resolver, ErrorKind::tls};

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

namespace {

// The first of its code, which has the canonical name; nullptr if there is none.
const ErrorRow* row_of(ErrorKind kind, int code) noexcept
{
    const std::span<const ErrorRow> rows = error_rows(kind);
    const auto row = std::find_if(rows.begin(), rows.end(), [code](const ErrorRow& each) { return each.code == code; });
    return row != rows.end() ? &*row : nullptr;
}

} // namespace

std::span<const ErrorRow> error_rows(ErrorKind kind) noexcept
{
    switch (kind) {
    case ErrorKind::resolver:
        return eai_rows;
    case ErrorKind::tls:
        return tls_rows;
    default:
        return errno_rows;
    }
}

const char* error_name(ErrorKind kind, int code) noexcept
{
    const ErrorRow* row = row_of(kind, code);
    return row != nullptr ? row->name : nullptr;
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
    if (kind == ErrorKind::tls) {
        const ErrorRow* row = row_of(kind, code);
        return row != nullptr ? row->text : "Unknown error of TLS";
    }
    const char* text = text_of(strerror_r(code, buffer.data(), buffer.size()), buffer.data());
    return text != nullptr ? text : "Unknown error";
}

} // namespace llnet
