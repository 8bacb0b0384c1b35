-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net

do
---@class net.loop_module
---@field signals table the numbers of this system's signals by name, such as `signals.SIGTERM`; for `sigwait`
local loop = {}

---Runs a function as a task, and the loop until all tasks have ended.
---
---Raises an error inside of a task, and when all tasks wait for each other so that none can ever go on. These are still there then: `dump` lists them, and they can be cancelled or resumed.
---@param fn function what to call
---@param ... any what it is called with
---@return boolean ok `true`, or `false` if the function raised an error
---@return any ... what the function returned, or its error
function loop.run(fn, ...) end

---Makes a task.
---
---Can be called before `run`, too: the task begins then.
---@param fn function what to call
---@param ... any what it is called with
---@return net.loop.task task the task, which begins when its turn comes
function loop.spawn(fn, ...) end

---Makes a group of tasks.
---@return net.loop.group group the group, which is empty
function loop.group() end

---Tells which task calls.
---@return net.loop.task? task the task; nil outside of tasks
function loop.running() end

---Ends the task that calls.
---
---It does not return: the task ends, from whatever `pcall` or coroutine it calls this in. Where it could not wait it cannot exit either, and this raises an error: below a C function such as `table.sort`, and on plain Lua 5.1 in Lua's own `pcall`, which catches the error. `net.pcall` does not.
---@param ... any its results
function loop.exit(...) end

---Sets the function that is told of every error that ends a task.
---
---The first one writes the traceback to standard error. The hook runs outside of tasks, so it cannot wait, but it can `spawn`. It is told even if somebody joins the task, but not of cancelled tasks.
---@param hook? function called with the error, a traceback and the task; nil for the one that there is at first
---@return function hook the one before; without an argument nothing changes
function loop.onerror(hook) end

---Tells the time of the clock of all deadlines.
---@return number time seconds since some moment before the program began
function loop.now() end

---Waits for a time.
---
---In whole milliseconds, rounded up. `sleep(0)` lets the others run, as `later` does.
---@param sec number how long, in seconds (at least 0)
---@return boolean? ok `true` when the time is over
---@return string? err always nil
---@return boolean? timeout `true` if a `timeout` around it came first
function loop.sleep(sec) end

---Waits for a signal. From the first call on the signals are held: one that comes while nobody waits for it is kept for the next call.
---
---When `run` has returned, or `step` has given 0, signals are as they were before; one that came and was not taken has its usual effect then. A name or number that this system does not have is an argument error, and so are SIGKILL and SIGSTOP. Of several tasks that wait for one signal, the one that has waited longest gets it. Signals go to the thread of the loop; programs that it starts meanwhile inherit that they are blocked.
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param signal integer|string a signal: its number, as in `loop.signals.SIGTERM`, or its name, as in `'SIGTERM'`
---@param ... any more of them
---@return integer? signal the number of the signal that came
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sigwait(sec, signal, ...) end

---Lets all other tasks that are ready run first.
---@return boolean ok always `true`, also when a `timeout` around it is over
function loop.later() end

---Waits until another task calls `resume`.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return any ... the values given to `resume`; `nil, true` if the time was over
function loop.suspend(sec) end

---Ends the `suspend` that a task is in: `task:resume(...)`.
---@param task net.loop.task the task
---@param ... any what its `suspend` returns after `true`
---@return boolean ok `true`, or `false` if it was not suspended
function loop.resume(task, ...) end

---Calls a function all of whose waits are over when the time is.
---
---Its errors pass. Of several around each other, and the time of the wait itself, the nearest counts. Tasks that are spawned inside are not concerned.
---@param sec number how long, in seconds (at least 0)
---@param fn function what to call
---@param ... any what it is called with
---@return any ... what the function returned
function loop.timeout(sec, fn, ...) end

---`coroutine.resume`, through which waits pass inside of a task.
---
---In place of Lua's own while `run` or `step` runs.
---@param co thread the coroutine
---@param ... any what the coroutine is resumed with
---@return boolean ok `true`, or `false` and the error
---@return any ... what the coroutine yielded or returned
function loop.coresume(co, ...) end

---`coroutine.wrap`, with that.
---
---In place of Lua's own while `run` or `step` runs.
---@param fn function what the coroutine runs
---@return function resume resumes the coroutine; raises its errors
function loop.cowrap(fn) end

