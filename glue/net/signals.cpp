// SPDX-License-Identifier: MIT
#include "glue/net/signals.hpp"

#include "glue/net/wait.hpp"

#include <csignal>
#include <cstring>

namespace llnet {

namespace {

struct SignalRow {
    const char* name;
    int number;
};

constexpr SignalRow rows[] = {
    {"SIGHUP", SIGHUP},     {"SIGINT", SIGINT},   {"SIGQUIT", SIGQUIT}, {"SIGILL", SIGILL},   {"SIGTRAP", SIGTRAP},
    {"SIGABRT", SIGABRT},   {"SIGBUS", SIGBUS},   {"SIGFPE", SIGFPE},   {"SIGKILL", SIGKILL}, {"SIGUSR1", SIGUSR1},
    {"SIGSEGV", SIGSEGV},   {"SIGUSR2", SIGUSR2}, {"SIGPIPE", SIGPIPE}, {"SIGALRM", SIGALRM}, {"SIGTERM", SIGTERM},
    {"SIGCHLD", SIGCHLD},   {"SIGCONT", SIGCONT}, {"SIGSTOP", SIGSTOP}, {"SIGTSTP", SIGTSTP}, {"SIGTTIN", SIGTTIN},
    {"SIGTTOU", SIGTTOU},   {"SIGURG", SIGURG},   {"SIGXCPU", SIGXCPU}, {"SIGXFSZ", SIGXFSZ}, {"SIGVTALRM", SIGVTALRM},
    {"SIGPROF", SIGPROF},   {"SIGSYS", SIGSYS},
#ifdef SIGWINCH
    {"SIGWINCH", SIGWINCH},
#endif
#ifdef SIGIO
    {"SIGIO", SIGIO},
#endif
};

// A signal by its number or its name.
int check_signal(lua_State* L, int index)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        return check_int(L, index, 1);
    }
    if (lua_type(L, index) != LUA_TSTRING) {
        type_error(L, index, "signal's number or name");
    }
    const char* name = lua_tostring(L, index);
    for (const SignalRow& row : rows) {
        if (std::strcmp(row.name, name) == 0) {
            return row.number;
        }
    }
    return argument_error(L, index, lua_pushfstring(L, "no signal '%s' here", name));
}

// The signals from `first` to the last argument.
sigset_t check_signals(lua_State* L, int first)
{
    sigset_t set;
    sigemptyset(&set);
    if (lua_gettop(L) < first) {
        argument_error(L, first, "signal expected, got no value");
    }
    for (int index = first; index <= lua_gettop(L); ++index) {
        const int signal = check_signal(L, index);
        if (signal == SIGKILL || signal == SIGSTOP || sigaddset(&set, signal) != 0) {
            argument_error(L, index, "no signal that can be waited for");
        }
    }
    return set;
}

int push_signal(lua_State* L, Scheduler&, Task& task)
{
    const Outcome<std::size_t>& out = task.operation()->outcome();
    if (!out.done()) {
        return push_failure(L, task);
    }
    lua_pushinteger(L, static_cast<lua_Integer>(out.value));
    return 1;
}

constexpr Waiting in_sigwait{"sigwait", push_signal, room_for<SignalOperation>};

// sigwait(seconds, signal...) -> number | nil, err | nil, nil, true
int sigwait(lua_State* L)
{
    const sigset_t set = check_signals(L, 2);
    const Wait wait = check_wait(L, in_sigwait, 1);
    if (is_too_late(wait)) {
        wait.task.emplace_operation<SignalOperation>();
        return miss_wait(L, wait);
    }
    const Outcome<> started = work([&] {
        auto& operation = wait.task.emplace_operation<SignalOperation>();
        return wait.scheduler.signals().start(operation, set, wait.until);
    });
    return started.done() ? yield_wait(L, wait) : push_failure(L, started.error, "sigwait");
}

constexpr Method functions[] = {
    {"sigwait", sigwait},
};

} // namespace

void add_signals(lua_State* L)
{
    const int module = lua_gettop(L) - 1;
    add_functions(L, Class::task, functions);
    lua_newtable(L);
    for (const SignalRow& row : rows) {
        lua_pushinteger(L, row.number);
        lua_setfield(L, -2, row.name);
    }
    lua_setfield(L, module, "signals");
}

} // namespace llnet
