-- SPDX-License-Identifier: MIT
-- accept() of servers with TLS: it gives connections whose handshake has succeeded. In net.loop each makes it in a task
-- of its own, so that none holds up the others.

local deadline = require('net.deadline')
local limits = require('net.limits')
local loop = require('net.loop')
local protected = require('net.protected')
local secure = require('net.stream.secure')

local MOST_HANDSHAKES = 512 -- at once

local admission = {}

local function remove(list, value)
  for i, each in ipairs(list) do
    if each == value then
      table.remove(list, i)
      break
    end
  end
end

local Admission = {}
Admission.__index = Admission

-- The first of those who wait goes on.
function Admission:wake(...)
  repeat
    local waiter = table.remove(self.waiters, 1)
  until not waiter or waiter:resume(...)
end

function Admission:wake_all(...)
  while #self.waiters > 0 do
    self:wake(...)
  end
end

-- What the task of a handshake does, which ends when its socket is closed.
function Admission:shake_hands(sock)
  local ok, session = protected.pcall(secure.accept, self.server, sock)
  remove(self.handshakes, sock)
  if not ok then
    error(session, 0)
  elseif session and self.is_closed then
    session:release()
    sock:close()
  elseif session then
    table.insert(self.ready, { sock = sock, session = session })
    self:wake()
  end
end

-- Who has taken longest makes room for others.
function Admission:admit(sock)
  if #self.handshakes >= MOST_HANDSHAKES then
    table.remove(self.handshakes, 1):close()
  end
  table.insert(self.handshakes, sock)
  loop.spawn(self.shake_hands, self, sock)
end

-- Accepts connections for as long as somebody waits for them.
function Admission:pump()
  while #self.waiters > 0 do
    local sock, err = self.accept(self.server)
    if not sock then
      self:wake_all(err)
      break
    end
    self:admit(sock)
  end
  self.pumping = nil
end

-- Nobody waits any more.
function Admission:rest()
  if #self.waiters == 0 and self.pumping then
    self.pumping:cancel()
    self.pumping = nil
  end
end

-- One that was woken and does not go on leaves what is ready to the next.
function Admission:forget(task)
  remove(self.waiters, task)
  if #self.ready > 0 then
    self:wake()
  end
  self:rest()
end

function Admission:take(seconds)
  local due = deadline.after(seconds)
  while #self.ready == 0 do
    local task = loop.running()
    table.insert(self.waiters, task)
    self.pumping = self.pumping or loop.spawn(self.pump, self)
    local is_alive, ok, err, timeout = protected.pcall(loop.suspend, deadline.left(due))
    if not is_alive then -- its task is cancelled
      self:forget(task)
      error(ok, 0)
    elseif not ok or type(err) == 'string' then
      self:forget(task)
      return nil, err, timeout
    end
  end
  self:rest()
  local first = table.remove(self.ready, 1)
  return first.sock, nil, nil, first.session
end

-- Nobody will take those that are ready, or will be.
function Admission:close()
  self.is_closed = true
  for _, each in ipairs(self.ready) do
    each.session:release()
    each.sock:close()
  end
  self.ready = {}
  for _, sock in ipairs(self.handshakes) do
    sock:close()
  end
end

local function accept_in_turn(server, accept)
  local due = deadline.after(server[limits.receive] or nil)
  repeat
    local sock, err, timeout = accept(server)
    if not sock then
      return nil, err, timeout
    end
    local session = secure.accept(server, sock)
    if session then
      return sock, nil, nil, session
    end
  until deadline.has_passed(due)
  return nil, nil, true
end

-- A socket, nil, nil and its session; or what accept(server), which gives a socket of llsocket, says is wrong.
function admission.accept(server, accept)
  if server.io.poller ~= loop then
    return accept_in_turn(server, accept)
  end
  local seconds = server[limits.receive] or nil
  server.admission = server.admission or setmetatable({
    server = server,
    accept = function()
      return server.io.accept(server)
    end,
    waiters = {}, -- tasks, in their order
    ready = {},
    handshakes = {}, -- sockets of those under way, the oldest first
  }, Admission)
  return server.admission:take(seconds)
end

return admission