---Waits until a descriptor can be read, or has failed.
---
---It may be told of something that is gone by then, so use descriptors that do not block. A file is always ready.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.readable(fd, sec) end

---Waits until a descriptor can be written, or has failed.
---
---It may be told of something that is gone by then, so use descriptors that do not block. A file is always ready.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.writable(fd, sec) end

---Ends all waits for a descriptor with ECANCELED.
---
---Those for its locks as well. Call it before you close a descriptor that is no socket of llsocket.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.unwait(fd) end

---Ends all waits for a descriptor with ECANCELED.
---
---For a descriptor that is about to be closed: like `unwait`, but its locks end, too.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.forget(fd) end

---Ends the wait to read for a descriptor with ECANCELED.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.unwait_readable(fd) end

---Ends the wait to write for a descriptor with ECANCELED.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.unwait_writable(fd) end

---Waits until the task that calls is the one that reads. Who asked first is first.
---
---The lock is kept until it is given back or the task ends. It binds only those who ask for it. EDEADLK: the task has it already.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.read_lock(fd, sec) end

---Waits until the task that calls is the one that writes. Who asked first is first.
---
---The lock is kept until it is given back or the task ends. It binds only those who ask for it. EDEADLK: the task has it already.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.write_lock(fd, sec) end

---Gives the lock of `read_lock` to whoever has waited longest.
---
---EPERM: the task does not have it.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function loop.read_unlock(fd) end

---Gives the lock of `write_lock` to whoever has waited longest.
---
---EPERM: the task does not have it.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function loop.write_unlock(fd) end

---Receives bytes, or one message, as soon as there are any.
---
---When the peer closed a stream it gives nil alone. A datagram without bytes is an empty string.
---@param sock llsocket.socket the socket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.recv(sock, sec, bufsize, ...) end

---Sends bytes, all of them, or one message.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param msg string the bytes to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.send(sock, sec, msg, ...) end

---Receives one message and the address of its sender.
---
---When the peer closed a stream it gives nil alone. A datagram without bytes is an empty string.
---@param sock llsocket.socket the socket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return llsocket.addrinfo|string? ai the sender, nil where the protocol tells none; without a message, why it failed
---@return boolean? timeout `true` if the time was over
function loop.recvfrom(sock, sec, bufsize, ...) end

---Sends one message to an address.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param msg string the bytes to send
---@param ai llsocket.addrinfo the address
---@param ... integer MSG_* constants
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sendto(sock, sec, msg, ai, ...) end

---Sends part of a file, all of it or up to its end, without copying it through the program.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before. The position of the file stays where it is. The socket must not block.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param fd integer|file* a descriptor or an open Lua file; output that the file still holds is written first
---@param bytes integer how many bytes to send (at least 0)
---@param offset? integer where in the file to begin (at least 0)
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sendfile(sock, sec, fd, bytes, offset) end

---Accepts the next connection.
---
---The socket must not block. A connection that failed before it is accepted is left out, and the next one awaited: ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH and ENETUNREACH, as accept(2) says.
---@param sock llsocket.socket the socket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return llsocket.socket? sock the connection, which does not block
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.accept(sock, sec) end

---Connects to an address, until the connection is made.
---
---The socket must not block. When the time is over the connection may still be made: close the socket.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param ai llsocket.addrinfo the address
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.connect(sock, sec, ai) end

---Moves bytes from one stream socket to another, until the stream ends or so many have gone.
---
---It cannot be taken up again: up to 64 KiB may be on their way, taken from `from` and not yet gone to `to`. They are lost when the time is over (`n, nil, true`), when it is cancelled and when it fails, so close both sockets then. When either peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before. A `size` of 0 gives 0 at once. Neither socket may block. A datagram socket has no end of the stream: without `size` it goes on until the time is over. On Linux the bytes do not leave the kernel.
---@param from llsocket.socket the socket that they come from
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param to llsocket.socket the socket that they go to
---@param size? integer how many bytes at most; all of them if nil (at least 0)
---@return integer? len bytes that went to `to`: all up to the end of the stream, `size`, or what went until the time was over or it failed
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.relay(from, sec, to, size) end

