-- SPDX-License-Identifier: MIT
-- Reading of streams by lines, by counts of bytes, and up to delimiters.
--
-- The methods receive as much as comes at once. What they received and did not return yet, the socket keeps: every
-- method that receives takes from there first. close() drops it, and so does connect() of a client. What goes past the
-- methods of the socket does not see it: its descriptor's number, loop.readable, loop.relay.
--
--   readline([max])   a line without its '\n' or '\r\n', of at most so many bytes (8192). At the end of the stream
--                     what is left is the last line. A longer line: nil, EMSGSIZE, and its bytes stay.
--   readn(n)          exactly n bytes
--   readuntil(delimiter [, max])
--                     what is before the delimiter, a plain text, which is taken as well; at most so many bytes
--                     (65536), else as in readline
--   peek(n)           the next n bytes, which stay; fewer at the end of the stream
--   lines([max])      iterates over readline; raises its errors, and a timeout as ETIMEDOUT. On plain Lua 5.1 the
--                     waits of tasks do not pass through `for`: there `while` with readline does.
--
-- All but lines answer as recv does: nil at the end of the stream; nil, err; nil, nil, true when the time is over. One
-- deadline covers a whole call. No bytes are lost when it is over, when a hook refuses to wait, or when a call fails.
-- Where readn and readuntil find the end after some of their bytes they say nil, EBADMSG; recv still gives these.
--
-- Of bytes that a socket keeps, recvmsg makes a message without control messages, and recvfd says ENOMSG as for other
-- bytes. Descriptors that were sent with bytes which these methods received are closed: who expects some, receives
-- with recvmsg and recvfd until the last of them came.

local llsocket = require('llsocket')
local Socket = require('net.socket')
local deadline = require('net.deadline')
local errors = require('net.errors')
local limits = require('net.limits')
local failure = require('net.poller.values').failure
local new_unread = require('net.stream.unread')
local use = require('net.io.use')

local reading = {}

local CR = 13
local MOST_BYTES = 2147483647
local DEFAULT_RECV, DEFAULT_LINE, DEFAULT_UNTIL = 4096, 8192, 65536
local LEAST_PIECE, LARGEST_PIECE = 16384, 65536

-- Why there is not what was to be read, beside the errors of recv.
local TOO_LONG, AT_END = 'too long', 'at end'

-- Searches give how many bytes there are to be returned; nil, TOO_LONG; or nil if more must come. This one: all of n.
local function has(unread, n)
  return n <= unread.bytes and n or nil
end

local function size_until(unread, delimiter, max)
  local before = unread:find(delimiter)
  local excess = (before or unread.bytes) - max
  if excess <= 0 or not before and unread:may_have_begun(delimiter, excess) then
    return before
  end
  return nil, TOO_LONG
end

-- With its '\r'.
local function size_of_line(unread, max)
  local before = unread:find('\n')
  local size = before or unread.bytes
  if size <= max or size == max + 1 and unread:peek(size):byte(-1) == CR then
    return before
  end
  return nil, TOO_LONG
end

local function check_size(value, index, name)
  if type(value) ~= 'number' then
    errors.argument(index, name, 'integer expected, got ' .. type(value))
  elseif value % 1 ~= 0 then -- also NaN and infinity
    errors.argument(index, name, 'number has no integer representation')
  elseif value < 0 or value > MOST_BYTES then
    errors.argument(index, name, ('out of range (0 to %d)'):format(MOST_BYTES))
  end
  return value
end

local function opt_size(value, index, name, fallback)
  return value == nil and fallback or check_size(value, index, name)
end

local function skip(self, n)
  local unread = self.unread
  unread:skip(n)
  if unread.bytes == 0 then
    use(self, self.io.without_unread)
  end
end

local function take(self, n)
  local bytes = self.unread:peek(n)
  skip(self, n)
  return bytes
end

local function recv(self, _, bufsize)
  return take(self, math.min(opt_size(bufsize, 1, 'recv', DEFAULT_RECV), self.unread.bytes))
end

-- Another socket brings the bytes into the buffers of the message, and sets in that what a message without more has.
local function recvmsg(self, seconds, msg)
  local header = type(msg) == 'table' and msg.header or msg
  if type(header) ~= 'userdata' then
    return self.io.without_unread.recvmsg(self, seconds, msg) -- which refuses it
  end
  local socks, err = llsocket.socket.pair(llsocket.SOCK_STREAM, 0, true)
  if not socks then
    return nil, errors.text(err)
  end
  local sent, received, again
  sent, err = socks[1]:send(self.unread:peek(math.min(math.max(header:bytes(), 1), self.unread.bytes)))
  if sent then
    received, err, again = socks[2]:recvmsg(header)
  end
  socks[1]:close()
  socks[2]:close()
  if received then
    skip(self, received)
  end
  return received, errors.text(err), again
end

local of_unread = { recv = recv, recvmsg = recvmsg }

function of_unread.recvfd()
  return nil, failure('ENOMSG', 'recvmsg')
end

