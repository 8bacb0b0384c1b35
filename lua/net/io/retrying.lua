-- SPDX-License-Identifier: MIT
-- What sockets do by trying, and waiting where that would block: in another event loop, and where a hook is to be
-- called before a wait.
--
-- The functions take a socket of net, for how many seconds at most (nil: as long as it takes), and what the method of
-- that name takes.

local attempts = require('net.io.attempts')
local deadline = require('net.deadline')
local errors = require('net.errors')
local with_sender = require('net.io.with_sender')

local text = errors.text

local is_gone = { EPIPE = true, ECONNRESET = true }

-- A function that lets a socket wait until the deadline, if its hook of this name has nothing against it: true; else
-- nil and what the method answers.
local function waiter(wait, name)
  local context = name .. '_context'
  return function(self, due)
    local seconds, hook = deadline.left(due), self[name]
    if hook then
      local ok, err, timeout = hook(self[context], seconds and seconds * 1000)
      if not ok then
        return nil, err, timeout
      end
      seconds = deadline.left(due)
    end
    return wait(self.sock, seconds)
  end
end

-- Receives by an attempt, which is repeated after waits.
local function receiver(wait, attempt)
  local function received(self, due, argument, must_wait, ...)
    if not must_wait then
      return ...
    end
    local ok, err, timeout = wait(self, due)
    if not ok then
      return nil, err, timeout
    end
    return received(self, due, argument, attempt(self.sock, argument))
  end

  return function(self, seconds, argument)
    return received(self, deadline.after(seconds), argument, attempt(self.sock, argument))
  end
end

-- Sends all by the attempts that begin(socket, ...) makes.
local function sender(wait, begin)
  return function(self, seconds, ...)
    local attempt, due = begin(self.sock, ...), deadline.after(seconds)
    local sent = 0
    while true do
      local len, err, must_wait = attempt(sent)
      if err then
        if is_gone[err.name] then
          return nil
        end
        return sent > 0 and sent or nil, text(err)
      end
      sent = sent + len
      if not must_wait then
        return sent
      end
      local ok, failure, timeout = wait(self, due)
      if not ok then
        return (timeout or sent > 0) and sent or nil, failure, timeout
      end
    end
  end
end

-- The io of sockets that try with these flags, and wait with these functions: readable(socket, seconds) and
-- writable(socket, seconds), which give true; nil, nil, true when the time is over; or nil and a string. `unblocks`:
-- the sockets block, but not in an attempt.
return function(waits, flags, unblocks)
  local io = { waits = waits }
  local wait_to_read, wait_to_write = waiter(waits.readable, 'onrecv'), waiter(waits.writable, 'onsend')
  for name, attempt in pairs(attempts.receiving(flags, unblocks)) do
    io[name] = receiver(wait_to_read, attempt)
  end
  for name, begin in pairs(attempts.sending(flags, unblocks)) do
    io[name] = sender(wait_to_write, begin)
  end

  local recvfrom = io.recvfrom
  function io.recvfrom(...)
    return with_sender(recvfrom(...))
  end

  return io
end
