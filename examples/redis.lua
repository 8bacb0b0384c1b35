-- A client for Redis, over TCP or a unix socket: a class for programs, and a command line.
-- Run: ./dev lua 5.4 examples/redis.lua [-h HOST] [-p PORT] [-s PATH] [-t SECONDS] COMMAND ARGS...
--
--   local redis = dofile('examples/redis.lua')
--   local client = assert(redis.connect({ host = '127.0.0.1', port = 6379 }, 5000))
--   client:call('SET', 'key', 'value')                           'OK'
--   client:pipeline({ { 'INCR', 'n' }, { 'GET', 'none' } })      { 1, redis.null }
--
-- Replies are strings, numbers, lists, redis.null, and errors of the server: redis.is_error() knows them, tostring()
-- tells what they say. Without a reply there is nil, err, and true if the time was over: then the connection is closed,
-- since nobody knows where the next reply would begin. In a task a client suspends that only; one at a time can use it.
-- SPDX-License-Identifier: MIT

local net = require('net')
local now = net.loop.now

local LONGEST_LINE, LONGEST_STRING, LONGEST_LIST = 65536, 512 * 1024 * 1024, 1024 * 1024
local DEEPEST = 8 -- lists in lists

local redis = {}

redis.null = setmetatable({}, {
  __tostring = function()
    return '(nil)'
  end,
})

local ReplyError = {
  __tostring = function(self)
    return '(error) ' .. self.message
  end,
}

function redis.is_error(reply)
  return getmetatable(reply) == ReplyError
end

local Client = {}
Client.__index = Client

-- A client of the server at { host =, port = } or { path = }. The limit in milliseconds is for connecting, and for each
-- call from then on; without it they take as long as they take.
function redis.connect(options, msec)
  local stream = net.stream[options.path and 'unix' or 'inet']
  local sock, err, timeout = stream.client.new(options, true, msec)
  if not sock then
    return nil, err, timeout
  end
  return setmetatable({ sock = sock, msec = msec }, Client)
end

-- Another limit for the calls to come.
function Client:limit(msec)
  self.msec = msec
  self.sock:deadlines(0, 0)
end

function Client:close()
  self.sock:close()
end

-- What a method of the socket gives, in what is left of the time of the call.
function Client:transfer(method, ...)
  local left = self.deadline and (self.deadline - now()) * 1000
  if left and left <= 0 then
    return nil, nil, true
  elseif left then
    self.sock:deadlines(left, left)
  end
  return self.sock[method](self.sock, ...)
end

-- The readers of replies get what is behind the first byte of a line. They give the reply; or nil, err, timeout.
local readers = {}

readers['+'] = function(_, text)
  return text
end

readers['-'] = function(_, text)
  return setmetatable({ message = text }, ReplyError)
end

readers[':'] = function(_, text)
  return tonumber(text:match('^%-?%d+$')), 'no integer: ' .. text
end

-- How long what follows is, -1 for redis.null.
local function length(text, most)
  local count = tonumber(text:match('^%-?%d+$'))
  if not count or count < -1 or count > most then
    return nil, 'no length, or too much: ' .. text
  end
  return count
end

readers['$'] = function(self, text)
  local size, problem = length(text, LONGEST_STRING)
  if not size or size < 0 then
    return size and redis.null, problem
  end
  local bytes, err, timeout = self:transfer('readn', size + 2)
  if bytes and bytes:sub(-2) ~= '\r\n' then
    return nil, 'no end of a string'
  end
  return bytes and bytes:sub(1, -3), err, timeout
end

readers['*'] = function(self, text, depth)
  local count, problem = length(text, LONGEST_LIST)
  if not count or count < 0 then
    return count and redis.null, problem
  elseif depth == DEEPEST then
    return nil, 'lists in lists, too deep'
  end
  local list = {}
  for i = 1, count do
    local reply, err, timeout = self:read(depth + 1)
    if reply == nil then
      return nil, err, timeout
    end
    list[i] = reply
  end
  return list
end

function Client:read(depth)
  local line, err, timeout = self:transfer('readline', LONGEST_LINE)
  if not line then
    return nil, err, timeout
  end
  local reader = readers[line:sub(1, 1)]
  if not reader then
    return nil, 'no reply: ' .. line
  end
  return reader(self, line:sub(2), depth)
end

local function encoded(command)
  local parts = { ('*%d\r\n'):format(#command) }
  for _, argument in ipairs(command) do
    local text = tostring(argument)
    table.insert(parts, ('$%d\r\n'):format(#text))
    table.insert(parts, text) -- format() of Lua 5.1 would end it at a zero
    table.insert(parts, '\r\n')
  end
  return table.concat(parts)
end

-- Sends this, if it is not empty, and gives a list of so many replies.
function Client:exchange(text, count)
  if self.is_busy then -- also when its task was cancelled
    self.is_busy = false
    self:close()
    return nil, 'a call before did not come to its end'
  end
  self.is_busy, self.deadline = true, self.msec and now() + self.msec / 1000
  local n, err, timeout = self:transfer('send', text)
  local reply, replies = n == #text, {}
  while reply and #replies < count do
    reply, err, timeout = self:read(0)
    table.insert(replies, reply)
  end
  self.is_busy = false
  if reply then
    return replies
  end
  self:close()
  return nil, err or timeout and 'no answer in time' or 'the server has gone', timeout
end

-- Sends commands at once, each a list of words. Gives a list of their replies.
function Client:pipeline(commands)
  local parts = {}
  for i, command in ipairs(commands) do
    parts[i] = encoded(command)
  end
  return self:exchange(table.concat(parts), #commands)
end

local function first(replies, err, timeout)
  return replies and replies[1], err, timeout
end

-- Sends a command and gives its reply.
function Client:call(...)
  return first(self:exchange(encoded({ ... }), 1))
end

-- The next reply, where more than one comes for a command, as after SUBSCRIBE.
function Client:receive()
  return first(self:exchange('', 1))
end

-- The command line.

local function print_reply(reply, indent)
  if type(reply) ~= 'table' or getmetatable(reply) then
    print(tostring(reply))
  elseif #reply == 0 then
    print('(empty list)')
  else
    for i, element in ipairs(reply) do
      io.write(i > 1 and indent or '', i, ') ')
      print_reply(element, indent .. '   ')
    end
  end
end

local function fail(text, status)
  io.stderr:write(text, '\n')
  os.exit(status)
end

local function main(words)
  local values, i = { ['-h'] = '127.0.0.1', ['-p'] = '6379', ['-t'] = '0' }, 1
  while words[i] and words[i]:find('^%-[hpst]$') do
    values[words[i]], i = words[i + 1], i + 2
  end
  local path, port, seconds = values['-s'], tonumber(values['-p']), tonumber(values['-t'])
  local is_port = port and port >= 0 and port <= 65535 and port % 1 == 0
  if not (words[i] and is_port and seconds and seconds >= 0 and seconds < 1e6) then
    fail('usage: redis.lua [-h HOST] [-p PORT] [-s PATH] [-t SECONDS] COMMAND ARGS...', 2)
  end
  local target = path and { path = path } or { host = values['-h'], port = port }
  local client, err = redis.connect(target, seconds > 0 and seconds * 1000 or nil)
  local reply
  if client then
    reply, err = client:call((table.unpack or unpack)(words, i))
  end
  if reply == nil then
    fail('redis: ' .. err, 1)
  end
  print_reply(reply, '')
  os.exit(redis.is_error(reply) and 1 or 0)
end

if arg and arg[0] and arg[0]:find('redis%.lua$') then
  main(arg)
end
return redis
