// SPDX-License-Identifier: MIT
#include "core/loop/signals.hpp"

#include "core/base/fd.hpp"
#include "core/sys/signalfd_linux.hpp"

namespace llnet {

namespace {

// Leaves blocked signals pending in the kernel until they are taken. The descriptor is never read: it only tells.
class SignalfdSource final : public SignalSource {
public:
    SignalfdSource() noexcept : SignalSource(SIG_BLOCK) {}

    Outcome<int> open() noexcept override
    {
        if (fd_.get() < 0) {
            sigset_t none;
            sigemptyset(&none);
            const sys::Result<> made = sys::signal_descriptor(-1, none);
            if (!made.ok()) {
                return failed<int>(made.error, "signalfd");
            }
            fd_ = Fd(made.value);
        }
        return done(fd_.get());
    }

    void listen(const sigset_t& wanted) noexcept override
    {
        static_cast<void>(sys::signal_descriptor(fd_.get(), wanted));
    }

    int take(const sigset_t& set) noexcept override
    {
        const sys::Result<> taken = sys::take_signal(set);
        return taken.ok() ? taken.value : 0;
    }

private:
    Fd fd_;
};

} // namespace

std::unique_ptr<SignalSource> make_signal_source(const sys::System&)
{
    return std::make_unique<SignalfdSource>();
}

} // namespace llnet
