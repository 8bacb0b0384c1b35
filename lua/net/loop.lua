-- SPDX-License-Identifier: MIT
-- Tasks: coroutines that read as if they blocked, on the event loop of this Lua state.

local scheduler = require('llsocket.scheduler')
local coroutines = require('net.coroutines')
local groups = require('net.group')
local locks = require('net.locks')
local protected = require('net.protected')

local loop = {
  coresume = coroutines.resume,
  cowrap = coroutines.wrap,
}

local Task = scheduler.methods
local raise_tag = scheduler.raise_tag

-- Raises what a wait is to raise, where the C function itself cannot: see has_continuations.
local function checked(first, ...)
  if first == raise_tag then
    error((...), 0)
  end
  return first, ...
end

local function waiting(fn)
  if scheduler.has_continuations then
    return fn
  end
  return function(...)
    return checked(fn(...))
  end
end

local waits = {
  'later', 'sleep', 'suspend', 'readable', 'writable', 'exit', 'recv', 'send', 'recvfrom', 'sendto', 'sendfile',
  'accept', 'connect', 'getaddrinfo',
}
for _, name in ipairs(waits) do
  loop[name] = waiting(scheduler[name])
end
for _, name in ipairs({ 'spawn', 'running', 'now', 'unwait_readable', 'unwait_writable', 'fd', 'backend' }) do
  loop[name] = scheduler[name]
end

local wait_end = waiting(Task.wait_end)

function Task:join(seconds)
  local ended, err, timeout = wait_end(self, seconds)
  if not ended then
    return nil, err, timeout
  end
  return self:results()
end

loop.resume = Task.resume

-- Tells what a task failed with: on standard error, until onerror() says better.
local function write_error(_, traceback, task)
  io.stderr:write(('%s: %s\n'):format(tostring(task), traceback))
end

local on_error = write_error

function loop.onerror(...)
  local before, hook = on_error, ...
  if select('#', ...) > 0 then
    if hook ~= nil and type(hook) ~= 'function' then
      error(("bad argument #1 to 'onerror' (function expected, got %s)"):format(type(hook)), 2)
    end
    on_error = hook or write_error
  end
  return before
end

local function text_of(value)
  local ok, text = pcall(tostring, value)
  return ok and text or 'an error that cannot be written'
end

local function report(task, thread, failure)
  local traceback = debug.traceback(thread, text_of(failure))
  local ok, hook_failure = pcall(on_error, failure, traceback, task)
  if not ok then
    write_error(nil, traceback, task)
    io.stderr:write('error in the hook for errors: ', text_of(hook_failure), '\n')
  end
end

local held = locks.new({ current = scheduler.running, suspend = loop.suspend, resume = Task.resume })
loop.read_unlock, loop.write_unlock = held.read_unlock, held.write_unlock

-- The end of whoever has a lock gives it back.
local function observing(lock)
  return function(fd, seconds)
    local ok, err, timeout = lock(fd, seconds)
    if ok then
      scheduler.running():observe()
    end
    return ok, err, timeout
  end
end

loop.read_lock, loop.write_lock = observing(held.read_lock), observing(held.write_lock)

function loop.unwait(fd)
  local was_waiting = scheduler.unwait(fd)
  return held.wake(fd) or was_waiting
end

local group = groups.over({
  spawn = scheduler.spawn,
  suspend = loop.suspend,
  running = scheduler.running,
  resume = Task.resume,
})
loop.group = group.new

scheduler.callbacks({
  report = report,
  ended = function(task)
    held.release(task)
    group.ended(task)
  end,
})

local function finish_timeout(before, ok, ...)
  scheduler.unlimit(before)
  if not ok then
    error((...), 0)
  end
  return ...
end

function loop.timeout(seconds, fn, ...)
  local before = scheduler.limit(seconds)
  return finish_timeout(before, protected.pcall(fn, ...))
end

function loop.pollable()
  return scheduler.running() ~= nil
end

loop.current = scheduler.running

local function run_all()
  while scheduler.turn() > 0 do
  end
end

function loop.run(fn, ...)
  local main = scheduler.spawn(fn, ...)
  coroutines.with(run_all)
  return main:results()
end

-- The functions below are called with the loop itself by a host, as in loop:step().

local function without_self(first, ...)
  if first == loop then
    return ...
  end
  return first, ...
end

function loop.fd()
  return scheduler.fd()
end

function loop.step(...)
  local seconds = without_self(...)
  return coroutines.with(scheduler.turn, seconds or 0)
end

local limit = loop.timeout

function loop.timeout(first, ...)
  if first == loop then
    return scheduler.due_in()
  end
  return limit(first, ...)
end

-- Counts, and how many tasks wait for what.
function loop.stats()
  local stats = scheduler.counts()
  stats.waits = {}
  for _, row in ipairs(scheduler.waiting()) do
    stats.waits[row.what] = (stats.waits[row.what] or 0) + 1
  end
  return stats
end

local function line_of(row)
  local on = row.fd and (' on %d'):format(row.fd) or ''
  local left = row.deadline and (', %.3f s left'):format(row.deadline) or ''
  return ('task %d: %s%s for %.3f s%s\n%s'):format(row.id, row.what, on, row.since, left, row.traceback)
end

local Dump = {
  __tostring = function(rows)
    local lines = {}
    for i, row in ipairs(rows) do
      lines[i] = line_of(row)
    end
    return table.concat(lines, '\n')
  end,
}

function loop.dump()
  local rows = scheduler.waiting()
  for _, row in ipairs(rows) do
    row.traceback = debug.traceback(row.coroutine)
    row.coroutine = nil
  end
  return setmetatable(rows, Dump)
end

return loop
