// SPDX-License-Identifier: MIT
#include "bench/cores/rows.hpp"

#include <ev.h>
#include <fcntl.h>
#include <string>

namespace {

class Libev {
public:
    Libev(const std::vector<int>& fds, std::size_t timers) : connections_(fds.size()), timers_(timers)
    {
        ev_set_userdata(loop_, this);
        for (std::size_t i = 0; i < fds.size(); ++i) {
            fcntl(fds[i], F_SETFL, O_NONBLOCK);
            ev_io_init(&connections_[i].read, echo, fds[i], EV_READ);
            ev_timer_init(&connections_[i].deadline, abort, cores::far_sec, 0);
        }
        for (ev_timer& timer : timers_) {
            ev_init(&timer, passed);
        }
    }

    void echo()
    {
        for (Connection& connection : connections_) {
            ev_io_start(loop_, &connection.read);
        }
    }

    void run(std::size_t count)
    {
        left_ = count;
        ev_run(loop_, 0);
    }

    void arm(std::size_t timer, double seconds)
    {
        ev_timer_set(&timers_[timer], seconds, 0);
        ev_timer_start(loop_, &timers_[timer]);
    }

    void disarm(std::size_t timer) { ev_timer_stop(loop_, &timers_[timer]); }

    void start(std::size_t connection)
    {
        ev_io_start(loop_, &connections_[connection].read);
        ev_timer_set(&connections_[connection].deadline, cores::far_sec, 0);
        ev_timer_start(loop_, &connections_[connection].deadline);
    }

    void cancel(std::size_t connection)
    {
        ev_io_stop(loop_, &connections_[connection].read);
        ev_timer_stop(loop_, &connections_[connection].deadline);
    }

    void settle() { ev_run(loop_, EVRUN_NOWAIT); }

private:
    struct Connection {
        ev_io read;
        ev_timer deadline;
    };

    struct ev_loop* loop_ = ev_loop_new(EVBACKEND_EPOLL);
    std::vector<Connection> connections_;
    std::vector<ev_timer> timers_;
    std::array<char, cores::room_size> room_; // for all
    std::size_t left_ = 0;

    static Libev& of(struct ev_loop* loop) { return *static_cast<Libev*>(ev_userdata(loop)); }

    static void echo(struct ev_loop* loop, ev_io* watcher, int)
    {
        Libev& ours = of(loop);
        const ssize_t count = read(watcher->fd, ours.room_.data(), ours.room_.size());
        if (count > 0) {
            const auto size = static_cast<std::size_t>(count);
            cores::require(write(watcher->fd, ours.room_.data(), size) == count, "write");
            ours.finished_one();
        }
    }

    static void passed(struct ev_loop* loop, ev_timer*, int) { of(loop).finished_one(); }
    static void abort(struct ev_loop*, ev_timer*, int) { std::abort(); }

    void finished_one()
    {
        if (--left_ == 0) {
            ev_break(loop_, EVBREAK_ONE);
        }
    }
};

} // namespace

int main(int argc, char** argv)
{
    const std::string version = std::to_string(ev_version_major()) + "." + std::to_string(ev_version_minor());
    return cores::main<Libev>(("libev " + version).c_str(), argc, argv);
}
