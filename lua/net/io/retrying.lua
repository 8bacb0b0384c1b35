-- SPDX-License-Identifier: MIT
-- What sockets do by trying, and waiting where that would block: in another event loop, and where a hook is to be
-- called before a wait.
--
-- The functions take a socket of net, for how many seconds at most (nil: as long as it takes), and what the method of
-- that name takes.

local deadline = require('net.deadline')
local errors = require('net.errors')
local pause = require('net.io.pause')
local values = require('net.poller.values')
local with_sender = require('net.io.with_sender')

local text = errors.text

-- A function that lets a socket wait in the method `name` until the deadline, if its hook `which` has nothing against
-- it: true; else nil and what the method answers.
local function waiter(wait, which, name)
  local context = which .. '_context'
  return function(self, due)
    local seconds, hook = deadline.left(due), self[which]
    if hook then
      local sock = self.sock
      local ok, err, timeout = hook(self[context], seconds and seconds * 1000)
      if not ok then
        return nil, err, timeout
      elseif self.sock ~= sock then -- it is connected anew, and what comes now is not for this call
        return nil, values.failure('ECANCELED', name)
      end
      seconds = deadline.left(due)
    end
    return wait(self.sock, seconds)
  end
end

-- Receives by an attempt, which is repeated after waits.
local function receiver(wait, attempt, before, subject)
  local function received(self, due, argument, must_wait, ...)
    if not must_wait then
      return ...
    end
    local ok, err, timeout = wait(self, due)
    if not ok then
      return nil, err, timeout
    end
    return received(self, due, argument, attempt(self[subject], argument))
  end

  return function(self, seconds, argument)
    local ok, err, timeout = before()
    if not ok then
      return nil, err, timeout
    end
    return received(self, deadline.after(seconds), argument, attempt(self[subject], argument))
  end
end

-- Sends all by the attempts that begin(subject, ...) makes.
local function sender(wait, begin, before, subject, doze)
  return function(self, seconds, ...)
    local attempt, due = begin(self[subject], ...), deadline.after(seconds)
    local sent, vain = 0, 0
    local may_begin, reason, is_late = before()
    if not may_begin then
      return is_late and sent or nil, reason, is_late
    end
    while true do
      local len, err, must_wait = attempt(sent)
      if err then
        if errors.is_of_gone_peer[err.name] then
          return nil
        end
        return sent > 0 and sent or nil, text(err)
      end
      sent = sent + len
      if not must_wait then
        return sent
      end
      vain = len == 0 and vain + 1 or 0
      local ok, failure, timeout = pause.once(vain, due, doze, self.sock)
      if ok then
        ok, failure, timeout = wait(self, due)
      end
      if not ok then
        return (timeout or sent > 0) and sent or nil, failure, timeout
      end
    end
  end
end

local function at_once()
  return true
end

-- The io of sockets that make these attempts, as attempts.lua has them, each with the field `subject` of the instance.
-- They wait with these functions: readable(socket, seconds), writable(socket, seconds) and doze.writable(socket,
-- seconds), as pause.lua tells of it, which give true; nil, nil, true when the time is over; or nil and a string.
-- `waits` and `waits.doze` may have others for a method, by its name, and the table `before`, by the same names, what
-- is called before the first attempt and answers alike.
return function(waits, receiving, sending, subject)
  local io = { waits = waits }
  local before = waits.before or {}
  for name, attempt in pairs(receiving) do
    local wait = waiter(waits[name] or waits.readable, 'onrecv', name)
    io[name] = receiver(wait, attempt, before[name] or before.readable or at_once, subject)
  end
  for name, begin in pairs(sending) do
    local wait = waiter(waits[name] or waits.writable, 'onsend', name)
    local doze = waits.doze[name] or waits.doze.writable
    io[name] = sender(wait, begin, before[name] or before.writable or at_once, subject, doze)
  end

  local recvfrom = io.recvfrom
  if recvfrom then
    function io.recvfrom(...)
      return with_sender(recvfrom(...))
    end
  end

  return io
end