-- The io for as long as there are unread bytes, over that without them.
local function with_unread(io)
  local made = rawget(io, 'with_unread')
  if not made then
    made = setmetatable({ without_unread = io }, { __index = io })
    for name, receive in pairs(of_unread) do
      made[name] = function(self, ...)
        return (self.unread and receive or io[name])(self, ...) -- a "sync" method asks with a socket of its own
      end
    end
    io.with_unread = made
    made.plain, made.hooked = with_unread(io.plain), with_unread(io.hooked)
  end
  return made
end

-- Keeps what was received: true; or nil, AT_END; or nil and what the method answers. At the end of the stream recv has
-- fewer than three results, when a hook refuses to wait it has three.
local function put(self, unread, ...)
  local piece, err = ...
  if not piece and (err or select('#', ...) > 2) then
    return ...
  elseif self.unread ~= unread then -- it was closed before this task went on
    return nil, failure('ECANCELED', 'recv')
  elseif not piece then
    return nil, AT_END
  end
  unread:put(piece)
  if not self.io.without_unread then
    use(self, with_unread(self.io))
  end
  return true
end

local function receive(self, unread, seconds, size)
  local io = self.io.without_unread or self.io
  if seconds and not io.nonblock then
    io = io.hooked -- the other blocks for SO_RCVTIMEO, however much of that has passed
  end
  return put(self, unread, io.recv(self, seconds, size))
end

-- What search(unread, ...) gives as soon as it does; or nil, AT_END; or nil and what the method answers.
local function await(self, room, search, ...)
  local unread = self.unread
  if not unread then
    unread = new_unread()
    self.unread = unread
  end
  local size, problem = search(unread, ...)
  if size or problem then
    return size, problem
  end
  local seconds = self[limits.receive] or nil
  local due = deadline.after(seconds)
  repeat
    local ok, err, timeout = receive(self, unread, seconds, room)
    if not ok then
      return nil, err, timeout
    end
    size, problem = search(unread, ...)
    if size or problem then
      return size, problem
    end
    seconds = deadline.left(due)
  until seconds == 0
  return nil, nil, true
end

local function await_bytes(self, n)
  return await(self, math.min(math.max(n, LEAST_PIECE), LARGEST_PIECE), has, n)
end

-- What the method `name` answers when await() gave no size.
local function unfinished(self, name, err, timeout)
  if err == AT_END and self.unread.bytes == 0 then
    return nil
  elseif err == AT_END then
    return nil, failure('EBADMSG', name)
  elseif err == TOO_LONG then
    return nil, failure('EMSGSIZE', name)
  end
  return nil, err, timeout
end

local function readline(self, max)
  local unread = self.unread
  local first = unread and unread:take_line(max)
  if first then
    if unread.bytes == 0 then
      use(self, self.io.without_unread)
    end
    return first
  end
  local size, err, timeout = await(self, LEAST_PIECE, size_of_line, max)
  if size then
    local line = self.unread:peek(size)
    skip(self, size + 1)
    return line:byte(-1) == CR and line:sub(1, -2) or line
  end
  local left = err == AT_END and self.unread.bytes or 0
  if left > max then
    err = TOO_LONG
  elseif left > 0 then
    return take(self, left)
  end
  return unfinished(self, 'readline', err, timeout)
end

local methods = {}

function methods:readline(max)
  return readline(self, opt_size(max, 1, 'readline', DEFAULT_LINE))
end

function methods:lines(max)
  local most = opt_size(max, 1, 'lines', DEFAULT_LINE)
  return function()
    local line, err, timeout = readline(self, most)
    if err or timeout then
      errors.raise(err or failure('ETIMEDOUT', 'readline'))
    end
    return line
  end
end

function methods:readn(n)
  if check_size(n, 1, 'readn') == 0 then
    return Socket.recv(self, 0)
  end
  local size, err, timeout = await_bytes(self, n)
  if not size then
    return unfinished(self, 'readn', err, timeout)
  end
  return take(self, n)
end

function methods:readuntil(delimiter, max)
  errors.check_type(delimiter, 'string', 1, 'readuntil')
  if delimiter == '' then
    errors.argument(1, 'readuntil', 'empty delimiter')
  end
  max = opt_size(max, 2, 'readuntil', DEFAULT_UNTIL)
  local size, err, timeout = await(self, LEAST_PIECE, size_until, delimiter, max)
  if not size then
    return unfinished(self, 'readuntil', err, timeout)
  end
  local bytes = self.unread:peek(size)
  skip(self, size + #delimiter)
  return bytes
end

function methods:peek(n)
  if check_size(n, 1, 'peek') == 0 then
    return Socket.recv(self, 0)
  end
  local size, err, timeout = await_bytes(self, n)
  local left = err == AT_END and self.unread.bytes or 0
  if not size and left == 0 then
    return unfinished(self, 'peek', err, timeout)
  end
  return self.unread:peek(size or left)
end

-- Adds the methods to a class of stream sockets.
function reading.add(class)
  for name, method in pairs(methods) do
    class[name] = method
  end
  function class:close(...)
    if self.unread then
      use(self, self.io.without_unread or self.io)
      self.unread = nil
    end
    return Socket.close(self, ...)
  end
end

return reading
