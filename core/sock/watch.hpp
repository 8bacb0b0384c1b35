// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/fd.hpp"

#include <cstdint>
#include <utility>

namespace llnet {

// Who is told before a socket's descriptor is closed or given away.
class Watcher {
public:
    Watcher() = default;
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    virtual ~Watcher() = default;

    // The tie is cut already when this is called.
    virtual void forget(std::uint64_t key) noexcept = 0;
};

// A tie to a watcher, who keeps the address of it.
class Watch {
public:
    Watch() noexcept = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { end(); }

    // To be called for one that is not tied.
    void begin(Watcher& watcher, std::uint64_t key) noexcept
    {
        watcher_ = &watcher;
        key_ = key;
    }

    // To be called before the descriptor is closed or given away.
    void end() noexcept
    {
        if (watcher_ != nullptr) {
            std::exchange(watcher_, nullptr)->forget(key_);
        }
    }

    // For the watcher that looks no longer.
    void untie() noexcept { watcher_ = nullptr; }

    [[nodiscard]] bool is_by(const Watcher& watcher) const noexcept { return watcher_ == &watcher; }
    [[nodiscard]] std::uint64_t key() const noexcept { return key_; }

private:
    Watcher* watcher_ = nullptr;
    std::uint64_t key_ = 0;
};

// Owns a descriptor that somebody may watch, who is told before it goes. A descriptor that is moved is watched no
// longer.
class WatchedFd {
public:
    WatchedFd() noexcept = default;
    WatchedFd(Fd&& fd) noexcept : fd_(std::move(fd)) {}
    WatchedFd(WatchedFd&& other) noexcept : fd_(other.release()) {}
    WatchedFd& operator=(WatchedFd&& other) noexcept
    {
        watch_.end();
        fd_ = Fd(other.release());
        return *this;
    }
    WatchedFd(const WatchedFd&) = delete;
    WatchedFd& operator=(const WatchedFd&) = delete;
    ~WatchedFd() = default;

    [[nodiscard]] int get() const noexcept { return fd_.get(); }

    [[nodiscard]] int release() noexcept
    {
        watch_.end();
        return fd_.release();
    }

    [[nodiscard]] Watch& watch() noexcept { return watch_; }

private:
    Fd fd_;
    Watch watch_; // behind it, so that it ends first
};

} // namespace llnet