---Looks up the addresses of a host and a service.
---
---An address in figures is there at once. A name is looked up on a thread beside the loop, of which there are 8 at most: more look-ups wait for one. When the time is over, or the task is cancelled, the answer is thrown away. One that had to wait is not begun then; one that was begun cannot be stopped, and keeps its thread until the resolver gives up.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@param host? string a name or an address; without it this machine, or with AI_PASSIVE the wildcard address
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param family? integer AF_INET, AF_INET6 or AF_UNSPEC for both
---@param socktype? integer a SOCK_* constant; 0 for every kind
---@param protocol? integer an IPPROTO_* constant
---@param ... integer AI_* constants
---@return llsocket.addrinfo[]? list addrinfo objects, the best first
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.getaddrinfo(sec, host, port, family, socktype, protocol, ...) end

---Counts since the loop was made. In a child process `spawned`, `resumed` and `longest_step` go on from those of the parent.
---@return { tasks: integer, spawned: integer, resumed: integer, timers: integer, started: integer, at_once: integer, wakeups: integer, events: integer, timeouts: integer, cancelled: integer, longest_step: number, waits: table } stats a new table
function loop.stats() end

---Lists the tasks that wait, for whoever looks for one that hangs. Tasks that are ready to run, also in `later`, are not in it.
---@return { task: net.loop.task, id: integer, what: string, fd: integer?, since: number, deadline: number?, traceback: string }[] rows a list, which `tostring` makes a readable text, with a table for each task
function loop.dump() end

---Tells how the loop learns of events.
---@return string name `epoll` or `poll`
function loop.backend() end

---Tells whether the caller is inside of a task, as an adapter of `net.poller` does.
---@return boolean ok `true` inside of a task
function loop.pollable() end

---Tells which task calls, as `running` does; for an adapter of `net.poller`.
---@return net.loop.task? task the task; nil outside of tasks
function loop.current() end

---Gives the descriptor that is readable when `step` has something to do.
---
---Only epoll has one. Watch it in the host, and call `step` when it is readable and when the time of `loop:timeout()` is over.
---@return integer? fd the descriptor, which stays the loop's
---@return string? err why it failed
function loop:fd() end

---Tells when `step` has something to do at the latest.
---@return number? sec in so many seconds; nil if only an event can tell
function loop:timeout() end

---Runs tasks that are ready, waits for events, and goes on with the tasks that they concern.
---
---For hosts, instead of `run`. Raises an error inside of a task.
---@param sec? number how long to wait for events at most, in seconds; not at all if a task is ready (at least 0)
---@return integer count how many tasks are left
function loop:step(sec) end
end

do
---@class net.loop.task
local task = {}

