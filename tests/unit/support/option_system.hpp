// SPDX-License-Identifier: MIT
#pragma once

#include "tests/unit/support/systems.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace llnet::test {

template <class T>
std::vector<std::byte> as_bytes(const T& value)
{
    std::vector<std::byte> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

// A system that has one option, of whatever name: it notes what was set and gives it back.
class OptionSystem : public HostSystem {
public:
    sys::Result<> get_option(int, int asked_level, int asked_name, void* into, socklen_t* size) const noexcept override
    {
        note(asked_level, asked_name);
        *size = static_cast<socklen_t>(std::min<std::size_t>(*size, value.size()));
        if (*size > 0) {
            std::memcpy(into, value.data(), *size);
        }
        return {};
    }

    sys::Result<> set_option(int, int asked_level, int asked_name, const void* from,
                             socklen_t size) const noexcept override
    {
        note(asked_level, asked_name);
        const auto* bytes = static_cast<const std::byte*>(from);
        value.assign(bytes, bytes + size);
        return {};
    }

    template <class T>
    [[nodiscard]] T value_as() const
    {
        T copy{};
        if (value.size() != sizeof copy) {
            throw std::length_error("the option is of another size");
        }
        std::memcpy(&copy, value.data(), sizeof copy);
        return copy;
    }

    mutable int level = -1;
    mutable int name = -1;
    mutable int calls = 0;
    mutable std::vector<std::byte> value;

private:
    void note(int asked_level, int asked_name) const noexcept
    {
        level = asked_level;
        name = asked_name;
        ++calls;
    }
};

} // namespace llnet::test
