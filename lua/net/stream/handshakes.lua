-- SPDX-License-Identifier: MIT
-- accept() of servers with TLS outside of net.loop: the handshakes under way go on together while somebody is in it.

local llsocket = require('llsocket')
local scheduler = require('llsocket.scheduler')
local attempts = require('net.io.attempts')
local beside = require('net.io.beside')
local engine = require('net.tls.engine')
local new_queue = require('net.queue')
local protected = require('net.protected')
local retrying = require('net.io.retrying')
local secure = require('net.stream.secure')
local values = require('net.poller.values')

local accept = attempts.of_sockets(llsocket.MSG_DONTWAIT).accept

local ENDED = values.failure('ECANCELED', 'handshake')

local MOST_IN_TURN = 64 -- connections that one attempt accepts

local Handshakes = {}
Handshakes.__index = Handshakes

-- Has what to wait with: true; or nil and a string. That of the process that this one is a child of is the parent's.
function Handshakes:open()
  if self.waits and not self.waits:inherited() then
    return true
  end
  self:end_all()
  local err
  self.waits, err = scheduler.handshakes(self.server.sock)
  return self.waits and true, err
end

-- Gives a list of the sockets of those that were under way.
function Handshakes:end_all()
  local ended = {}
  for session in self.under_way.take, self.under_way do
    local sock = self:take_socket(session)
    engine.release(session)
    sock:close()
    table.insert(ended, sock)
  end
  if self.waits then
    self.waits:close()
  end
  return ended
end

-- Takes the socket of a session, which is no longer under way.
function Handshakes:take_socket(session)
  local sock = self.sockets[session]
  self.sockets[session] = nil
  return sock
end

-- There is no connection over the socket; perhaps there is a session.
function Handshakes:reject(sock, session, err, timeout)
  if session then
    engine.release(session)
  end
  secure.reject(self.server, sock, err, timeout)
end

-- Who has taken longest makes room for others.
function Handshakes:end_oldest()
  local oldest = self.under_way:take()
  self.waits:stop(oldest)
  self:reject(self:take_socket(oldest), oldest, ENDED)
end

function Handshakes:admit(sock)
  local is_open, failure = self:open()
  if not is_open then
    return self:reject(sock, nil, failure)
  end
  local security = self.server.security
  local session, err = engine.session(security.context, sock)
  local ok
  if session then
    ok, err = self.waits:begin(session, security.seconds)
  end
  if not ok then
    return self:reject(sock, session, err)
  end
  self.under_way:add(session)
  self.sockets[session] = sock
  if self.under_way.count > secure.MOST_HANDSHAKES then
    self:end_oldest()
  end
end

-- A socket whose handshake has succeeded, and its session; nil if there is none.
function Handshakes:take()
  local session, ok, err, timeout = self.waits:take()
  while session do
    self.under_way:remove(session)
    local sock = self:take_socket(session)
    if ok then
      return sock, session
    end
    self:reject(sock, session, err, timeout)
    session, ok, err, timeout = self.waits:take()
  end
end

-- Nothing can be accepted, but the handshakes go on: as attempt().
function Handshakes:fail(err)
  self.waits:wait(0)
  local sock, session = self:take()
  if sock then
    return false, sock, nil, nil, session
  end
  return false, nil, err
end

-- As attempts.lua has them, with the session after what accept() answers.
local function attempt(self)
  local ok, failure = self:open()
  if not ok then
    return false, nil, failure
  end
  for _ = 1, MOST_IN_TURN do
    local sock, session = self:take()
    if sock then
      return false, sock, nil, nil, session
    end
    local must_wait, accepted, err = accept(self.server.sock)
    if accepted then
      accepted:nonblock(self.server.io.nonblock or false)
      self:admit(accepted)
    elseif must_wait then
      return true
    else
      return self:fail(err)
    end
  end
  return true
end

-- Until there may be something to take or to accept.
function Handshakes:wait(seconds)
  if seconds and seconds <= 0 then
    return nil, nil, true
  end
  local adapter = self.server.io.poller
  local ok, err, timeout = self.waits:wait(adapter and 0 or seconds)
  if not (adapter and timeout) then
    return ok, err, timeout
  end
  local own = self.waits:timeout()
  local is_own = own and (not seconds or own < seconds)
  ok, err, timeout = beside(adapter, self.waits, is_own and own or seconds)
  if self.is_closed then
    return nil, values.failure('ECANCELED', 'accept')
  end
  return ok or (timeout and is_own), err, timeout
end

-- Whatever the hook raises, all have ended.
function Handshakes:close()
  self.is_closed = true
  local is_parents = self.waits and self.waits:inherited()
  local adapter, fd = self.server.io.poller, self.waits and self.waits:fd()
  if adapter and fd then
    (adapter.forget or adapter.unwait)(fd)
  end
  local is_told, failure = true, nil
  for _, sock in ipairs(self:end_all()) do
    if is_told and not is_parents then
      is_told, failure = protected.pcall(self.reject, self, sock, nil, ENDED)
    end
  end
  if not is_told then
    error(failure, 0)
  end
end

-- A socket of llsocket, nil, nil and its session; nil and a string; or nil, nil, true.
function Handshakes:accept(seconds)
  return self.io.accept(self.server, seconds)
end

-- Those of a server. Its listener does not block from now on, in no process that has it: while one accepts it may not
-- change for another.
return function(server)
  local self = setmetatable({
    server = server,
    under_way = new_queue(), -- sessions
    sockets = {}, -- of these
  }, Handshakes)
  server.sock:nonblock(true)
  self.io = retrying({
    readable = function(_, seconds)
      return self:wait(seconds)
    end,
  }, { accept = attempt }, {}, 'admission')
  return self
end
