-- A server for systemd: it takes the sockets that systemd listens at (net.stream.Server.sockets), or if there are none
-- one of its own. At SIGTERM or SIGINT it accepts no more, and ends when those who are there are served, or after 5
-- seconds.
-- Run: systemd-socket-activate -l 8000 build/release/lua/5.4/lua examples/net/activation.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop = net.stream.inet, net.loop

local function servers()
  local list = assert(net.stream.Server.sockets())
  if #list == 0 then
    local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
    assert(not server:listen())
    list[1] = server
  end
  return list
end

local function greet(sock)
  sock:deadlines(10000, 10000)
  local name = sock:readline()
  if name then
    sock:send(('hello %s\n'):format(name))
  end
end

local function place(server)
  local ai = server:getsockname()
  return ai:port() and ('%s port %d'):format(ai:addr(), ai:port()) or ai:addr()
end

io.stdout:setvbuf('line')

assert(loop.run(function()
  local list = servers()
  for _, server in ipairs(list) do
    loop.spawn(server.serve, server, greet)
    print('listening at ' .. place(server))
  end
  loop.sigwait(nil, 'SIGTERM', 'SIGINT')
  for _, server in ipairs(list) do
    server:stop(5000)
  end
end))
print('stopped')
