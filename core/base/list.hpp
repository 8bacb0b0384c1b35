// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

namespace llnet {

// What an object that can be in a List derives from. It leaves its list when it is destroyed.
class ListHook {
public:
    ListHook() noexcept = default;
    ListHook(const ListHook&) = delete;
    ListHook& operator=(const ListHook&) = delete;
    ~ListHook() { unlink(); }

    [[nodiscard]] bool linked() const noexcept { return after_ != this; }

    void unlink() noexcept
    {
        before_->after_ = after_;
        after_->before_ = before_;
        before_ = after_ = this;
    }

private:
    template <class T>
    friend class List;

    ListHook* before_ = this;
    ListHook* after_ = this;
};

// Objects in a row that owns and allocates nothing; each is in one list at most.
template <class T>
class List {
public:
    [[nodiscard]] bool empty() const noexcept { return !ends_.linked(); }

    void push_back(ListHook& hook) noexcept
    {
        hook.unlink();
        hook.before_ = ends_.before_;
        hook.after_ = &ends_;
        ends_.before_->after_ = &hook;
        ends_.before_ = &hook;
    }

    // nullptr when empty.
    [[nodiscard]] T* front() const noexcept { return empty() ? nullptr : static_cast<T*>(ends_.after_); }

    // The same, and takes it out.
    T* pop_front() noexcept
    {
        T* first = front();
        if (first != nullptr) {
            first->unlink();
        }
        return first;
    }

    // Moves all that is in `other` behind what is here.
    void take(List& other) noexcept
    {
        while (T* first = other.pop_front()) {
            push_back(*first);
        }
    }

private:
    ListHook ends_;
};

} // namespace llnet
