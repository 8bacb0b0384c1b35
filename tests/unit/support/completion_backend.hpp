// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/fd.hpp"
#include "core/loop/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <poll.h>
#include <random>
#include <vector>

namespace llnet::test {

// A completion backend without io_uring: it makes the system call of a request as soon as poll(2) says that it can be
// made. As the kernel does, it keeps the file of a request open, writes to the memory that the request names as long as
// it has it, and tells of the end of a request when it pleases.
class CompletionBackend final : public Backend {
public:
    // How it treats requests; to be changed at any time.
    struct Manners {
        bool finishes_withdrawn = false;   // one that can be made is made all the same
        int delay = 0;                     // how many calls of wait() pass before a result is told
        int withdrawn_delay = 0;           // the same for what was withdrawn
        std::size_t most_bytes = SIZE_MAX; // that one request moves
        int submit_error = 0;              // with which it takes no more requests
        bool at_random = false;            // the first four as the dice fall
    };

    explicit CompletionBackend(const sys::System& system) : system_(system)
    {
        submitted_.reserve(room);
        polled_.reserve(room);
    }

    // The memory of a request may be gone by now.
    ~CompletionBackend() override { EXPECT_EQ(in_flight(), 0U) << "requests were not waited for"; }

    Manners manners;

    [[nodiscard]] std::size_t in_flight() const noexcept { return submitted_.size(); }
    [[nodiscard]] int withdrawals() const noexcept { return withdrawals_; }

    [[nodiscard]] const char* name() const noexcept override { return "completion"; }
    [[nodiscard]] bool submits() const noexcept override { return true; }

    Outcome<> add(Watched& watched) override { return is_current(watched) ? done() : failed(EBADF, name()); }
    void remove(Watched&) noexcept override {}
    bool is_current(Watched& watched) noexcept override { return system_.descriptor_flags(watched.fd).ok(); }

    Outcome<> arm(Watched&) noexcept override { return failed(EINVAL, name()); }
    Outcome<> calm(Watched&) noexcept override
    {
        ADD_FAILURE() << "nothing was armed";
        return done();
    }
    void mute(Watched&) noexcept override { ADD_FAILURE() << "nothing was armed"; }

    Outcome<> submit(const Request& request, std::uint64_t key, Ticket ticket) noexcept override
    {
        if (manners.submit_error != 0 || submitted_.size() == room) {
            return failed(manners.submit_error != 0 ? manners.submit_error : EAGAIN, name());
        }
        const sys::Result<> file = system_.duplicate(request.fd);
        if (!file.ok()) {
            return failed(file.error, name());
        }
        Submitted& entry = submitted_.emplace_back();
        entry.file = Fd(file.value);
        entry.request = request;
        entry.request.fd = file.value;
        entry.key = key;
        entry.ticket = ticket;
        return done();
    }

    // What is not known is on its way already.
    void withdraw(Ticket ticket) noexcept override
    {
        ++withdrawals_;
        for (Submitted& entry : submitted_) {
            entry.is_withdrawn = entry.is_withdrawn || entry.ticket == ticket;
        }
    }

    Outcome<std::size_t> wait(std::span<Event> events, int timeout_ms) noexcept override
    {
        work();
        const auto is_back = [](const Submitted& entry) { return entry.is_back; };
        if (timeout_ms != 0 && std::none_of(submitted_.begin(), submitted_.end(), is_back)) {
            if (!poll_all(timeout_ms)) {
                return failed<std::size_t>(EDEADLK, name());
            }
            work();
        }
        return done(tell(events));
    }

private:
    struct Submitted {
        Fd file;
        Request request;
        std::uint64_t key = 0;
        Ticket ticket = 0;
        bool is_withdrawn = false;
        bool is_back = false; // with this result, which is told after so many calls
        sys::Result<ssize_t> result{};
        int delay = 0;
    };

    static constexpr std::size_t room = 1024;
    static constexpr int patience_ms = 3000; // in which a request of a test that waits for ever comes back

