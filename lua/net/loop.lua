-- SPDX-License-Identifier: MIT
-- Tasks: coroutines that read as if they blocked, on the event loop of this Lua state.

local scheduler = require('llsocket.scheduler')
local coroutines = require('net.coroutines')
local endings = require('net.endings')
local groups = require('net.group')
local locks = require('net.locks')
local messages = require('net.messages')
local protected = require('net.protected')
local values = require('net.poller.values')
local waiting = require('net.waiting')
local written = require('net.written')

require('net.own')

local loop = {
  coresume = coroutines.resume,
  cowrap = coroutines.wrap,
}

local Task = scheduler.methods

local waits = {
  'suspend', 'exit', 'recv', 'send', 'recvfrom', 'sendto', 'sendfile', 'accept', 'relay', 'getaddrinfo', 'sigwait',
  'writev',
}
for _, name in ipairs(waits) do
  loop[name] = waiting(name, scheduler[name])
end
for _, name in ipairs({ 'later', 'sleep', 'readable', 'writable', 'connect' }) do
  loop[name] = waiting(name, scheduler[name], true)
end
for _, name in ipairs({ 'spawn', 'running', 'now', 'unwait_readable', 'unwait_writable', 'backend', 'signals' }) do
  loop[name] = scheduler[name]
end

loop.recvmsg, loop.sendmsg = messages.recvmsg, messages.sendmsg

local function check_function(value, index, name)
  if type(value) ~= 'function' then
    error(("bad argument #%d to '%s' (function expected, got %s)"):format(index, name, type(value)), 3)
  end
end

local function check_descriptor(value, name)
  if type(value) ~= 'number' and not scheduler.is_socket(value) then
    error(("bad argument #1 to '%s' (socket or integer expected, got %s)"):format(name, type(value)), 3)
  end
end

local function check_inside(name)
  if not scheduler.running() then
    error(("cannot use '%s' here: this is not inside a task; tasks begin with run() or spawn()"):format(name), 3)
  end
end

local has_ended = { done = true, failed = true, cancelled = true }

local wait_end = waiting('join', scheduler.wait_end)

function Task:join(seconds)
  if getmetatable(self) ~= 'net.loop.task' then
    error("bad argument #1 to 'join' (net.loop.task expected, got " .. type(self) .. ')', 2)
  elseif seconds ~= nil then
    values.check_seconds(seconds, 1, 'join')
  end
  if self == scheduler.running() then
    error("bad argument #1 to 'join' (a task cannot join itself)", 2)
  elseif not has_ended[self:status()] then
    check_inside('join')
  end
  local ended, err, timeout = wait_end(self, seconds)
  if not ended then
    return nil, err, timeout
  end
  return scheduler.results(self)
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
    if hook ~= nil then
      check_function(hook, 1, 'onerror')
    end
    on_error = hook or write_error
  end
  return before
end

-- A failure that left timeout() was raised anew behind it. Where it came from, which the coroutine does not tell any
-- more, is kept by task.
local origins = setmetatable({}, { __mode = 'k' })

-- Raises it anew.
local function hand_on(failure)
  error(failure, 0)
end

local function is_handed_on(caller)
  return caller ~= nil and caller.func == hand_on
end

local function keep_origin(task, failure, thread)
  if not thread and is_handed_on(debug.getinfo(5, 'f')) or thread and is_handed_on(debug.getinfo(thread, 1, 'f')) then
    return
  end
  if thread then
    local outer = debug.traceback('', 4):gsub('^\nstack traceback:', '')
    origins[task] = debug.traceback(thread, written(failure)) .. outer
  else
    origins[task] = debug.traceback(written(failure), 4)
  end
end

-- That there is no memory to keep it is no failure of its own.
local function note_origin(failure, thread)
  pcall(keep_origin, scheduler.running(), failure, thread)
  return failure
end

local function report(task, thread, failure)
  local traceback = is_handed_on(debug.getinfo(thread, 1, 'f')) and origins[task]
    or debug.traceback(thread, written(failure))
  local ok, hook_failure = pcall(on_error, failure, traceback, task)
  if not ok then
    write_error(nil, traceback, task)
    io.stderr:write('error in the hook for errors: ', written(hook_failure), '\n')
  end
end

