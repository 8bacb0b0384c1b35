-- What each kind of call tells when its time is over, and that no byte is lost or sent twice then.
-- Run: ./dev lua 5.4 examples/net/deadlines.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, unix, loop = net.stream.inet, net.stream.unix, net.loop

local SIZE = 10000000 -- more than the kernel keeps for a reader that does not come

local function show(call, ...)
  local results = { ... }
  for i = 1, select('#', ...) do
    results[i] = tostring(results[i])
  end
  print(('%-9s %s'):format(call, table.concat(results, ', ')))
end

assert(loop.run(function()
  local socks = assert(unix.pair())
  local a, b = socks[1], socks[2]

  b:deadlines(20) -- milliseconds to receive; nothing is said of sending
  show('recv', b:recv())
  a:send('half a ')
  show('readline', b:readline())
  a:send('line\n')
  show('readline', b:readline())

  a:deadlines(nil, 20)
  local sent, err, timeout = a:send(('x'):rep(SIZE))
  assert(sent > 0 and sent < SIZE and not err and timeout) -- some of it
  show('send', a:send('y')) -- none of it
  b:deadlines(0) -- no limit
  assert(b:readn(sent) == ('x'):rep(sent))

  local server = assert(inet.server.new({ host = '127.0.0.1' }))
  assert(not server:listen())
  server:deadlines(20)
  show('accept', server:accept())

  -- One limit for all that a function waits for, in seconds.
  show('timeout', loop.timeout(0.02, function()
    return b:recv()
  end))
end))
