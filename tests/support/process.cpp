// SPDX-License-Identifier: MIT
// The Lua module `process`: what tests ask the system for and Lua has not, on every Lua alike. Calls that fail raise an
// error.

#include <cerrno>
#include <csignal>
#include <cstring>
#include <lua.hpp>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

int check_int(lua_State* L, int index)
{
    return static_cast<int>(luaL_checkinteger(L, index));
}

// What a call returned, which failed if it is -1.
int must(lua_State* L, const char* name, int result)
{
    if (result == -1) {
        luaL_error(L, "%s: %s", name, std::strerror(errno));
    }
    return result;
}

int push(lua_State* L, int number)
{
    lua_pushinteger(L, number);
    return 1;
}

int push(lua_State* L, bool value)
{
    lua_pushboolean(L, value ? 1 : 0);
    return 1;
}

// fork() -> the number of the child; 0 in the child
int fork_process(lua_State* L)
{
    return push(L, must(L, "fork", ::fork()));
}

// wait(pid) -> 'exited', its status | 'killed', the number of the signal
int wait_for(lua_State* L)
{
    const pid_t pid = check_int(L, 1);
    int status = 0;
    pid_t ended = -1;
    do {
        ended = ::waitpid(pid, &status, 0);
    } while (ended == -1 && errno == EINTR);
    must(L, "waitpid", ended);
    const bool has_exited = WIFEXITED(status);
    lua_pushstring(L, has_exited ? "exited" : "killed");
    lua_pushinteger(L, has_exited ? WEXITSTATUS(status) : WTERMSIG(status));
    return 2;
}

// leave(status): ends the process at once, without finalizers or what atexit(3) would call
int leave(lua_State* L)
{
    ::_exit(check_int(L, 1));
}

// pid() -> the number of this process
int pid(lua_State* L)
{
    return push(L, static_cast<int>(::getpid()));
}

// kill(pid, signal)
int kill_process(lua_State* L)
{
    must(L, "kill", ::kill(check_int(L, 1), check_int(L, 2)));
    return 0;
}

// is_blocked(signal) -> whether this thread blocks it
int is_blocked(lua_State* L)
{
    sigset_t mask;
    sigemptyset(&mask);
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return push(L, sigismember(&mask, check_int(L, 1)) == 1);
}

// is_readable(fd, msec) -> whether the descriptor is readable within that time
int is_readable(lua_State* L)
{
    pollfd entry{check_int(L, 1), POLLIN, 0};
    return push(L, must(L, "poll", ::poll(&entry, 1, check_int(L, 2))) > 0);
}

void add(lua_State* L, const char* name, lua_CFunction function)
{
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

} // namespace

extern "C" __attribute__((visibility("default"))) int luaopen_process(lua_State* L)
{
    lua_newtable(L);
    add(L, "fork", fork_process);
    add(L, "wait", wait_for);
    add(L, "leave", leave);
    add(L, "pid", pid);
    add(L, "kill", kill_process);
    add(L, "is_blocked", is_blocked);
    add(L, "is_readable", is_readable);
    return 1;
}
