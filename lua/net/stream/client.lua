-- SPDX-License-Identifier: MIT
-- What the clients of streams have in common: a socket that connects, and connects again.

local closed = require('net.closed')
local connect_any = require('net.connect')
local current_io = require('net.io.current')
local deadline = require('net.deadline')
local errors = require('net.errors')
local fields = require('net.fields')

local client = {}

-- Sets what deadlines() set before on a new socket.
local function take_over(self, sock, io)
  local before = self.io
  self.sock = sock
  self.io = before ~= before.plain and io.hooked or io.plain
  if not io.nonblock then
    sock:nonblock(false)
    sock:rcvtimeo(self.rcvsec or 0)
    sock:sndtimeo(self.sndsec or 0)
  end
end

-- Adds construct() and connect() to a class of clients. `target` has
--   check(options)            what is to be connected to
--   addresses(io, seconds, its result)  a list of them, as resolve.host
--   prepare(sock, its result, io)       for each new socket
function client.define(class, family, target)
  function class:construct(options, connect, conndeadl)
    local checked = target.check(options)
    errors.check_optional(connect, 'boolean', 2, 'new')
    local seconds = fields.seconds(conndeadl, 3, 'new')
    local sock, failure = closed(family) -- until one is connected
    if not sock then
      return nil, errors.text(failure)
    end
    local made = self:adopt(sock, current_io().plain)
    made.target = checked
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

  function class:connect_within(seconds)
    local io = current_io()
    local due = deadline.after(seconds)
    local list, failure, late = target.addresses(io, seconds, self.target)
    if not list then
      return nil, failure, late
    end
    local sock, err, timeout = connect_any(io, list, due, function(sock)
      target.prepare(sock, self.target, io)
    end)
    if not sock then
      return nil, err, timeout
    end
    self:close()
    take_over(self, sock, io)
    return true
  end
end

return client
