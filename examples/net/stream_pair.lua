-- Two ends of a stream in one process: a task adds up the numbers that another sends, a line each, up to the end of the
-- stream. That task ends its own sending with closew(), and still receives.
-- Run: ./dev lua 5.4 examples/net/stream_pair.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local unix, loop = net.stream.unix, net.loop

local function add_up(sock)
  local sum = 0
  local line = sock:readline()
  while line do
    sum = sum + tonumber(line)
    line = sock:readline()
  end
  sock:send(('the sum is %d'):format(sum))
  sock:close()
end

assert(loop.run(function()
  local socks = assert(unix.pair())
  loop.spawn(add_up, socks[1])

  local sock = socks[2]
  for number = 1, 100 do
    sock:send(number .. '\n')
  end
  assert(not sock:closew())
  print(sock:recv())
  assert(sock:recv() == nil) -- the other end is closed
  sock:close()
end))