local wait_for_lock = waiting('lock', scheduler.wait_for_lock)
local held

-- Waits for a lock. When the descriptor is closed meanwhile, it has no locks any more.
local function suspend_for_lock(seconds, fd, key)
  local ok, resumed, err, timeout = protected.pcall(wait_for_lock, fd, seconds)
  if not ok then
    return nil, resumed
  elseif err then
    return true, held.forget_key(key)
  end
  return resumed, nil, timeout
end

local function new_locks()
  return locks.new({
    current = scheduler.running,
    suspend = suspend_for_lock,
    resume = scheduler.grant,
    waits = scheduler.waits_for_lock,
    key = scheduler.key,
  })
end

held = new_locks()

for _, kind in ipairs({ 'read', 'write' }) do
  local lock, unlock = kind .. '_lock', kind .. '_unlock'

  loop[lock] = function(fd, seconds)
    check_descriptor(fd, lock)
    values.descriptor(fd, lock)
    if seconds ~= nil then
      values.check_seconds(seconds, 2, lock)
    end
    local task = scheduler.running()
    if task then
      scheduler.observe(task) -- its end gives the lock back
    end
    return held[lock](fd, seconds)
  end

  loop[unlock] = function(fd)
    check_descriptor(fd, unlock)
    values.descriptor(fd, unlock)
    return held[unlock](fd)
  end
end

function loop.unwait(fd)
  check_descriptor(fd, 'unwait')
  values.descriptor(fd, 'unwait')
  local was_locked = held.wake(fd)
  return scheduler.unwait(fd) or was_locked
end

-- unwait() for a descriptor that is about to be closed, whose locks end with it.
function loop.forget(fd)
  check_descriptor(fd, 'forget')
  values.descriptor(fd, 'forget')
  local was_locked = held.forget(fd)
  return scheduler.forget(fd) or was_locked
end

loop.group = groups.new

scheduler.callbacks({
  report = report,
  ended = function(task)
    held.release(task)
    groups.ended(task)
    endings.ended(task)
  end,
  renewed = function()
    held = new_locks()
  end,
})

local function finish_timeout(before, ok, ...)
  scheduler.unlimit(before)
  if not ok then
    hand_on((...))
  end
  return ...
end

local function with_timeout(before, fn, ...)
  return finish_timeout(before, protected.noted(note_origin, fn, ...))
end

-- loop:timeout() is for a host: how long it may wait.
function loop.timeout(seconds, fn, ...)
  if seconds == loop then
    return scheduler.due_in()
  end
  values.check_seconds(seconds, 1, 'timeout')
  check_function(fn, 2, 'timeout')
  check_inside('timeout')
  return with_timeout(scheduler.limit(seconds), fn, ...)
end

function loop.pollable()
  return scheduler.running() ~= nil
end

loop.current = scheduler.running

local function restored(ok, ...)
  coroutines.restore()
  if not ok then
    error((...), 0)
  end
  return ...
end

local function driven(fn, ...)
  coroutines.replace()
  return restored(pcall(fn, ...))
end

local function run_all(fn, ...)
  local main = scheduler.spawn(fn, ...)
  while scheduler.turn() > 0 do
  end
  return main
end

function loop.run(fn, ...)
  check_function(fn, 1, 'run')
  return scheduler.results(scheduler.drive(driven, run_all, fn, ...))
end

-- For hosts: loop:fd(), loop:step().

function loop.fd()
  return scheduler.fd()
end

function loop.step(first, ...)
  local seconds = first
  if first == loop then
    seconds = ...
  end
  if seconds ~= nil then
    values.check_seconds(seconds, 1, 'step')
  end
  return scheduler.drive(driven, scheduler.turn, seconds or 0)
end

loop.stats = scheduler.counts

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

-- Of the coroutine, and before it of those for which it waits.
local function traceback_of(thread)
  local traceback = debug.traceback(thread)
  local inner = coroutines.resumed_by(thread)
  return inner and traceback_of(inner) .. '\nresumed by: ' .. traceback or traceback
end

function loop.dump()
  local rows = scheduler.waiting()
  for _, row in ipairs(rows) do
    row.traceback = traceback_of(row.coroutine)
    row.coroutine = nil
  end
  return setmetatable(rows, Dump)
end

return loop
