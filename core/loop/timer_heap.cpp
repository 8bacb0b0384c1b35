// SPDX-License-Identifier: MIT
#include "core/loop/timer_heap.hpp"

#include <utility>

namespace llnet {

void TimerHeap::remove(Timer& timer) noexcept
{
    Timer* below = merge_siblings(std::exchange(timer.child_, nullptr));
    if (&timer == root_) {
        root_ = below;
    } else {
        detach(timer);
        root_ = merge(root_, below);
    }
}

bool TimerHeap::goes_before(const Timer& a, const Timer& b) noexcept
{
    return a.when_ != b.when_ ? a.when_ < b.when_ : a.serial_ < b.serial_;
}

// Makes one heap of two, either of which may be null.
Timer* TimerHeap::merge(Timer* a, Timer* b) noexcept
{
    if (a == nullptr || b == nullptr) {
        return a != nullptr ? a : b;
    }
    if (goes_before(*b, *a)) {
        std::swap(a, b);
    }
    b->before_ = a;
    b->next_ = a->child_;
    if (a->child_ != nullptr) {
        a->child_->before_ = b;
    }
    a->child_ = b;
    return a;
}

// Makes one heap of a list of siblings: of pairs from the first to the last, and then of these from the last to the
// first. Without recursion, since there may be very many.
Timer* TimerHeap::merge_siblings(Timer* first) noexcept
{
    Timer* pairs = nullptr; // linked by next_, the last pair first
    while (first != nullptr) {
        Timer* second = first->next_;
        Timer* rest = second != nullptr ? second->next_ : nullptr;
        first->next_ = first->before_ = nullptr;
        if (second != nullptr) {
            second->next_ = second->before_ = nullptr;
        }
        Timer* pair = merge(first, second);
        pair->next_ = pairs;
        pairs = pair;
        first = rest;
    }
    Timer* heap = nullptr;
    while (pairs != nullptr) {
        Timer* pair = std::exchange(pairs, pairs->next_);
        pair->next_ = nullptr;
        heap = merge(heap, pair);
    }
    return heap;
}

// Takes a timer that is not the root out of the list of its siblings.
void TimerHeap::detach(Timer& timer) noexcept
{
    Timer* before = timer.before_;
    Timer*& link = before->child_ == &timer ? before->child_ : before->next_;
    link = timer.next_;
    if (timer.next_ != nullptr) {
        timer.next_->before_ = before;
    }
    timer.next_ = timer.before_ = nullptr;
}

} // namespace llnet
