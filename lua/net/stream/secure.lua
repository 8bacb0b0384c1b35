-- SPDX-License-Identifier: MIT
-- TLS on streams. The instance of a stream that speaks it has its session in the field `session`, and an io of
-- net.io.tls.
--
--   sock:starttls(tlscfg [, opts])   speaks TLS from now on: true; nil, err; or nil, nil, true. Fields of opts:
--       server      true: as the server (false)
--       servername  of a client: whom it speaks to, a host name or an IP address
--       resumption  of a client: what tls():resumption() of an earlier connection gave
--       msec        how long it may take (10000)
--       unread      what becomes of bytes that were received and not read: 'refuse' (the default: EBADMSG, since
--                   whoever can put bytes before the handshake could put them in the peer's mouth) or 'feed': they are
--                   the begin of the handshake
--
--                                    When the handshake fails the stream is closed: nothing that came after would be
--                                    meant for it.
--   sock:tls()                       the session, with what is known of the peer: net.tls
--
-- close() and closew() say to the peer before that nothing more comes, for which they take a second at most.

local Socket = require('net.socket')
local close_socket = require('net.closing')
local engine = require('net.tls.engine')
local errors = require('net.errors')
local fields = require('net.fields')
local loop = require('net.loop')
local protected = require('net.protected')
local tls_io = require('net.io.tls')
local use = require('net.io.use')
local values = require('net.poller.values')

local secure = {
  MOST_HANDSHAKES = 512, -- of a server at once; another ends the oldest
}

local HANDSHAKE_SEC, CLOSE_SEC = 10, 1

-- Raises an argument error for what is no configuration. `of` tells of which part of the argument: '' of all.
local function check_config(config, index, name, of)
  if not engine.available then
    errors.argument(index, name, of .. 'this build has no TLS')
  elseif not engine.is_config(config) then
    errors.argument(index, name, of .. 'net.tls.config expected, got ' .. type(config))
  end
end

-- The configuration in a table of options, if there is one.
local function config_of(options, name)
  if options.tlscfg ~= nil then
    check_config(options.tlscfg, 1, name, "field 'tlscfg': ")
  end
  return options.tlscfg
end

-- A session over a connected socket that waits as `io` does: or nil, what is wrong, and true if the time was over.
local function handshake(io, sock, context, seconds, servername, resumption)
  local session, err = engine.session(context, sock, servername, resumption)
  if not session then
    return nil, err
  end
  local ok, failure, timeout = tls_io.run(io, session, sock, 'handshake', seconds)
  if not ok then
    engine.release(session)
    return nil, failure, timeout
  end
  return session
end

-- Sessions of accepted sockets, by socket, until there is a connection. Whoever offers one keeps it alive.
local offered = setmetatable({}, { __mode = 'kv' })

-- A stream that is made of the socket speaks TLS by this session.
function secure.offer(sock, session)
  offered[sock] = session
end

-- An instance of the class for a socket that the server has accepted. It speaks TLS if a session is offered.
function secure.adopt(class, sock, io)
  local session = offered[sock]
  return class:adopt(sock, session and tls_io.over(io) or io, session)
end

-- Closes an accepted socket of which no connection was made. By its session, if it has one, the peer is told as much as
-- can be sent at once.
function secure.discard(sock, session)
  session = session or offered[sock]
  if session then
    engine.close(session)
    engine.release(session)
    offered[sock] = nil
  end
  sock:close()
end

-- The instance speaks TLS by this session from now on.
function secure.attach(self, session)
  if self.session ~= session then
    self.session = session
    use(self, tls_io.over(self.io))
  end
end

-- The instance is the connection that was made of the socket with this session.
function secure.settle(self, sock, session)
  offered[sock] = nil
  secure.attach(self, session)
end

-- Says to the peer that nothing more comes: true; nil, err; or nil, nil, true.
local function say_end(self, session)
  if self.io.poller == loop and not loop.pollable() then
    return engine.close(session)
  end
  return tls_io.run(self.io, session, self.sock, 'close', CLOSE_SEC)
end

-- The instance, whose socket is closed, speaks no more TLS.
local function detach(self, session)
  engine.release(session)
  if self.session == session then
    self.session = nil
    use(self, self.io.without_tls)
  end
end

-- Says so without a wait: true if nothing is left of that to be sent.
function secure.has_said_end(self)
  local again = self.session and select(3, engine.close(self.session))
  return not again
end

-- Closes by close(self, ...). Until then nobody else gets past TLS.
local function close_secure(self, close, ...)
  local session, ok, failure = self.session, true, nil
  if not secure.has_said_end(self) then
    ok, failure = protected.across_waits(self.io.poller, say_end, self, session)
  end
  local err = close(self, ...)
  detach(self, session)
  if not ok then
    error(failure, 0)
  end
  return err
end

local server_fields = { tlsmsec = 'number' }
local client_fields = { servername = 'string', resumption = 'resumption' }

-- What a client needs for TLS, from its table of options: nil if it has no tlscfg. prepare() adds the context.
function secure.check_client(options)
  fields.check(options, client_fields, 1, 'new')
  local config = config_of(options, 'new')
  return config and {
    config = config,
    servername = options.servername or options.host,
    resumption = options.resumption,
  }
end

-- Makes the context of a client or a server: true; or nil and a string.
function secure.prepare(security, role)
  if security then
    local context, err = engine.context(security.config, role)
    if not context then
      return nil, err
    end
    security.context = context
  end
  return true
end

-- What a server needs for TLS, with its context and for how many seconds a handshake may go on; nil and a string if
-- there can be no context.
local function new_security(config, seconds)
  local security = { config = config, seconds = seconds }
  local ok, err = secure.prepare(security, 'server')
  return ok and security or nil, err
end

-- The same of its table of options: nil if that has no tlscfg.
function secure.server(options)
  fields.check(options, server_fields, 1, 'new')
  local config = config_of(options, 'new')
  if not config then
    return nil
  end
  return new_security(config, fields.seconds(options.tlsmsec, 1, 'new', 'tlsmsec') or HANDSHAKE_SEC)
end

-- The same with another configuration, instead of what it had, if it had any.
function secure.renew(security, config)
  check_config(config, 1, 'tlsconfig', '')
  return new_security(config, security and security.seconds or HANDSHAKE_SEC)
end

-- A session of a client over a connected socket; or as handshake().
function secure.connect(io, sock, security, seconds)
  seconds = seconds or HANDSHAKE_SEC
  return handshake(io, sock, security.context, seconds, security.servername, security.resumption)
end

-- Adds a socket to the queue of those whose handshakes are under way. Who has taken longest makes room for others.
function secure.add_handshake(queue, sock)
  queue:add(sock)
  if queue.count > secure.MOST_HANDSHAKES then
    queue:take():close()
  end
end

-- There is no session over a socket that the server accepted.
function secure.reject(server, sock, err, timeout)
  sock:close()
  server:handshakeFailed(err or timeout and values.failure('ETIMEDOUT', 'handshake'))
end

-- A session over such a socket; nil if there is none, and then the socket is closed.
function secure.accept(server, sock)
  local security = server.security
  local session, err, timeout = handshake(server.io.plain, sock, security.context, security.seconds)
  if not session then
    secure.reject(server, sock, err, timeout)
  end
  return session
end

local starttls_fields = { server = 'boolean', servername = 'string', unread = 'string', resumption = 'resumption' }

local function check_starttls(options)
  fields.check(options, starttls_fields, 2, 'starttls')
  if options.unread and options.unread ~= 'refuse' and options.unread ~= 'feed' then
    errors.argument(2, 'starttls', "field 'unread': 'refuse' or 'feed' expected")
  end
  return options, fields.seconds(options.msec, 2, 'starttls', 'msec') or HANDSHAKE_SEC
end

local function unread_bytes(self, policy)
  local unread = self.unread and self.unread.bytes or 0
  if unread == 0 then
    return ''
  elseif policy == 'feed' then
    return self:recv(unread)
  end
  return nil, values.failure('EBADMSG', 'starttls')
end

-- A session over the socket of the instance, and nothing of it is sent yet: or nil and what is wrong.
local function begin_session(self, config, options)
  if self.session then
    return nil, values.failure('EISCONN', 'starttls')
  end
  local context, problem = engine.context(config, options.server and 'server' or 'client')
  if not context then
    return nil, problem
  end
  local session, err = engine.session(context, self.sock, options.servername, options.resumption)
  if not session then
    return nil, err
  end
  local begin, refusal = unread_bytes(self, options.unread)
  if not begin then
    return nil, refusal
  end
  engine.feed(session, begin)
  return session
end

local methods = {}

function methods:starttls(tlscfg, options)
  check_config(tlscfg, 1, 'starttls', '')
  local checked, seconds = check_starttls(options or {})
  local session, problem = begin_session(self, tlscfg, checked)
  if not session then
    return nil, problem
  end
  secure.attach(self, session) -- what others send meanwhile does not get past it
  local ok, is_done, err, timeout = protected.across_waits(self.io.poller, tls_io.run, self.io, session, self.sock,
    'handshake', seconds)
  if not (ok and is_done) then
    close_socket(self.io, self.sock)
    detach(self, session)
  end
  if not ok then
    error(is_done, 0)
  elseif not is_done then
    return nil, err, timeout
  end
  return true
end

function methods:tls()
  return self.session
end

-- Adds the methods to the class of stream sockets.
function secure.add(class)
  for name, method in pairs(methods) do
    class[name] = method
  end
  function class:take(sock)
    local made, err = Socket.take(self, sock)
    local session = made and offered[sock]
    if session then
      secure.attach(made, session)
    end
    return made, err
  end
  local close = class.close
  function class:close(...)
    if self.session then
      return close_secure(self, close, ...)
    end
    return close(self, ...)
  end
  function class:closer()
    if self.session then
      engine.end_input(self.session)
    end
    return Socket.closer(self)
  end
  function class:closew()
    if self.session then
      local ok, err = say_end(self, self.session)
      if not ok then
        return err or values.failure('ETIMEDOUT', 'closew')
      end
    end
    return Socket.closew(self)
  end
end

return secure
