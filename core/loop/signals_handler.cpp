// SPDX-License-Identifier: MIT
#include "core/loop/signals.hpp"

#include "core/base/fd.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>

namespace llnet {

namespace {

// A signal that is caught in this process.
struct Caught {
    std::atomic<bool> came = false;
    unsigned holders = 0;
    struct sigaction before {};
};

// Where a handler writes a byte.
struct Bell {
    Fd sender;
    std::atomic<Bell*> next = nullptr;
};

// All that a handler touches is without locks.
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<Bell*>::is_always_lock_free);

std::array<Caught, SignalOperation::end> all_caught;
std::atomic<Bell*> bells = nullptr;
std::atomic<int> ringing = 0; // handlers that may be using bells
std::mutex mutex;             // for everybody but the handler

Caught& caught(int signal) noexcept
{
    return all_caught[static_cast<std::size_t>(signal)];
}

extern "C" void on_signal(int signal)
{
    const int error = errno;
    ++ringing;
    caught(signal).came = true;
    for (const Bell* bell = bells; bell != nullptr; bell = bell->next) {
        ::send(bell->sender.get(), "", 1, MSG_DONTWAIT); // when it is full, the loop has not looked since: it will
    }
    --ringing;
    errno = error;
}

class HandlerSource final : public SignalSource {
public:
    explicit HandlerSource(const sys::System& system) noexcept : SignalSource(SIG_UNBLOCK), system_(system) {}
    HandlerSource(const HandlerSource&) = delete;
    HandlerSource& operator=(const HandlerSource&) = delete;
    ~HandlerSource() override
    {
        const std::lock_guard lock(mutex);
        for (std::atomic<Bell*>* link = &bells; *link != nullptr; link = &link->load()->next) {
            if (*link == &bell_) {
                link->store(bell_.next);
                break;
            }
        }
        while (ringing > 0) { // in other threads
            std::this_thread::yield();
        }
    }

    Outcome<int> open() noexcept override
    {
        if (receiver_.get() < 0) {
            int fds[2] = {-1, -1};
            const sys::Result<> made = system_.socket_pair(AF_UNIX, SOCK_STREAM, 0, true, fds);
            if (!made.ok()) {
                return failed<int>(made.error, "socketpair");
            }
            receiver_ = Fd(fds[0]);
            bell_.sender = Fd(fds[1]);
            const std::lock_guard lock(mutex);
            bell_.next = bells.load();
            bells = &bell_;
        }
        return done(receiver_.get());
    }

    void hold(int signal) noexcept override
    {
        const std::lock_guard lock(mutex);
        Caught& entry = caught(signal);
        if (entry.holders++ == 0) {
            entry.came = false;
            struct sigaction action {};
            action.sa_handler = on_signal;
            action.sa_flags = SA_RESTART;
            sigaction(signal, &action, &entry.before);
        }
    }

    void let_go(int signal) noexcept override
    {
        if (is_last_to_restore(signal) && caught(signal).came.exchange(false)) {
            ::kill(::getpid(), signal);
        }
    }

    void listen(const sigset_t&) noexcept override
    {
        std::array<char, 64> bytes;
        while (system_.receive(receiver_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT).value > 0) {
        }
    }

    int take(const sigset_t& set) noexcept override
    {
        for (int signal = 1; signal < SignalOperation::end; ++signal) {
            if (sigismember(&set, signal) == 1 && caught(signal).came.exchange(false)) {
                return signal;
            }
        }
        return 0;
    }

private:
    const sys::System& system_;
    Fd receiver_;
    Bell bell_;

    // True for the last that held the signal; its disposition is the program's again then.
    static bool is_last_to_restore(int signal) noexcept
    {
        const std::lock_guard lock(mutex);
        Caught& entry = caught(signal);
        if (--entry.holders > 0) {
            return false;
        }
        struct sigaction now {};
        sigaction(signal, nullptr, &now);
        if (now.sa_handler == on_signal) { // else the program has made another in the meantime
            sigaction(signal, &entry.before, nullptr);
        }
        return true;
    }
};

} // namespace

std::unique_ptr<SignalSource> make_handler_source(const sys::System& system)
{
    return std::make_unique<HandlerSource>(system);
}

} // namespace llnet
