-- SPDX-License-Identifier: MIT
-- How sockets wait that speak TLS: over(io) is the io of those that would wait as `io` does without it. The instance
-- has its session of net.tls in the field `session`.

local scheduler = require('llsocket.scheduler')
local attempts = require('net.io.attempts')
local deadline = require('net.deadline')
local engine = require('net.tls.engine')
local errors = require('net.errors')
local loop = require('net.loop')
local retrying = require('net.io.retrying')
local values = require('net.poller.values')
local waiting = require('net.waiting')

local operations = {}
for name, fn in pairs(scheduler.tls or {}) do
  operations[name] = waiting(name, fn)
end

local receiving, sending = {}, {}

function receiving.recv(session, size)
  local bytes, err, again = errors.answer('recv', 1, pcall(engine.read, session, size))
  return again, bytes, err
end

-- As attempts.lua has them: errors of system calls have a name.
local function outcome(len, err, again)
  local name = err and err:match('^%[(%u+):')
  if errors.is_of_gone_peer[name] then
    err = { name = name }
  end
  return len, err, again
end

function sending.send(session, str)
  errors.check_type(str, 'string', 1, 'send')
  return function(sent)
    return outcome(engine.write(session, str, sent))
  end
end

function sending.sendfile(session, file, bytes, offset)
  attempts.check_size(bytes, 2)
  attempts.check_size(offset or 0, 3)
  return function(sent)
    local left, start = bytes - sent, (offset or 0) + sent
    return outcome(errors.answer('sendfile', 1, pcall(engine.sendfile, session, file, left, start)))
  end
end

local function refuse(name)
  return function()
    return nil, values.failure('EOPNOTSUPP', name)
  end
end

-- What would go past TLS.
local refused = {}
for _, name in ipairs({ 'recvmsg', 'sendmsg', 'recvfd', 'sendfd' }) do
  refused[name] = refuse(name)
end

local function set_operations(io)
  for _, name in ipairs({ 'recv', 'send', 'sendfile' }) do
    local operation = operations[name]
    io[name] = function(self, ...)
      return operation(self.session, ...)
    end
  end
end

local over

local function new_io(io)
  local made = setmetatable({ without_tls = io }, { __index = io })
  io.with_tls = made
  for name, fn in pairs(retrying(io.waits, receiving, sending, 'session')) do
    made[name] = fn
  end
  if io.poller == loop and io.plain == io then
    set_operations(made)
    made.own = scheduler.method and 'session' -- what stands in for that in socket.lua knows sockets only
  end
  for name, fn in pairs(refused) do
    made[name] = fn
  end
  made.plain, made.hooked = over(io.plain), over(io.hooked)
  return made
end

function over(io)
  return rawget(io, 'with_tls') or new_io(io)
end

local method_of = { read = 'readable', write = 'writable' }

-- Calls a method of the session, "handshake" or "close", until it no longer wants to wait as `io` does: true; nil, err;
-- or nil, nil, true.
local function run(io, session, sock, name, seconds)
  if io.poller == loop then
    return operations[name](session, seconds)
  end
  local due = deadline.after(seconds)
  while true do
    local ok, err, again, want = engine[name](session)
    if not again then
      return ok, err
    end
    local is_ready, failure, timeout = io.waits[method_of[want]](sock, deadline.left(due))
    if not is_ready then
      return nil, failure, timeout
    end
  end
end

return { over = over, run = run }
