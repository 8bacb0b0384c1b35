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

function Admission:shake_hands(sock)
  local session = secure.accept(self.server, sock)
  self.handshakes = self.handshakes - 1
  if session then
    table.insert(self.ready, { sock = sock, session = session })
    self:wake()
  end
  if self.resting then
    self.resting:resume()
  end
end

-- Accepts connections for as long as somebody waits for them.
function Admission:pump()
  while #self.waiters > 0 do
    if self.handshakes >= MOST_HANDSHAKES then
      self.resting = loop.running()
      loop.suspend()
      self.resting = nil
    else
      local sock, err = self.accept(self.server)
      if not sock then
        self:wake_all(err)
        break
      end
      self.handshakes = self.handshakes + 1
      loop.spawn(self.shake_hands, self, sock)
    end
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

function Admission:forget(task)
  for i, waiter in ipairs(self.waiters) do
    if waiter == task then
      table.remove(self.waiters, i)
      break
    end
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

-- Nobody will take those that are ready.
function Admission:close()
  for _, each in ipairs(self.ready) do
    each.sock:close()
  end
  self.ready = {}
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
    handshakes = 0,
  }, Admission)
  return server.admission:take(seconds)
end

return admission
