// SPDX-License-Identifier: MIT
#include "bench/cores/rows.hpp"

#include <string>
#include <uv.h>

namespace {

class Libuv {
public:
    Libuv(const std::vector<int>& fds, std::size_t timers) : connections_(fds.size()), timers_(timers)
    {
        require(uv_loop_init(&loop_));
        loop_.data = this;
        for (std::size_t i = 0; i < fds.size(); ++i) {
            require(uv_pipe_init(&loop_, &connections_[i].pipe, 0));
            require(uv_pipe_open(&connections_[i].pipe, fds[i]));
            require(uv_timer_init(&loop_, &connections_[i].deadline));
        }
        for (uv_timer_t& timer : timers_) {
            require(uv_timer_init(&loop_, &timer));
        }
    }

    void echo()
    {
        for (Connection& connection : connections_) {
            start_read(connection);
        }
    }

    void run(std::size_t count)
    {
        left_ = count;
        uv_run(&loop_, UV_RUN_DEFAULT);
    }

    void arm(std::size_t timer, double seconds)
    {
        const auto passed = [](uv_timer_t* handle) { of(handle->loop).finished_one(); };
        require(uv_timer_start(&timers_[timer], passed, static_cast<std::uint64_t>(seconds * 1000), 0));
    }

    void disarm(std::size_t timer) { require(uv_timer_stop(&timers_[timer])); }

    void start(std::size_t connection)
    {
        const auto passed = [](uv_timer_t*) { std::abort(); };
        start_read(connections_[connection]);
        require(uv_timer_start(&connections_[connection].deadline, passed, cores::far_sec * 1000, 0));
    }

    void cancel(std::size_t connection)
    {
        require(uv_read_stop(stream_of(connections_[connection])));
        require(uv_timer_stop(&connections_[connection].deadline));
    }

    void settle() { uv_run(&loop_, UV_RUN_NOWAIT); }

private:
    struct Connection {
        uv_pipe_t pipe;
        uv_timer_t deadline;
    };

    uv_loop_t loop_{};
    std::vector<Connection> connections_;
    std::vector<uv_timer_t> timers_;
    std::array<char, cores::room_size> room_; // for all
    std::size_t left_ = 0;

    static void require(int result) { cores::require(result == 0, "libuv"); }
    static Libuv& of(uv_loop_t* loop) { return *static_cast<Libuv*>(loop->data); }
    static uv_stream_t* stream_of(Connection& connection) { return reinterpret_cast<uv_stream_t*>(&connection.pipe); }

    static void start_read(Connection& connection) { require(uv_read_start(stream_of(connection), give_room, echo)); }

    static void give_room(uv_handle_t* handle, std::size_t, uv_buf_t* buffer)
    {
        *buffer = uv_buf_init(of(handle->loop).room_.data(), cores::room_size);
    }

    static void echo(uv_stream_t* stream, ssize_t count, const uv_buf_t* received)
    {
        if (count > 0) { // 0: nothing was there
            const uv_buf_t buffer = uv_buf_init(received->base, static_cast<unsigned>(count));
            cores::require(uv_try_write(stream, &buffer, 1) == count, "uv_try_write");
            of(stream->loop).finished_one();
        }
    }

    void finished_one()
    {
        if (--left_ == 0) {
            uv_stop(&loop_);
        }
    }
};

} // namespace

int main(int argc, char** argv)
{
    return cores::main<Libuv>((std::string("libuv ") + uv_version_string()).c_str(), argc, argv);
}
