-- SPDX-License-Identifier: MIT
-- What all pollers that stand for another event loop have in common: who waits for what, and how waits end.

local values = require('net.poller.values')

local adapter = {}

local function result(outcome, op)
  if outcome == 'ready' then
    return true
  elseif outcome then
    return nil, values.failure(outcome, op)
  end
  return nil, nil, true
end

local function is_empty(place)
  return not (place.readable or place.writable)
end

-- Makes a poller from what a host can do. A wait is a table: `task`, the coroutine; `outcome`, nil until it is decided:
-- 'ready' or the name of an error; and, if it is one for a descriptor, `op` ('readable' or 'writable') and `place`. A
-- place is where one wait for reading and one for writing are while a descriptor, its `fd`, is waited for.
--   name
--   current()              the coroutine that calls, if the host runs it
--   pause(wait, sec)       suspends it until wake(wait), or until the time is over
--   wake(wait)             may come more than once, and after the time was over
--   watch(place, op)       begins to wake the wait place[op], with the outcome 'ready', when the descriptor is ready.
--                          Returns the name of an error if it cannot
--   unwatch(place, op)     ends that
--   forget(fd)             if the host has to: it will be closed
--   place_meta             metatable of places, if they need one
function adapter.new(host)
  local places = {} -- by descriptor
  local suspended = {} -- waits by coroutine

  local self = { name = host.name, current = host.current }

  local function task(op)
    return host.current() or error(("'%s' was called, but not inside a task of %s"):format(op, host.name), 3)
  end

  local function leave(place, op)
    place[op] = nil
    if is_empty(place) then
      places[place.fd] = nil
    end
    host.unwatch(place, op)
  end

  local function wait_in(place, op, waiter, sec)
    local wait = { task = waiter, place = place, op = op }
    places[place.fd], place[op] = place, wait
    wait.outcome = host.watch(place, op)
    if not wait.outcome then
      host.pause(wait, sec)
    elseif wait.outcome == 'EPERM' then
      wait.outcome = 'ready' -- a file: epoll(7) refuses it, and poll(2) says that it always is
    end
    if place[op] == wait then
      leave(place, op)
    end
    return result(wait.outcome, op)
  end

  local function wait(op, socket, sec)
    local fd = values.descriptor(socket, op)
    if sec ~= nil then
      values.check_seconds(sec, 2, op)
    end
    local waiter = task(op)
    local place = places[fd] or setmetatable({ fd = fd }, host.place_meta)
    if fd < 0 then
      return nil, values.failure('EBADF', op)
    elseif place[op] then
      return nil, values.failure('EBUSY', op)
    end
    return wait_in(place, op, waiter, sec)
  end

  local function cancel(place, op)
    local cancelled = place[op]
    if cancelled then
      cancelled.outcome = 'ECANCELED' -- even if it was ready: what it was ready for is about to go
      leave(place, op)
      host.wake(cancelled)
    end
  end

  function self.pollable()
    return host.current() ~= nil
  end

  function self.readable(fd, sec)
    return wait('readable', fd, sec)
  end

  function self.writable(fd, sec)
    return wait('writable', fd, sec)
  end

  function self.unwait(socket)
    local fd = values.descriptor(socket, 'unwait')
    local place = places[fd]
    if place then
      cancel(place, 'readable')
      cancel(place, 'writable')
    end
    if host.forget then
      host.forget(fd)
    end
    return place ~= nil
  end

  function self.sleep(sec)
    values.check_seconds(sec, 1, 'sleep')
    host.pause({ task = task('sleep') }, sec)
    return true
  end

  function self.suspend(sec)
    if sec ~= nil then
      values.check_seconds(sec, 1, 'suspend')
    end
    local pause = { task = task('suspend') }
    suspended[pause.task] = pause
    host.pause(pause, sec)
    suspended[pause.task] = nil
    return result(pause.outcome, 'suspend')
  end

  function self.resume(handle)
    local pause = suspended[handle]
    if not pause or pause.outcome then
      return false
    end
    pause.outcome = 'ready'
    host.wake(pause)
    return true
  end

  return self
end

return adapter
