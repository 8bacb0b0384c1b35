-- SPDX-License-Identifier: MIT
-- accept() of servers with TLS: it gives connections whose handshake has succeeded, and none holds up the others. In
-- net.loop each makes it in a task of its own.

local scheduler = require('llsocket.scheduler')
local deadline = require('net.deadline')
local handshakes = require('net.stream.handshakes')
local loop = require('net.loop')
local protected = require('net.protected')
local new_queue = require('net.queue')
local secure = require('net.stream.secure')

local admission = {}

local Admission = {}
Admission.__index = Admission

-- The first of those who wait goes on.
function Admission:wake(...)
  repeat
    local waiter = self.waiters:take()
  until not waiter or waiter.task:resume(...)
end

function Admission:wake_all(...)
  while self.waiters.count > 0 do
    self:wake(...)
  end
end

-- What the task of a handshake does, which ends when its socket is closed.
function Admission:shake_hands(sock)
  local ok, session = protected.pcall(secure.accept, self.server, sock)
  self.handshakes:remove(sock)
  if not ok then
    error(session, 0)
  elseif session and self.is_closed then
    secure.discard(sock, session)
  elseif session then
    table.insert(self.ready, { sock = sock, session = session })
    self:wake()
  end
end

function Admission:admit(sock)
  secure.add_handshake(self.handshakes, sock)
  loop.spawn(self.shake_hands, self, sock)
end

-- Accepts connections for as long as somebody waits for them.
function Admission:pump()
  while self.waiters.count > 0 do
    local sock, err, timeout = self.server.io.accept(self.server, deadline.left(self.waiters:peek().due))
    if sock then
      self:admit(sock)
    elseif timeout then -- who waits knows by itself
      loop.later()
    else
      self:wake_all(err)
      break
    end
  end
  self.pumping = nil
end

-- Nobody waits any more.
function Admission:rest()
  if self.waiters.count == 0 and self.pumping then
    self.pumping:cancel()
    self.pumping = nil
  end
end

-- One that was woken and does not go on leaves what is ready to the next.
function Admission:forget(waiter)
  self.waiters:remove(waiter)
  if #self.ready > 0 then
    self:wake()
  end
  self:rest()
end

function Admission:accept(seconds)
  local due = deadline.after(seconds)
  while #self.ready == 0 do
    local waiter = { task = loop.running(), due = due }
    self.waiters:add(waiter)
    self.pumping = self.pumping or loop.spawn(self.pump, self)
    local is_alive, ok, err, timeout = protected.pcall(loop.suspend, deadline.left(due))
    if not is_alive then -- its task is cancelled
      self:forget(waiter)
      error(ok, 0)
    elseif not ok or type(err) == 'string' then
      self:forget(waiter)
      return nil, err, timeout
    end
  end
  self:rest()
  local first = table.remove(self.ready, 1)
  return first.sock, nil, nil, first.session
end

-- Nobody will take those that are ready, or will be. Those of the process that this one is a child of are the parent's.
function Admission:close()
  self.is_closed = true
  local is_parents = self.pid ~= scheduler.pid()
  for _, each in ipairs(self.ready) do
    if is_parents then
      each.sock:close()
    else
      secure.discard(each.sock, each.session)
    end
  end
  self.ready = {}
  for sock in self.handshakes.take, self.handshakes do
    sock:close()
  end
end

local function new_admission(server)
  return setmetatable({
    server = server,
    pid = scheduler.pid(),
    waiters = new_queue(), -- each with its task and until when it waits
    ready = {},
    handshakes = new_queue(), -- sockets of those under way
  }, Admission)
end

local function of_server(server)
  local new = server.io.poller == loop and new_admission or handshakes
  server.admission = server.admission or new(server)
  return server.admission
end

-- A socket of llsocket, nil, nil and its session; or what is wrong, as accept() tells it.
function admission.accept(server, seconds)
  return of_server(server):accept(seconds)
end

-- Begins the handshake of a socket that was accepted.
function admission.admit(server, sock)
  of_server(server):admit(sock)
end

-- The server will wait in another way, or not at all: its handshakes end.
function admission.close(server)
  local closed = server.admission
  server.admission = nil
  if closed then
    closed:close()
  end
end

return admission
