-- SPDX-License-Identifier: MIT
-- What the clients of streams have in common: a socket that connects, and connects again.

local close = require('net.closing')
local closed = require('net.closed')
local connect_any = require('net.connect')
local current_io = require('net.io.current')
local deadline = require('net.deadline')
local errors = require('net.errors')
local fields = require('net.fields')
local limits = require('net.limits')
local loop = require('net.loop')
local protected = require('net.protected')
local secure = require('net.stream.secure')
local use = require('net.io.use')
local values = require('net.poller.values')

local client = {}

-- Sets what deadlines() set before on a new socket.
local function take_over(self, sock, io)
  local before = self.io
  use(self, before ~= before.plain and io.hooked or io.plain, sock)
  if not io.nonblock then
    sock:nonblock(false)
    sock:rcvtimeo(self[limits.receive] or 0)
    sock:sndtimeo(self[limits.send] or 0)
  end
end

-- An attempt to connect, which close() of the client ends.
local Attempt = {}
Attempt.__index = Attempt

function Attempt:admit(sock)
  if self.is_closed then
    return false
  end
  table.insert(self.socks, sock)
  return true
end

function Attempt:close()
  self.is_closed = true
  if self.lookups then
    self.lookups:cancel()
  end
  for _, sock in ipairs(self.socks) do
    close(self.io, sock)
  end
end

local function begin(self, io)
  local attempt = setmetatable({ io = io, socks = {}, lookups = io.poller == loop and loop.group() }, Attempt)
  self.attempts = self.attempts or {}
  self.attempts[attempt] = true
  return attempt
end

local function forget(self, attempt)
  self.attempts[attempt] = nil
  if not next(self.attempts) then
    self.attempts = nil
  end
end

-- Who calls: a task of the poller, or all that there is.
local function caller(poller)
  return poller and poller.current() or true
end

-- Closes the connection that another takes the place of, but not attempts: those of other tasks come and go meanwhile
-- if a class has a close() that waits, and what they connected then is the one to be closed. False and the error if
-- that raises one.
local function close_old(self, attempt)
  local poller = attempt.io.poller
  attempt.replacer = caller(poller)
  local ok, err, sock
  repeat
    sock = self.sock
    ok, err = protected.across_waits(poller, self.close, self)
  until not ok or self.sock == sock or attempt.is_closed
  attempt.replacer = nil
  return ok, err
end

-- Whether it is an attempt of whoever calls that closes the connection of before.
local function is_replacing(self)
  for attempt in pairs(self.attempts or {}) do
    if attempt.replacer and attempt.replacer == caller(attempt.io.poller) then
      return true
    end
  end
  return false
end

-- The end of an attempt: true, and the socket is the client's; or nil, what is wrong, and true if the time was over.
local function settle(self, attempt, ok, sock, err, timeout)
  if ok and sock and not attempt.is_closed then
    local was_closed, failure = close_old(self, attempt)
    if not was_closed then
      ok, sock = false, failure
    end
  end
  forget(self, attempt)
  if not ok then
    attempt:close()
    error(sock, 0)
  elseif attempt.is_closed then
    attempt:close()
    return nil, values.failure('ECANCELED', 'connect')
  elseif not sock then
    return nil, err, timeout
  end
  take_over(self, sock, attempt.io)
  if attempt.session then
    secure.attach(self, attempt.session)
  end
  return true
end

-- Adds construct(), connect() and close() to a class of clients. `target` has
--   check(options)                            what is to be connected to
--   addresses(io, due, its result, lookups)   as resolve.to_connect
--   prepare(sock, its result, io)             for each new socket
function client.define(class, family, target)
  local close_connection = class.close

  function class:construct(options, connect, conndeadl)
    local checked, security = target.check(options), secure.check_client(options)
    errors.check_optional(connect, 'boolean', 2, 'new')
    local seconds = fields.seconds(conndeadl, 3, 'new')
    local is_ready, problem = secure.prepare(security, 'client')
    if not is_ready then
      return nil, problem
    end
    local sock, failure = closed(family) -- until one is connected
    if not sock then
      return nil, errors.text(failure)
    end
    local made = self:adopt(sock, current_io().plain)
    made.target, made.security = checked, security
    if connect ~= false then
      local ok, err, timeout = made:connect_within(seconds)
      if not ok then
        return nil, err, timeout
      end
    end
    return made
  end

  function class:connect(conndeadl)
    local ok, err, timeout = self:connect_within(fields.seconds(conndeadl, 1, 'connect'))
    if ok then
      return nil
    end
    return err, timeout
  end

  function class:close(...)
    for attempt in pairs(not is_replacing(self) and self.attempts or {}) do
      attempt:close()
    end
    return close_connection(self, ...)
  end

  -- A connected socket, or what resolve.host and net.connect say is wrong.
  local function reach(self, attempt, seconds)
    local due = deadline.of_task(seconds)
    local list, failure, late = target.addresses(attempt.io, due, self.target, attempt.lookups)
    if not list then
      return nil, failure, late
    end
    local sock, err, timeout = connect_any(attempt.io, list, due, function(new)
      target.prepare(new, self.target, attempt.io)
      return attempt:admit(new)
    end, attempt.lookups)
    if not sock or not self.security then
      return sock, err, timeout
    end
    attempt.session, err, timeout = secure.connect(attempt.io, sock, self.security, deadline.left(due))
    if not attempt.session then
      sock:close()
      return nil, err, timeout
    end
    return sock
  end

  function class:connect_within(seconds)
    local is_ready, problem = secure.prepare(self.security, 'client') -- the configuration as it is by now
    if not is_ready then
      return nil, problem
    end
    local io = current_io()
    local attempt = begin(self, io)
    return settle(self, attempt, protected.across_waits(io.poller, reach, self, attempt, seconds))
  end
end

return client
