// SPDX-License-Identifier: MIT
#pragma once

#include "core/loop/loop.hpp"
#include "core/loop/poll_backend.hpp"
#include "tests/unit/support/descriptors.hpp"
#include "tests/unit/support/outcomes.hpp"

#ifdef __linux__
#include "core/loop/epoll_backend_linux.hpp"
#endif

#include <gtest/gtest.h>

namespace llnet::test {

// A backend, and how a loop over it is told of a socket.
struct PollMaker {
    static constexpr const char* name = "poll";
    static std::unique_ptr<Backend> make(const sys::System& system) { return std::make_unique<PollBackend>(system); }
    static Outcome<Loop::Key> watch(Loop& loop, Socket& socket) { return loop.watch(socket); }
};

#ifdef __linux__
struct EpollMaker {
    static constexpr const char* name = "epoll";
    static std::unique_ptr<Backend> make(const sys::System&)
    {
        auto backend = std::make_unique<EpollBackend>();
        must(backend->open());
        return backend;
    }
    static Outcome<Loop::Key> watch(Loop& loop, Socket& socket) { return loop.watch(socket); }
};

// Of a number the loop does not learn when it is closed, so epoll watches it in another way.
struct EpollOfNumbersMaker : EpollMaker {
    static constexpr const char* name = "epoll_of_numbers";
    static Outcome<Loop::Key> watch(Loop& loop, Socket& socket) { return loop.watch(socket.fd.get()); }
};
using BackendMakers = ::testing::Types<PollMaker, EpollMaker, EpollOfNumbersMaker>;
#else
using BackendMakers = ::testing::Types<PollMaker>;
#endif

struct BackendNames {
    template <class T>
    static std::string GetName(int)
    {
        return T::name;
    }
};

inline Deadline in_ms(int ms)
{
    return Clock::now() + std::chrono::milliseconds(ms);
}

// A loop over one of the backends; every test begins with its own.
template <class Maker>
class LoopTest : public DescriptorTest {
protected:
    LoopTest() : loop(sys::host(), Maker::make(sys::host()))
    {
        must(loop.step(Clock::now())); // so that operations may finish at once
    }

    // The next operation that is finished, within a time that only a broken loop exceeds.
    Operation* next()
    {
        const Deadline patience = in_ms(10'000);
        Operation* finished = loop.take();
        while (finished == nullptr && Clock::now() < patience) {
            must(loop.step(patience));
            finished = loop.take();
        }
        return finished;
    }

    // What is finished after one look at what there is.
    Operation* now()
    {
        must(loop.step(Clock::now()));
        return loop.take();
    }

    Loop loop;
};

} // namespace llnet::test
