-- SPDX-License-Identifier: MIT
-- The accept loop of a server: one task for each connection.

local llsocket = require('llsocket')
local admission = require('net.stream.admission')
local deadline = require('net.deadline')
local endings = require('net.endings')
local errors = require('net.errors')
local fields = require('net.fields')
local loop = require('net.loop')
local protected = require('net.protected')
local new_queue = require('net.queue')
local secure = require('net.stream.secure')
local Stream = require('net.stream.socket')
local use = require('net.io.use')
local values = require('net.poller.values')
local written = require('net.written')

-- How long to wait, in seconds, before the next attempt to accept when there are no descriptors: twice as long each
-- time.
local FIRST_PAUSE, LONGEST_PAUSE = 0.01, 1

local is_lack = { EMFILE = true, ENFILE = true, ENOBUFS = true, ENOMEM = true }

local serving = {}

-- What createConnection() gave for a socket of llsocket, which is closed if that is no connection. `session`: of TLS.
function serving.connection(sock, session, made, err)
  if type(made) == 'table' and made.close then
    if session then
      secure.settle(made, sock, session)
    end
    return made
  end
  secure.discard(sock, session)
  if made then
    errors.raise('createConnection gave no connection but a ' .. type(made))
  end
  return nil, err or values.failure('ECONNABORTED', 'accept')
end

local Serving = {}
Serving.__index = Serving

-- A descriptor that is given up for a moment when there are no others.
local function new_reserve()
  return (llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM))
end

local cancellation = values.failure('ECANCELED', 'cancel')

