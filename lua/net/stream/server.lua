-- SPDX-License-Identifier: MIT
-- net.stream.Server: accepts connections.

local Stream = require('net.stream.socket')
local class = require('net.class')
local deadline = require('net.deadline')
local errors = require('net.errors')
local limits = require('net.limits')
local admission = require('net.stream.admission')
local protected = require('net.protected')
local secure = require('net.stream.secure')
local serving = require('net.stream.serving')

local Server = class.define('net.stream.Server', Stream)

function Server:listen(backlog)
  local _, err = self.sock:listen(backlog)
  return errors.text(err)
end

-- The connections that accept() gives. A class or a server can have its own.
function Server:createConnection(sock)
  return secure.adopt(Stream, sock, self.io.plain)
end

-- What accept() waits for at most is no deadline of the connection, which Linux gives the options of its listener.
local function without_limits(self, sock, ...)
  if sock and not self.io.nonblock and (self[limits.receive] or self[limits.send]) then
    sock:rcvtimeo(0)
    sock:sndtimeo(0)
  end
  return sock, ...
end

local function accept_plain(self, seconds)
  return without_limits(self, self.io.accept(self, seconds))
end

local function accept_secure(self, seconds)
  return without_limits(self, admission.accept(self, seconds))
end

local function accept(self)
  local seconds = self[limits.receive] or nil
  if self.security then
    return accept_secure(self, seconds)
  end
  local due = deadline.after(seconds)
  local sock, err, timeout = accept_plain(self, seconds)
  if not (sock and self.security) then
    return sock, err, timeout
  end
  admission.admit(self, sock) -- it speaks TLS by now
  return accept_secure(self, deadline.left(due))
end

-- The listener of one with TLS does not block in any case.
function Server:isnonblock()
  return self.io.nonblock or false
end

local function created(sock, session, ok, made, err)
  if not ok then
    secure.discard(sock, session)
    error(made, 0)
  end
  return serving.connection(sock, session, made, err)
end

function Server:accept()
  local sock, err, timeout, session = accept(self)
  if not sock then
    return nil, err, timeout
  end
  if session then
    secure.offer(sock, session)
  end
  return created(sock, session,
    protected.across_waits(self.io.poller, self.createConnection, self, sock, session))
end

-- Connections that come from now on use this configuration: true | nil, err. Those that there are stay as they are.
function Server:tlsconfig(tlscfg)
  if self.serving and not self.security then
    errors.raise("cannot use 'tlsconfig' here: the server serves without TLS")
  end
  local security, problem = secure.renew(self.security, tlscfg)
  if not security then
    return nil, problem
  end
  self.security = security
  return true
end

-- Called with what is wrong when a handshake fails, of which accept() and serve() tell nothing else. A class or a
-- server can have its own.
function Server:handshakeFailed() end -- luacheck: no unused args

function Server:acceptfd()
  local sock, err, timeout = accept_plain(self, self[limits.receive] or nil)
  if not sock then
    return nil, err, timeout
  end
  return sock:unwrap()
end

serving.add(Server)

local close = Server.close

function Server:close(...)
  local ok, failure = protected.pcall(admission.close, self)
  local err = close(self, ...)
  if not ok then
    error(failure, 0)
  end
  return err
end

return Server
