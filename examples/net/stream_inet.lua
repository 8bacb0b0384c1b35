-- A TCP server that sends back what it hears, and three clients: all tasks of one process. serve() has a task for each
-- connection; stop() ends it.
-- Run: ./dev lua 5.4 examples/net/stream_inet.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop = net.stream.inet, net.loop

local function echo(sock)
  local str = sock:recv()
  while str do
    sock:send(str)
    str = sock:recv()
  end
end -- here the connection is closed

local function ask(port, text)
  local client = assert(inet.client.new({ host = '127.0.0.1', port = port }, true, 5000))
  client:deadlines(5000, 5000) -- milliseconds: to receive, and to send
  client:send(text)
  local answer = client:readn(#text) -- a stream has no messages: recv() could give a part
  client:close()
  return answer
end

assert(loop.run(function()
  local server = assert(inet.server.new({ host = '127.0.0.1' })) -- any free port
  assert(not server:listen())
  local serving = loop.spawn(server.serve, server, echo)

  local port = server:getsockname():port()
  local asking = {}
  for i = 1, 3 do
    asking[i] = loop.spawn(ask, port, ('hello from client %d'):format(i))
  end
  for _, task in ipairs(asking) do
    print(select(2, task:join()))
  end

  server:stop()
  assert(serving:join())
  print('the server has stopped')
end))
