-- SPDX-License-Identifier: MIT
-- Waits go to the event loop of libuv. It has no tasks: any coroutine that runs under uv.run() counts, so begin them in
-- a callback. What one raises after a wait comes out of a callback, too. A descriptor that is waited for becomes
-- non-blocking.

local adapter = require('net.poller.adapter')
local agenda = require('net.poller.agenda')
local errno = require('llsocket').errno
local opt = require('llsocket.v1').opt
local uv = require('luv')

local timer, idle, check = uv.new_timer(), uv.new_idle(), uv.new_check()
local tasks

local function current()
  local task, is_main = coroutine.running()
  if task and not is_main and uv.loop_mode() then
    return task
  end
  return nil
end

local function resume(wait)
  local ok, err = coroutine.resume(wait.task)
  if not ok then
    error(debug.traceback(wait.task, tostring(err)), 0)
  end
end

local function note_poll()
  tasks:poll()
end

local run

-- The idle handle comes just before the poll, which then does not block; the check handle just after it.
local function run_after_poll()
  idle:start(note_poll)
  check:start(run)
end

local function plan()
  local due = tasks:due()
  timer:stop()
  if due == 0 then
    run_after_poll()
  elseif due then
    timer:start(math.ceil(due * 1000), 0, run_after_poll)
  end
end

function run()
  tasks:run()
  idle:stop()
  check:stop()
  plan()
end

tasks = agenda.new(function()
  return uv.hrtime() / 1e9
end, function()
  coroutine.yield()
end, resume, plan)

-- A handle that closes while the loop does not run makes luv crash at the end of the program: the collector closes it.
local function retire(poll)
  if poll then
    poll:stop()
    if uv.loop_mode() then
      poll:close()
    end
  end
end

-- A poll handle, or nil and the name of an error.
local function new_poll(fd)
  local _, code = opt.cloexec(fd)
  if code then
    return nil, errno[code].name -- luv would find that out as well, and leak the handle
  end
  local poll, _, err = uv.new_poll(fd)
  return poll, err
end

-- One handle serves both directions: libuv allows one for a descriptor.
local function update(place)
  local events = (place.readable and 'r' or '') .. (place.writable and 'w' or '')
  if events == '' then
    retire(place.poll)
    place.poll = nil
    return nil
  end
  if not place.poll then
    local poll, err = new_poll(place.fd)
    if not poll then
      return err
    end
    place.poll = poll
  end
  -- An error here only says that there is one, which the next call on the descriptor will tell.
  place.poll:start(events, function(err, ready)
    if err or ready:find('r') then
      tasks:notify(place, 'readable', 'ready')
    end
    if err or ready:find('w') then
      tasks:notify(place, 'writable', 'ready')
    end
  end)
  return nil
end

return adapter.new({
  name = 'luv',
  current = current,
  pause = function(wait, sec)
    tasks:pause(wait, sec)
  end,
  wake = function(wait)
    tasks:wake(wait)
  end,
  watch = update,
  unwatch = update,
})