---Waits for the end of the task.
---
---Any number of tasks can join one, at any time: the results stay. Of a task that has ended they can be had outside of tasks, too. A task that joins itself is an argument error.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` when it returned, `false` if it failed or was cancelled
---@return any ... what it returned, or its error; `nil, true` if the time was over
function task:join(sec) end

---Raises an error in the task, at the wait that it is in or at its next one.
---
---The error is the string `[ECANCELED:125][cancel] Operation canceled`, and `onerror` is not told of it. A task that has not begun ends without running.
---@return boolean ok `true`, or `false` if it has ended
function task:cancel() end

---Tells its state.
---@return string status `ready` to run, `running`, `waiting`, `done`, `failed` by an error, or `cancelled`
function task:status() end

---Ends the `suspend` that the task is in.
---
---The task goes on when its turn comes. Can be called outside of tasks, too.
---@param ... any what its `suspend` returns after `true`
---@return boolean ok `true`, or `false` if it was not suspended: then nothing happens
function task:resume(...) end

---Tells its number, which no other task of this Lua state has.
---@return integer id the number, from 1
function task:id() end
end

do
---@class net.loop.group
local group = {}

---Makes a task, as `loop.spawn` does, that belongs to the group until it is collected.
---@param fn function what to call
---@param ... any what it is called with
---@return net.loop.task task the task
function group:spawn(fn, ...) end

---Collects the next task that ends, or the one that ended first of those not collected yet.
---
---One task at a time can await a group; for a second one it raises an error.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return net.loop.task? task the task; nil alone when none is left
---@return boolean? ok `true` when it returned, `false` if it failed or was cancelled
---@return any ... what it returned, or its error; `nil, nil, true` if the time was over
function group:await(sec) end

---Cancels all its tasks that have not ended. They are still to be collected.
function group:cancel() end

---Counts its tasks that were not collected.
---@return integer count the number
function group:size() end
end

do
---@class net.poller_module
local poller = {}

---Sets what waits outside of `net.loop` go to.
---
---An adapter that lacks a function is an argument error. One without locks gets them, and `forget`, in its own table. One with locks is left as it is, with or without `forget`.
---@param adapter? net.poller.adapter the other loop; nil for none
---@return net.poller.adapter? adapter what was used before
function poller.use(adapter) end

---Tells what the coroutine that calls waits with.
---@return net.poller.adapter? adapter `net.loop` in a task of it; elsewhere what is used, if it runs this coroutine; nil: it has to block
function poller.current() end
end

do
---@class net.poller.adapter
---@field name string? what it is called: `cqueues`, `copas` or `luv`
local adapter = {}

---Tells whether the coroutine that calls may wait.
---@return boolean ok `true` if this loop runs it
function adapter.pollable() end

---Waits until a descriptor can be read, or has failed.
---
---EINVAL: Copas, whose select(2) takes no descriptor from 1,024 on. EEXIST: luv, where somebody else has a poll handle for the descriptor.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.readable(fd, sec) end

---Waits until a descriptor can be written, or has failed.
---
---EINVAL: Copas, whose select(2) takes no descriptor from 1,024 on. EEXIST: luv, where somebody else has a poll handle for the descriptor.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.writable(fd, sec) end

---Ends all waits for a descriptor with ECANCELED. Call it before you close the descriptor if there is no `forget`.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean ok `true` if somebody waited
function adapter.unwait(fd) end

---Waits for a time.
---@param sec number how long, in seconds (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.sleep(sec) end

---Tells which coroutine calls.
---@return any handle something that `resume` takes; nil if this loop does not run it
function adapter.current() end

---Waits until somebody calls `resume`.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.suspend(sec) end

---Ends a `suspend`.
---@param handle any what `current` gave in that coroutine
---@return boolean ok `true`, or `false` if it was not suspended
function adapter.resume(handle) end

---Waits until the caller is the one that reads. Who asked first is first.
---
---Optional. Of the locks that `poller.use` adds: a coroutine that ends, or dies of an error, without giving its lock back has it until `forget`, since no other loop tells of its end. `net.loop` takes it back.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.read_lock(fd, sec) end

---Waits until the caller is the one that writes. Who asked first is first.
---
---Optional. Of the locks that `poller.use` adds: a coroutine that ends, or dies of an error, without giving its lock back has it until `forget`, since no other loop tells of its end. `net.loop` takes it back.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.write_lock(fd, sec) end

---Gives the lock to whoever has waited longest.
---
---Optional.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function adapter.read_unlock(fd) end

---Gives the lock to whoever has waited longest.
---
---Optional.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function adapter.write_unlock(fd) end

---Does what `unwait` does, and nobody has the locks of the descriptor any more. Call it before you close the descriptor.
---
---Optional. `net.loop` has it, and so has an adapter that got its locks from `poller.use`. One with locks of its own has it only if it brings it.
---@param fd integer|llsocket.socket a descriptor, or a socket of any generation of llsocket
---@return boolean ok `true` if somebody waited
function adapter.forget(fd) end
end

---@class net
---@field loop net.loop_module tasks, and all that they can wait for
local net = {}

---Calls a function in protected mode.
---
---Lua's own, except on plain Lua 5.1. There the function runs in a coroutine, so that waits pass through.
---@param fn function what to call
---@param ... any what it is called with
---@return boolean ok `true`, or `false` if the function raised an error
---@return any ... what the function returned, or the error
function net.pcall(fn, ...) end

---Calls a function in protected mode, with a handler for its error.
---
---Lua's own, except on plain Lua 5.1. There the handler runs when the function has ended, so it finds nothing of it on the stack; `debug.traceback` as the handler tells the place of the error nevertheless.
---@param fn function what to call
---@param handler function called with the error; what it returns is the second result
---@param ... any what the function is called with; plain Lua 5.1 has this only here
---@return boolean ok `true`, or `false` if the function raised an error
---@return any ... what the function returned, or what the handler did
function net.xpcall(fn, handler, ...) end

return net
