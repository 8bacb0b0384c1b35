-- SPDX-License-Identifier: MIT
-- net.Socket: what all sockets of net have in common.

local llsocket = require('llsocket')
local scheduler = require('llsocket.scheduler')
local class = require('net.class')
local close = require('net.closing')
local closed = require('net.closed')
local current_io = require('net.io.current')
local deadline = require('net.deadline')
local errors = require('net.errors')
local fields = require('net.fields')
local limits = require('net.limits')
local loop = require('net.loop')
local looping = require('net.io.looping')
local option_names = require('net.option_names')
local options = require('net.options')
local own = require('net.own')
local protected = require('net.protected')
local use = require('net.io.use')
local values = require('net.poller.values')
local with_sender = require('net.io.with_sender')

local text = errors.text

-- An instance has
--   sock, io        the socket of llsocket, and how it waits (see net/io): use() sets them
--   [1]             what recv and send are called on at once, if they can be: the socket, or a session of TLS; or false
--   [2], [3]        how long it waits at most: see limits.lua
--   onrecv, onsend  the hooks, with onrecv_context and onsend_context
local Socket = class.define('net.Socket')

-- The instance for a socket of llsocket, which now waits as sockets do that are made here.
function Socket:take(sock)
  local io = current_io()
  local was_nonblock, err = sock:nonblock()
  if was_nonblock ~= nil and was_nonblock ~= (io.nonblock or false) then
    was_nonblock, err = sock:nonblock(io.nonblock or false)
  end
  if was_nonblock == nil then
    return nil, text(err)
  end
  return self:adopt(sock, io)
end

function Socket:construct(sock)
  if getmetatable(sock) ~= 'llsocket.socket' then
    errors.argument(1, 'new', 'llsocket.socket expected, got ' .. type(sock))
  end
  return self:take(sock)
end

-- The instance for a socket of llsocket that waits in this way already, by its session if it speaks TLS.
function Socket:adopt(sock, io, session)
  -- Two tables: that of plain sockets has no room for what they lack.
  local made = session and { false, false, false, sock = false, io = false, session = session }
    or { false, false, false, sock = false, io = false }
  use(setmetatable(made, self), io, sock)
  return made
end

function Socket:__tostring()
  return ('%s: fd %d'):format(self.__name, self.sock:fd())
end

function Socket:__close()
  self:close()
end

options.add(Socket, option_names.socket)
Socket.linger = options.linger

for _, name in ipairs({ 'fd', 'family', 'socktype', 'protocol' }) do
  Socket[name] = function(self)
    return self.sock[name](self.sock)
  end
end

for _, name in ipairs({ 'getsockname', 'getpeername', 'atmark' }) do
  Socket[name] = function(self)
    local value, err = self.sock[name](self.sock)
    return value, text(err)
  end
end

options.add(Socket, { 'cloexec' })

function Socket:isnonblock()
  return (self.sock:nonblock())
end

function Socket:error()
  local pending, err = self.sock:error()
  return text(pending), text(err)
end

local function shut(self, flag)
  local _, err = self.sock:shutdown(flag)
  return text(err)
end

function Socket:closer()
  return shut(self, llsocket.SHUT_RD)
end

function Socket:closew()
  local err = shut(self, llsocket.SHUT_WR)
  if self.io.poller == loop then
    scheduler.nudge_writer(self.sock) -- of a unix socket the kernel does not tell
  end
  return err
end

local function shut_flag(reading, writing)
  if reading and writing then
    return llsocket.SHUT_RDWR
  end
  return reading and llsocket.SHUT_RD or writing and llsocket.SHUT_WR or nil
end

function Socket:close(shutrd, shutwr)
  local _, err = close(self.io, self.sock, shut_flag(shutrd, shutwr))
  return text(err)
end

local function set_hook(self, which, name, ...)
  local before, hook, context = self[which], ...
  if select('#', ...) > 0 then
    errors.check_optional(hook, 'function', 1, name)
    self[which], self[which .. '_context'] = hook, context
    use(self, (self.onrecv or self.onsend) and self.io.hooked or self.io.plain)
  end
  return before
end

function Socket:onwaitrecv(...)
  return set_hook(self, 'onrecv', 'onwaitrecv', ...)
end

function Socket:onwaitsend(...)
  return set_hook(self, 'onsend', 'onwaitsend', ...)
end

-- A socket that blocks has the limit in the kernel, which may round it; one that is not connected yet gets it then.
local function set_limit(self, limit, option, seconds)
  if not self.io.nonblock then
    self.sock[option](self.sock, seconds)
    seconds = self.sock[option](self.sock) or seconds
  end
  self[limit] = seconds > 0 and seconds or false
end

-- The kernel may have made it more than one can ask for.
local function msec_of(seconds)
  return seconds and math.min(seconds * 1000, fields.MOST_MSEC) or nil
end

