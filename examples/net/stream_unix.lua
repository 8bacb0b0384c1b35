-- A server that is replaced while it runs: the old one hands its TCP listener to the new one, over a unix socket at a
-- path (sendfd, recvfd). No client is refused meanwhile.
-- Run: ./dev lua 5.4 examples/net/stream_unix.lua
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local net = require('net')
local inet, unix, loop = net.stream.inet, net.stream.unix, net.loop

local path = os.tmpname()
os.remove(path) -- the server makes the file

-- Waits for the new process at the path, and gives it the listener.
local function old_process(listener, door)
  local sock = assert(door:accept())
  assert(sock:sendfd(listener:fd()) == 0)
  listener:close() -- the receiver has a descriptor of its own
  sock:close()
end

-- Both would be processes of their own; here they are tasks.
local function new_process()
  local sock = assert(unix.client.new({ path = path }, true, 5000))
  local fd = assert(sock:recvfd())
  sock:close()
  local listener = assert(net.stream.Server.new(assert(llsocket.socket.wrap(fd))))
  local client = assert(listener:accept())
  client:send('hello from the new process\n')
  client:close()
  listener:close()
end

assert(loop.run(function()
  local listener = assert(inet.server.new({ host = '127.0.0.1' }))
  assert(not listener:listen())
  local port = listener:getsockname():port()
  local door = assert(unix.server.new({ path = path }))
  assert(not door:listen())

  local old = loop.spawn(old_process, listener, door)
  local client = assert(inet.client.new({ host = '127.0.0.1', port = port })) -- nobody accepts it yet
  local new = loop.spawn(new_process)
  print(client:readline())

  client:close()
  assert(old:join() and new:join())
  door:close()
  os.remove(path) -- nobody else does
end))
