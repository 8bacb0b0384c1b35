// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>

namespace llnet {

// Who is told before a socket's descriptor is closed or given away.
class Watcher {
public:
    Watcher() = default;
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    // The tie is cut already when this is called.
    virtual void forget(std::uint64_t key) noexcept = 0;

protected:
    ~Watcher() = default;
};

// A socket's tie to its watcher, who keeps the address of it: what is moved is untied afterwards, and so is the target.
class Watch {
public:
    Watch() noexcept = default;
    Watch(Watch&& other) noexcept { other.end(); }
    Watch& operator=(Watch&& other) noexcept
    {
        other.end();
        end();
        return *this;
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { end(); }

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

} // namespace llnet
