-- SPDX-License-Identifier: MIT
-- Module net.loop; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local fn, arguments, seconds, done, err, timeout, with =
  shapes.fn, shapes.arguments, shapes.seconds, shapes.done, shapes.err, shapes.timeout, shapes.with

local duration = with(seconds, { optional = false, says = 'how long, in seconds' })
local thread = { name = 'co', type = 'thread', says = 'the coroutine' }

local class = {
  name = 'loop',
  module = 'net.loop',
  summary = 'tasks, and all that they can wait for',
  fields = {
    {
      name = 'signals',
      type = 'table',
      says = "the numbers of this system's signals by name, such as `signals.SIGTERM`; for `sigwait`",
    },
  },
  functions = {
    {
      name = 'run',
      says = 'Runs a function as a task, and the loop until all tasks have ended.',
      params = { fn, arguments },
      results = {
        { name = 'ok', type = 'boolean', says = '`true`, or `false` if the function raised an error' },
        { name = '...', type = 'any', says = 'what the function returned, or its error' },
      },
      note = 'Raises an error inside of a task, and when all tasks wait for each other so that none can ever go on. '
        .. 'These are still there then: `dump` lists them, and they can be cancelled or resumed.',
    },
    {
      name = 'spawn',
      says = 'Makes a task.',
      params = { fn, arguments },
      results = { { name = 'task', type = 'task', says = 'the task, which begins when its turn comes' } },
      note = 'Can be called before `run`, too: the task begins then.',
    },
    {
      name = 'group',
      says = 'Makes a group of tasks.',
      params = {},
      results = { { name = 'group', type = 'group', says = 'the group, which is empty' } },
    },
    {
      name = 'running',
      says = 'Tells which task calls.',
      params = {},
      results = { { name = 'task', type = 'task', optional = true, says = 'the task; nil outside of tasks' } },
    },
    {
      name = 'exit',
      says = 'Ends the task that calls.',
      params = { { name = 'value', type = 'values', optional = true, says = 'its results' } },
      results = {},
      note = 'It does not return: the task ends, from whatever `pcall` or coroutine it calls this in. Where it could '
        .. 'not wait it cannot exit either, and this raises an error: below a C function such as `table.sort`, and '
        .. "on plain Lua 5.1 in Lua's own `pcall`, which catches the error. `net.pcall` does not.",
    },
    {
      name = 'onerror',
      says = 'Sets the function that is told of every error that ends a task.',
      params = {
        {
          name = 'hook',
          type = 'function',
          optional = true,
          says = 'called with the error, a traceback and the task; nil for the one that there is at first',
        },
      },
      results = { { name = 'hook', type = 'function', says = 'the one before; without an argument nothing changes' } },
      note = 'The first one writes the traceback to standard error. The hook runs outside of tasks, so it cannot wait, '
        .. 'but it can `spawn`. It is told even if somebody joins the task, but not of cancelled tasks.',
    },
    {
      name = 'now',
      says = 'Tells the time of the clock of all deadlines.',
      params = {},
      results = { { name = 'time', type = 'number', says = 'seconds since some moment before the program began' } },
      source = 'clock_gettime(2), CLOCK_MONOTONIC',
    },
    {
      name = 'sleep',
      says = 'Waits for a time.',
      params = { duration },
      results = {
        with(done, { says = '`true` when the time is over' }),
        with(err, { says = 'always nil' }),
        with(timeout, { says = '`true` if a `timeout` around it came first' }),
      },
      note = 'In whole milliseconds, rounded up. `sleep(0)` lets the others run, as `later` does.',
      source = 'epoll_wait(2), poll(2)',
    },
    {
      name = 'sigwait',
      says = 'Waits for a signal. From the first call on the signals are held: one that comes while nobody waits for '
        .. 'it is kept for the next call.',
      params = {
        shapes.seconds,
        {
          name = 'signal',
          type = 'integer|string',
          says = "a signal: its number, as in `loop.signals.SIGTERM`, or its name, as in `'SIGTERM'`",
        },
        { name = 'more', type = 'values', optional = true, says = 'more of them' },
      },
      results = {
        { name = 'signal', type = 'integer', optional = true, says = 'the number of the signal that came' },
        shapes.err,
        shapes.timeout,
      },
      errors = { 'EMFILE' },
      note = 'When `run` has returned, or `step` has given 0, signals are as they were before; one that came and was '
        .. 'not taken has its usual effect then. A name or number that this system does not have is an argument '
        .. 'error, and so are SIGKILL and SIGSTOP. Of several tasks that wait for one signal, the one that has '
        .. 'waited longest gets it. Signals go to the thread of the loop; programs that it starts meanwhile inherit '
        .. 'that they are blocked.',
      source = 'signalfd(2), pthread_sigmask(3); beside Linux sigaction(2)',
    },
    {
      name = 'later',
      says = 'Lets all other tasks that are ready run first.',
      params = {},
      results = { { name = 'ok', type = 'boolean', says = 'always `true`, also when a `timeout` around it is over' } },
    },
    {
      name = 'suspend',
      says = 'Waits until another task calls `resume`.',
      params = { seconds },
      results = {
        done,
        { name = '...', type = 'any', says = 'the values given to `resume`; `nil, true` if the time was over' },
      },
    },
    {
      name = 'resume',
      says = 'Ends the `suspend` that a task is in: `task:resume(...)`.',
      params = {
        { name = 'task', type = 'task', says = 'the task' },
        { name = 'value', type = 'values', optional = true, says = 'what its `suspend` returns after `true`' },
      },
      results = { { name = 'ok', type = 'boolean', says = '`true`, or `false` if it was not suspended' } },
    },
    {
      name = 'timeout',
      says = 'Calls a function all of whose waits are over when the time is.',
      params = { duration, fn, arguments },
      results = { { name = '...', type = 'any', says = 'what the function returned' } },
      note = 'Its errors pass. Of several around each other, and the time of the wait itself, the nearest counts. '
        .. 'Tasks that are spawned inside are not concerned.',
    },
    {
      name = 'coresume',
      says = '`coroutine.resume`, through which waits pass inside of a task.',
      params = {
        thread,
        { name = 'value', type = 'values', optional = true, says = 'what the coroutine is resumed with' },
      },
      results = {
        { name = 'ok', type = 'boolean', says = '`true`, or `false` and the error' },
        { name = '...', type = 'any', says = 'what the coroutine yielded or returned' },
      },
      note = "In place of Lua's own while `run` or `step` runs.",
      source = '`coroutine.resume` of the Lua manual',
    },
    {
      name = 'cowrap',
      says = '`coroutine.wrap`, with that.',
      params = { with(fn, { says = 'what the coroutine runs' }) },
      results = { { name = 'resume', type = 'function', says = 'resumes the coroutine; raises its errors' } },
      note = "In place of Lua's own while `run` or `step` runs.",
      source = '`coroutine.wrap` of the Lua manual',
    },
  },
  methods = {
    {
      name = 'fd',
      says = 'Gives the descriptor that is readable when `step` has something to do.',
      params = {},
      results = {
        { name = 'fd', type = 'fd', optional = true, says = "the descriptor, which stays the loop's" },
        err,
      },
      errors = { 'EOPNOTSUPP' },
      note = 'Only epoll has one. Watch it in the host, and call `step` when it is readable and when the time of '
        .. '`loop:timeout()` is over.',
      source = 'epoll(7)',
    },
    {
      name = 'timeout',
      says = 'Tells when `step` has something to do at the latest.',
      params = {},
      results = {
        { name = 'sec', type = 'number', optional = true, says = 'in so many seconds; nil if only an event can tell' },
      },
    },
    {
      name = 'step',
      says = 'Runs tasks that are ready, waits for events, and goes on with the tasks that they concern.',
      params = {
        with(seconds, {
          default = '0',
          says = 'how long to wait for events at most, in seconds; not at all if a task is ready',
        }),
      },
      results = { { name = 'count', type = 'integer', says = 'how many tasks are left' } },
      note = 'For hosts, instead of `run`. Raises an error inside of a task.',
      source = 'epoll_wait(2), poll(2)',
    },
  },
}

for _, part in ipairs({ 'loop_descriptors', 'loop_transfer', 'loop_inspect' }) do
  for _, entry in ipairs(require('api.methods.net.' .. part)) do
    table.insert(class.functions, entry)
  end
end

return class