-- A function for tasks that tells onerror(err, traceback, connection) of its errors, while the connection is still
-- open. That it was cancelled is none.
local function guarded(fn, onerror, connection_of)
  return function(...)
    local traceback
    local ok, err = protected.xpcall(fn, function(err)
      traceback = debug.traceback(written(err), 2)
      return err
    end, ...)
    if ok then
      return
    elseif type(err) == 'string' and err:sub(-#cancellation) == cancellation then
      error(err, 0)
    end
    onerror(err, traceback, connection_of(...))
  end
end

-- What the task of a connection does: it gets the accepted socket of llsocket.
function Serving:conduct(sock)
  local server, session = self.server, nil
  if server.security then
    session = secure.accept(server, sock)
    if not session then
      return
    end
    secure.offer(sock, session)
    self:enter(sock)
  end
  local connection = serving.connection(sock, session, server:createConnection(sock, session))
  if connection then
    self.connections[loop.running()] = connection
    return self.handler(connection, server)
  end
end

-- Whatever a class does to close its sockets, they are closed then.
local function close_connection(connection)
  local ok, err = protected.pcall(connection.close, connection)
  if connection.sock then
    connection.sock:close()
  end
  if not ok then
    error(err, 0)
  end
end

local function new_serving(server, handler, options)
  local connections = {}
  local self = setmetatable({
    handler = handler,
    server = server,
    limit = options.limit or math.huge,
    drain = options.drain,
    connections = connections, -- by task; sockets of llsocket until the server has made connections of them, and
                               -- again, or false, in tasks that only close them
    count = 0,
    handshakes = new_queue(), -- sockets of those under way: the limit does not count them
    entering = {}, -- tasks whose handshake has succeeded, and which wait for room under the limit
    pause = FIRST_PAUSE,
    reserve = new_reserve(),
    close = close_connection,
  }, Serving)
  if options.onerror then
    self.conduct = guarded(self.conduct, options.onerror, function()
      local connection = connections[loop.running()]
      return type(connection) == 'table' and connection or nil
    end)
    self.close = guarded(close_connection, options.onerror, function(connection)
      return connection
    end)
  end
  function self.ended(task)
    self:leave(task)
  end
  return self
end

-- How many connections there are, whose handshake has succeeded.
function Serving:established()
  return self.count - self.handshakes.count
end

-- The handshake has succeeded.
function Serving:enter(sock)
  while self:established() >= self.limit do
    table.insert(self.entering, loop.running())
    loop.suspend()
  end
  self.handshakes:remove(sock)
end

-- A connection has a task: that of its handler, then perhaps one that closes it.
function Serving:hand_over(connection, task)
  self.connections[task] = connection
  self.count = self.count + 1
  endings.observe(task, self.ended)
end

-- A connection's task has ended. What closes connections in a way of its own may wait, and fail: it gets a task.
function Serving:leave(task)
  local connection = self.connections[task]
  if connection == nil then -- said before, without memory for the rest
    return
  end
  self.connections[task] = nil
  self.count = self.count - 1
  if self.server.security and type(connection) ~= 'table' then
    self.handshakes:remove(connection)
  end
  if type(connection) == 'userdata' then
    secure.discard(connection)
  elseif connection and (connection.close ~= Stream.close or not secure.has_said_end(connection)) then
    self:hand_over(connection.sock or false, loop.spawn(self.close, connection))
  elseif connection then
    connection:close()
  end
  self:wake()
end

function Serving:admit(sock)
  if self.server.security then
    secure.add_handshake(self.handshakes, sock)
  end
  self:hand_over(sock, loop.spawn(self.conduct, self, sock))
end

-- A connection has ended: who waits for that goes on.
function Serving:wake()
  repeat
    local entering = table.remove(self.entering, 1)
  until not entering or entering:resume()
  if self.waiter then
    self.waiter:resume()
  end
end

-- Waits until a connection has ended: as suspend().
function Serving:wait_for_end(seconds)
  self.waiter = loop.running()
  local ok, err, timeout = loop.suspend(seconds)
  self.waiter = nil
  return ok, err, timeout
end

-- There is no descriptor for a connection that waits. It gets the reserve and is closed, so that its peer knows.
function Serving:turn_away()
  if self.reserve then
    self.reserve:close()
    local sock = self.server.io.accept(self.server, 0)
    if sock then
      sock:close()
    end
  end
  self.reserve = new_reserve()
  self:wait_for_end(self.pause) -- which gives one back
  self.pause = math.min(2 * self.pause, LONGEST_PAUSE)
end

-- Accepts a connection: true. Else nil, what is wrong, and true if the time of the task is over.
function Serving:accept()
  local sock, err, timeout = self.server.io.accept(self.server)
  if sock then
    self.pause = FIRST_PAUSE
    self:admit(sock)
    return true
  elseif err and is_lack[err:match('^%[(%u+)')] then
    self:turn_away()
    return true
  end
  return nil, err, timeout
end

-- Accepts until stop(), or until the server is closed: true. Else nil and what is wrong.
function Serving:accept_all()
  while not self.is_stopping do
    local ok, err, timeout
    if self:established() < self.limit then
      ok, err, timeout = self:accept()
    else
      ok, err, timeout = self:wait_for_end()
    end
    if self.server:fd() < 0 then
      break
    elseif not ok then
      return nil, err or values.failure(timeout and 'ETIMEDOUT' or 'ECANCELED', 'accept')
    end
  end
  return true
end

-- Waits until all connections have ended: true. When the time for that is over, the tasks that are left are cancelled,
-- and their connections closed. Another stop() can set another time. When that of the task that serves is over: nil and
-- what is wrong.
function Serving:finish()
  self.due = deadline.after(self.drain)
  while self.count > 0 do
    local _, _, timeout = self:wait_for_end(deadline.left(self.due))
    if timeout and not deadline.has_passed(self.due) then
      return nil, values.failure('ETIMEDOUT', 'accept')
    elseif timeout then
      self:close_all()
      self.due = nil
    end
  end
  return true
end

function Serving:close_all()
  for task in pairs(self.connections) do
    task:cancel()
  end
  local ok, err = protected.pcall(loop.later) -- they end now, if they do not take that for an error like others
  for _, connection in pairs(self.connections) do
    if type(connection) == 'table' and not connection.sock then
      loop.spawn(self.close, connection)
    elseif connection then
      secure.discard(type(connection) == 'table' and connection.sock or connection)
    end
  end
  if not ok then -- it was cancelled meanwhile
    error(err, 0)
  end
end

function Serving:run()
  local ok, err = self:accept_all()
  if not ok then
    return nil, err
  end
  return self:finish()
end

-- No more connections are accepted.
function Serving:stop(drain)
  if drain then
    self.drain, self.due = drain, deadline.after(drain)
  end
  self.is_stopping = true
  self:wake()
  close_connection(self.server)
end

local options_of_serve = { limit = 'integer', onerror = 'function', drain = 'number' }

local function check_serve(handler, options)
  errors.check_type(handler, 'function', 1, 'serve')
  options = options == nil and {} or fields.check(options, options_of_serve, 2, 'serve')
  if options.limit and options.limit < 1 then
    errors.argument(2, 'serve', "field 'limit': out of range (at least 1)")
  end
  if not loop.running() then
    errors.raise("cannot use 'serve' here: this is not inside a task; tasks begin with run() or spawn()")
  end
  local drain = fields.seconds(options.drain, 2, 'serve', 'drain')
  return { limit = options.limit, onerror = options.onerror, drain = drain }
end

-- However it ended, nothing of it goes on.
local function served(server, ok, ...)
  local ended = server.serving
  server.serving = nil
  if ended.reserve then
    ended.reserve:close()
  end
  if ended.count > 0 then
    ended:close_all()
  end
  if not ok then
    error((...), 0)
  end
  return ...
end

-- Adds serve() and stop() to a class of servers.
function serving.add(class)
  function class:serve(handler, options)
    local checked = check_serve(handler, options)
    if self.serving then
      errors.raise('the server serves already')
    end
    if self:fd() < 0 then
      return nil, values.failure('EBADF', 'accept')
    end
    local ok, err = self:wait_in_loop()
    if not ok then
      return nil, err
    end
    self.serving = new_serving(self, handler, checked)
    return served(self, protected.pcall(self.serving.run, self.serving))
  end

  -- One that was made outside of tasks waits in the loop from now on.
  function class:wait_in_loop()
    if self.io.poller == loop then
      return true
    end
    local taken, err = class.take(class, self.sock)
    if not taken then
      return nil, err
    end
    admission.close(self)
    use(self, self.io == self.io.plain and taken.io.plain or taken.io.hooked)
    return true
  end

  local close = class.close

  -- While it serves it may wait for one of its connections to end.
  function class:close(...)
    local err = close(self, ...)
    if self.serving then
      self.serving:wake()
    end
    return err
  end

  function class:stop(msec)
    local drain = fields.seconds(msec, 1, 'stop')
    if self.serving then
      self.serving:stop(drain)
    else
      self:close()
    end
  end
end

return serving
