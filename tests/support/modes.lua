-- SPDX-License-Identifier: MIT
-- Tests of net in both of its modes: outside of tasks, where sockets block, and inside net.loop, where they suspend
-- their task.

local assert = require('luassert')
local busted = require('busted')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')
local program = require('program')

local modes = {}

local keep, pack = network.keep, loops.pack
local unpack = table.unpack or unpack

local blocking = { name = 'outside of tasks', is_loop = false }
local looping = { name = 'inside net.loop', is_loop = true }

function blocking.it(sentence, fn)
  busted.it(sentence, fn)
end

function looping.it(sentence, fn)
  busted.it(sentence, function()
    loops.run(fn)
    loops.assert_idle()
  end)
end

local children = {} -- that nobody has waited for

-- Calls the function in a child process, which ends with the test at the latest. Returns a function that waits for its
-- end, which must be a good one.
function blocking.beside(fn)
  local pid = loops.fork()
  if pid == 0 then
    local ok, err = pcall(fn)
    if not ok then
      print(err)
    end
    loops.leave(ok and 0 or 1)
  end
  children[pid] = true
  return function()
    children[pid] = nil
    assert.equal(0, loops.wait_for(pid))
  end
end

busted.subscribe({ 'test', 'end' }, function()
  for pid in pairs(children) do
    os.execute('kill -9 ' .. pid)
    loops.wait_for(pid)
    children[pid] = nil
  end
  return nil, true -- other subscribers go on
end)

-- Calls the function in another task.
function looping.beside(fn)
  local task = loop.spawn(fn)
  return function()
    assert.is_true((task:join(loops.patience)))
  end
end

-- Both. A mode has
--   name, is_loop
--   it(sentence, fn)   a test in this mode
--   beside(fn)         calls the function while the test goes on; returns a function that waits for its end
modes.list = { blocking, looping }

-- Calls define(mode) for both.
function modes.each(define)
  for _, mode in ipairs(modes.list) do
    busted.describe(mode.name .. ',', function()
      define(mode)
    end)
  end
end

-- An open file with this content, which has no name any more.
function modes.file_of(content)
  local path = program.file(content)
  local file = keep(assert(io.open(path)))
  os.remove(path)
  return file
end

-- Two connected unix streams.
function modes.pair()
  local socks = assert(net.stream.unix.pair())
  return keep(socks[1], socks[2])
end

-- Two connected unix datagram sockets.
function modes.dgram_pair()
  local socks = assert(net.dgram.unix.pair())
  return keep(socks[1], socks[2])
end

-- A server of TCP that listens, and its port.
function modes.listener(options)
  options = options or {}
  options.host, options.port = options.host or '127.0.0.1', options.port or 0
  local server = keep(assert(net.stream.inet.server.new(options)))
  assert.is_nil(server:listen())
  return server, server:getsockname():port()
end

-- A client that is connected to that port.
function modes.client(port)
  return keep(assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port })))
end

-- A connection of TCP: the client, the server's end, and the server.
function modes.tcp()
  local server, port = modes.listener()
  local client = modes.client(port)
  return client, keep(assert(server:accept())), server
end

-- A UDP socket with an address, which is returned with it.
function modes.udp(host)
  local sock = keep(assert(net.dgram.inet.new({ host = host or '127.0.0.1', port = 0 })))
  assert.is_nil(sock:bind())
  return sock, assert(sock:getsockname())
end

-- Sends until no more fits; returns how many bytes went.
function modes.fill(sock)
  local _, sndmsec = sock:deadlines()
  sock:deadlines(nil, 20)
  local total, chunk = 0, ('x'):rep(65536)
  local n, err, timeout
  repeat
    n, err, timeout = sock:send(chunk)
    assert(n, err)
    total = total + n
  until timeout
  sock:deadlines(nil, sndmsec or 0)
  return total
end

-- Receives this many bytes of a stream, or all until its end.
function modes.receive_all(sock, size)
  local parts, left = {}, size or math.huge
  while left > 0 do
    local part, err = sock:recv(math.min(left, 65536))
    assert.is_nil(err)
    if not part then
      break
    end
    parts[#parts + 1], left = part, left - #part
  end
  return table.concat(parts)
end

local function without_nils_behind(list)
  while list.n > 0 and list[list.n] == nil do
    list.n = list.n - 1
  end
  return list
end

local Answer = {}
Answer.__index = Answer

-- These results; whether nil is said or left out at the end does not matter.
function Answer:is(...)
  assert.same(without_nils_behind(pack(...)), without_nils_behind(self.results))
end

-- No more than these results, nil counted.
function Answer:is_exactly(...)
  assert.same(pack(...), self.results)
end

-- nil, `before` times if that is given, and the error of this name as a string: of the function `op`, or of any.
function Answer:fails(name, op, before)
  local results, at = without_nils_behind(self.results), (before or 1) + 1
  local said = tostring(results[at])
  local expected = op and loops.failure(name, op) or said:match('^%[' .. name .. ':%d+%]%[[%w_]+%] .+')
  assert.is_string(expected, said .. ' is not ' .. name)
  assert.same({ n = at, [at] = expected }, results)
end

-- Wraps the results of a call.
function modes.answer(...)
  return setmetatable({ results = pack(...) }, Answer)
end

local template = [=[
local pack = ...
return function(object, ...)
  local results = pack(object%s%s(...))
  return results
end
]=]

-- A function that calls by name, as programs do, in line 3 of a chunk of its own.
local function caller(separator, name)
  local chunk = (loadstring or load)(template:format(separator, name), '=program')
  return chunk(pack)
end

local function refuses(separator, object, name, arguments, position, problem)
  local ok, message = net.pcall(caller(separator, name), object, unpack(arguments, 1, arguments.n or #arguments))
  assert.is_false(ok, name .. ' took what is wrong')
  message = message:gsub('got no value', 'got nil')
  assert.equal(("program:3: bad argument #%d to '%s' (%s)"):format(position, name, problem), message)
end

-- Calling the method with these arguments raises an argument error for the one at this position, in the program's line.
function modes.refuses(object, name, arguments, position, problem)
  refuses(':', object, name, arguments, position, problem)
end

-- The same for a function of a module.
function modes.function_refuses(module, name, arguments, position, problem)
  refuses('.', module, name, arguments, position, problem)
end

-- Calls `fn` while the function `name` of these tables (nil in those that lack it) is counted. Returns how often it was
-- called.
function modes.count_calls(holders, name, fn)
  local count, before = 0, {}
  for i, holder in ipairs(holders) do
    local original = holder[name]
    before[i] = rawget(holder, name)
    if original then
      holder[name] = function(...)
        count = count + 1
        return original(...)
      end
    end
  end
  local ok, err = net.pcall(fn)
  for i, holder in ipairs(holders) do
    holder[name] = before[i]
  end
  if not ok then
    error(err, 0)
  end
  return count
end

modes.failure = loops.failure

return modes
