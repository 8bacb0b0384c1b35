// SPDX-License-Identifier: MIT
#include "core/msg/io_vector.hpp"

#include "core/sock/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace llnet {

IoVector::Element IoVector::make(std::size_t size)
{
    return {std::make_unique<char[]>(size), 0, size};
}

IoVector::Element IoVector::make(std::string_view bytes)
{
    Element element = make(bytes.size());
    bytes.copy(element.data(), bytes.size());
    return element;
}

Outcome<std::size_t> IoVector::check_room(std::size_t size) const noexcept
{
    if (size == 0) {
        return failed<std::size_t>(EINVAL, "iovec");
    }
    if (elements_.size() >= max_elements) {
        return failed<std::size_t>(ENOBUFS, "iovec");
    }
    return done(elements_.size());
}

Outcome<std::size_t> IoVector::append(Element element)
{
    elements_.push_back(std::move(element));
    return done(elements_.size() - 1);
}

Outcome<std::size_t> IoVector::add(std::string_view bytes)
{
    const Outcome<std::size_t> room = check_room(bytes.size());
    return room.done() ? append(make(bytes)) : room;
}

Outcome<std::size_t> IoVector::add_room(std::size_t size)
{
    const Outcome<std::size_t> room = check_room(size);
    return room.done() ? append(make(size)) : room;
}

Outcome<> IoVector::set(std::size_t index, std::string_view bytes)
{
    if (bytes.empty()) {
        return failed(EINVAL, "iovec");
    }
    elements_[index] = make(bytes);
    return done();
}

std::string_view IoVector::get(std::size_t index) const noexcept
{
    const Element& element = elements_[index];
    return {element.data(), element.size};
}

void IoVector::remove(std::size_t index) noexcept
{
    std::swap(elements_[index], elements_.back());
    elements_.pop_back();
}

std::size_t IoVector::bytes() const noexcept
{
    std::size_t total = 0;
    for (const Element& element : elements_) {
        total += element.size;
    }
    return total;
}

void IoVector::consume(std::size_t count) noexcept
{
    auto first = elements_.begin();
    for (; first != elements_.end() && first->size <= count; ++first) {
        count -= first->size;
    }
    if (first != elements_.end()) {
        first->start += count;
        first->size -= count;
    }
    elements_.erase(elements_.begin(), first);
}

std::size_t IoVector::copy(std::size_t offset, std::span<char> into) const noexcept
{
    std::size_t copied = 0;
    for (const Element& element : elements_) {
        const std::size_t skip = std::min(offset, element.size);
        const std::size_t size = std::min(element.size - skip, into.size() - copied);
        std::copy_n(element.data() + skip, size, into.data() + copied);
        offset -= skip;
        copied += size;
    }
    return copied;
}

std::size_t IoVector::parts(std::size_t offset, std::size_t count, std::span<iovec> into) noexcept
{
    std::size_t used = 0;
    for (const Element& element : elements_) {
        const std::size_t skip = std::min(offset, element.size);
        const std::size_t size = std::min(element.size - skip, count);
        offset -= skip;
        count -= size;
        if (size > 0 && used < into.size()) {
            into[used++] = {element.data() + skip, size};
        }
    }
    return used;
}

namespace {

using VectorCall = sys::Result<ssize_t> (sys::System::*)(int, std::span<const iovec>) const noexcept;

sys::Result<ssize_t> transfer(const sys::System& system, int fd, IoVector& vector, std::size_t offset,
                              std::size_t count, VectorCall call) noexcept
{
    std::array<iovec, IoVector::max_elements> parts;
    const std::size_t used = vector.parts(offset, count, parts);
    if (used == 0) {
        return {};
    }
    return (system.*call)(fd, {parts.data(), used});
}

} // namespace

Outcome<std::size_t> write_vector(const sys::System& system, int fd, IoVector& vector, std::size_t offset,
                                  std::size_t count) noexcept
{
    const sys::Result<ssize_t> result = transfer(system, fd, vector, offset, count, &sys::System::write_vector);
    if (!result.ok()) {
        return again_or_failed<std::size_t>(result.error, "writev");
    }
    return done(static_cast<std::size_t>(result.value));
}

Outcome<std::size_t> read_vector(const sys::System& system, int fd, IoVector& vector, std::size_t offset,
                                 std::size_t count) noexcept
{
    const bool wants_bytes = count > 0 && offset < vector.bytes();
    const sys::Result<ssize_t> result = transfer(system, fd, vector, offset, count, &sys::System::read_vector);
    if (!result.ok()) {
        return again_or_failed<std::size_t>(result.error, "readv");
    }
    if (result.value == 0 && wants_bytes && nothing_means_end(system, {fd}, 0)) {
        return end_of_stream<std::size_t>();
    }
    return done(static_cast<std::size_t>(result.value));
}

} // namespace llnet
