-- SPDX-License-Identifier: MIT
-- Waits go to the controller of cqueues that runs the coroutine.

local adapter = require('net.poller.adapter')
local condition = require('cqueues.condition')
local cqueues = require('cqueues')
local errno = require('llsocket').errno
local opt = require('llsocket.v1').opt

local EVENTS = { readable = 'r', writable = 'w' }

local function current()
  local _, is_its_own = cqueues.running()
  return is_its_own and coroutine.running() or nil
end

-- Whether a controller of its own can wait for the descriptor; an error's name if not.
local function try(fd)
  local controller = cqueues.new()
  controller:wrap(function()
    cqueues.poll({ pollfd = fd, events = 'r' }, 0)
  end)
  local ok, _, code = controller:step(0)
  controller:close()
  return not ok and errno[code].name or nil
end

-- A controller drops the coroutine that waits for what epoll(7) refuses, so that is tried before. It takes sockets.
local function watch(place)
  local _, code = opt.rcvlowat(place.fd)
  if code == errno.ENOTSOCK.code then
    return try(place.fd)
  end
  return code and errno[code].name or nil
end

-- A controller remembers what it watched, and would not notice that the number means something else.
local function unwatch(place)
  if not (place.readable or place.writable) then
    cqueues.cancel(place.fd)
  end
end

-- Of two who wait for one descriptor both are woken: one of them for nothing, and then nothing is returned.
local function pause_for_descriptor(wait, sec)
  local deadline = sec and cqueues.monotime() + sec
  wait.pollfd, wait.events = wait.place.fd, EVENTS[wait.op]
  local ready = cqueues.poll(wait, sec)
  while not ready and not wait.outcome do
    ready = cqueues.poll(wait, deadline and math.max(0, deadline - cqueues.monotime()))
  end
  if ready == wait then
    wait.outcome = wait.outcome or 'ready'
  end
end

local function pause(wait, sec)
  if wait.place then
    pause_for_descriptor(wait, sec)
  else
    wait.condition = condition.new()
    wait.condition:wait(sec)
  end
end

-- Who waits for a descriptor is woken when it is forgotten.
local function wake(wait)
  if wait.condition then
    wait.condition:signal()
  end
end

return adapter.new({
  name = 'cqueues',
  current = current,
  pause = pause,
  wake = wake,
  watch = watch,
  unwatch = unwatch,
  forget = cqueues.cancel,
})