    const sys::System& system_;
    std::vector<Submitted> submitted_;
    std::vector<pollfd> polled_;
    std::mt19937 dice_;
    int withdrawals_ = 0;

    static short events_of(const Request& request) noexcept
    {
        switch (request.kind) {
        case Request::Kind::poll:
            return static_cast<short>(request.flags);
        case Request::Kind::receive:
        case Request::Kind::accept:
            return POLLIN;
        default:
            return POLLOUT;
        }
    }

    static bool is_blocked(int error) noexcept
    {
        return means_again(error) || error == EINPROGRESS || error == EALREADY;
    }

    // Makes the calls that can be made.
    void work() noexcept
    {
        for (Submitted& entry : submitted_) {
            if (entry.is_back) {
                continue;
            }
            draw_manners();
            const bool is_wanted = !entry.is_withdrawn || manners.finishes_withdrawn;
            pollfd polled{entry.file.get(), events_of(entry.request), 0};
            const bool is_ready = is_wanted && system_.poll({&polled, 1}, 0).value == 1;
            entry.result = is_ready ? make(entry.request) : sys::Result<ssize_t>{-1, EAGAIN};
            entry.is_back = !is_blocked(entry.result.error) || entry.is_withdrawn;
            if (is_blocked(entry.result.error)) {
                entry.result.error = ECANCELED;
            }
            entry.delay = entry.is_withdrawn ? manners.withdrawn_delay : manners.delay;
        }
    }

    void draw_manners() noexcept
    {
        if (manners.at_random) {
            manners.finishes_withdrawn = dice_() % 2 == 0;
            manners.delay = static_cast<int>(dice_() % 3);
            manners.withdrawn_delay = static_cast<int>(dice_() % 3);
            manners.most_bytes = dice_() % 2 == 0 ? SIZE_MAX : 1 + dice_() % 100;
        }
    }

    sys::Result<ssize_t> make(Request request) noexcept
    {
        request.size = std::min(request.size, manners.most_bytes);
        return execute(system_, request);
    }

    // False: nothing will ever come.
    bool poll_all(int timeout_ms) noexcept
    {
        polled_.clear();
        for (const Submitted& entry : submitted_) {
            polled_.push_back({entry.file.get(), events_of(entry.request), 0});
        }
        const bool is_for_ever = timeout_ms < 0;
        const sys::Result<> ready = system_.poll(polled_, is_for_ever ? patience_ms : timeout_ms);
        const bool is_dead = is_for_ever && ready.ok() && ready.value == 0;
        EXPECT_FALSE(is_dead) << "waited for ever";
        return !is_dead;
    }

    std::size_t tell(std::span<Event> events) noexcept
    {
        std::size_t count = 0;
        for (std::size_t i = 0; i < submitted_.size() && count < events.size();) {
            Submitted& entry = submitted_[i];
            if (!entry.is_back || entry.delay-- > 0) {
                ++i;
                continue;
            }
            Event& event = events[count++];
            event = {};
            event.key = entry.key;
            event.ticket = entry.ticket;
            event.result = entry.result;
            submitted_.erase(submitted_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        return count;
    }
};

// How a loop over one is made; see loops.hpp.
struct CompletionMaker {
    static constexpr const char* name = "completion";
    static std::unique_ptr<Backend> make(const sys::System& system)
    {
        return std::make_unique<CompletionBackend>(system);
    }
    static Outcome<Loop::Key> watch(Loop& loop, Socket& socket) { return loop.watch(socket); }
};

struct UnrulyCompletionMaker : CompletionMaker {
    static constexpr const char* name = "unruly_completion";
    static std::unique_ptr<Backend> make(const sys::System& system)
    {
        auto backend = std::make_unique<CompletionBackend>(system);
        backend->manners.at_random = true;
        return backend;
    }
};

// The backend of a loop made so.
inline CompletionBackend& completion_backend_of(const Loop& loop)
{
    return const_cast<CompletionBackend&>(dynamic_cast<const CompletionBackend&>(loop.backend()));
}

} // namespace llnet::test