function Socket:deadlines(rcvmsec, sndmsec)
  local rcvsec, sndsec = fields.seconds(rcvmsec, 1, 'deadlines'), fields.seconds(sndmsec, 2, 'deadlines')
  if rcvsec then
    set_limit(self, limits.receive, 'rcvtimeo', rcvsec)
  end
  if sndsec then
    set_limit(self, limits.send, 'sndtimeo', sndsec)
  end
  return msec_of(self[limits.receive]), msec_of(self[limits.send])
end

-- These options are the deadlines of a socket that blocks.
for option, limit in pairs({ rcvtimeo = limits.receive, sndtimeo = limits.send }) do
  Socket[option] = function(self, sec)
    local value, err = options.access(self, option, sec)
    if not self.io.nonblock and value then
      self[limit] = value > 0 and value or false
    end
    return value, err
  end
end

-- In tasks these two, which are called most, go to the operations of the loop without a function in between, or with
-- one where such a method cannot be made.
local function fast_method(name, limit)
  local operation = looping.operations[name]
  local function otherwise(self, value)
    return self.io[name](self, self[limit] or nil, value)
  end
  if scheduler.method then
    local method = scheduler.method(name, otherwise)
    own.functions[method] = true
    return method
  end
  return function(self, value)
    local sock = self[1]
    if sock then
      return operation(sock, self[limit] or nil, value)
    end
    return otherwise(self, value)
  end
end

Socket.recv = fast_method('recv', limits.receive)
Socket.send = fast_method('send', limits.send)

-- Adds the methods of these names that receive, or send: each does what its io does under the deadline of this kind.
function Socket.add_transfers(of, limit, names)
  for _, name in ipairs(names) do
    of[name] = of[name] or function(self, ...)
      return self.io[name](self, self[limit] or nil, ...)
    end
  end
end

-- Raises what is wrong with the arguments of a method, which does nothing else to a closed socket.
local closed_one = { sock = assert(closed(llsocket.AF_UNIX)) }

local function check_arguments(name, method, ...)
  local ok, err = pcall(method, closed_one, nil, ...)
  if not ok then
    errors.hand_on(name, 0, err)
  end
end

-- Raises an error anew. What the method `name` says of its arguments is told of the one that the program called.
local function hand_on(name, failure)
  local blamed = type(failure) == 'string' and failure:match("bad argument #%d+ to '([^']*)' %(.*%)$")
  if name and (blamed == name or blamed == '?') then
    errors.hand_on(name .. 'sync', 0, failure)
  end
  error(failure, 0)
end

local function unlocked(unlock, sock, name, ok, ...)
  unlock(sock)
  if not ok then
    hand_on(name, ...)
  end
  return ...
end

-- Calls a method that waits, while its lock is held. Its hook can raise an error, or a class that has its own, and in
-- net.loop the wait, when its task is cancelled. Other loops know their own coroutines only, so nothing can be caught
-- around a wait on Lua 5.1: there the arguments are checked before.
local function call_locked(poller, unlock, shared, name, method, ...)
  return unlocked(poller[unlock], shared, name, protected.across_waits(poller, method, ...))
end

-- What a method answers whose turn did not come.
local function without_turn(kind, name, err, timeout)
  if name == 'recvfrom' then
    return with_sender(nil, err, timeout)
  end
  return timeout and kind == 'write' and 0 or nil, err, timeout
end

-- Adds for methods that wait others with "sync" behind the name: in those the tasks that share a socket take turns,
-- first come, first served. The deadline is for the turn and what is done in it.
local function add_sync(of, kind, limit, names)
  local lock, unlock = kind .. '_lock', kind .. '_unlock'
  for _, name in ipairs(names) do
    local plain = of[name]
    local sync = name .. 'sync'
    of[sync] = function(self, ...)
      local poller, seconds = self.io.poller, self[limit] or nil
      if poller ~= loop then
        check_arguments(sync, (self.io.without_tls or self.io)[name], ...)
      end
      if not poller or self:fd() < 0 or poller == loop and not loop.running() then -- nobody else can wait there
        return self[name](self, ...)
      end
      local due, sock = deadline.after(seconds), self.sock
      local shared = poller == loop and sock or sock:fd()
      local ok, err, timeout = poller[lock](shared, seconds)
      if not ok then
        return without_turn(kind, name, err, timeout)
      elseif self.sock ~= sock then -- it is connected anew, and what comes now is not for this call
        poller[unlock](shared)
        return without_turn(kind, name, values.failure('ECANCELED', lock))
      elseif self[name] ~= plain then -- a class has its own
        return call_locked(poller, unlock, shared, nil, self[name], self, ...)
      end
      return call_locked(poller, unlock, shared, name, self.io[name], self, deadline.left(due), ...)
    end
  end
end

-- Adds methods that receive: each does what its io does, and in its "sync" form in turn.
function Socket.add_receiving(of, names)
  Socket.add_transfers(of, limits.receive, names)
  add_sync(of, 'read', limits.receive, names)
end

function Socket.add_sending(of, names)
  Socket.add_transfers(of, limits.send, names)
  add_sync(of, 'write', limits.send, names)
end

Socket:add_receiving({ 'recv', 'recvmsg' })
Socket:add_sending({ 'send', 'sendmsg' })

return Socket
