-- A server class of the program's own: it numbers its connections, refuses those that are too many, and gives the
-- others a class of their own, which speaks the protocol.
-- Run: ./dev lua 5.4 examples/net/own_class.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop = net.stream.inet, net.loop

local Greeting = net.class('Greeting', net.stream.Socket)

function Greeting:greet()
  local name = self:readline()
  return name and self:send(('hello %s, you are number %d\n'):format(name, self.number))
end

local Greeter = net.class('Greeter', inet.Server)

-- accept() and serve() call this with the accepted socket of llsocket, and give what it returns. nil: not this one.
function Greeter:createConnection(sock)
  self.count = (self.count or 0) + 1
  if self.count > self.most then
    return nil, 'too many' -- sock is closed then
  end
  local greeting, err = Greeting.new(sock)
  if greeting then
    greeting.number = self.count
  end
  return greeting, err
end

local function ask(port, name)
  local client = assert(inet.client.new({ host = '127.0.0.1', port = port }, true, 5000))
  client:send(name .. '\n')
  local answer = client:readline()
  client:close()
  return answer
end

assert(loop.run(function()
  local server = assert(Greeter.new({ host = '127.0.0.1', port = 0 }))
  server.most = 2
  assert(not server:listen())
  print((tostring(server):gsub('%d+', 'N'))) -- the class and the descriptor
  loop.spawn(server.serve, server, Greeting.greet)

  local port = server:getsockname():port()
  for _, name in ipairs({ 'Ann', 'Bob', 'Cy' }) do
    print(ask(port, name) or 'nobody greets ' .. name)
  end
  server:stop()
end))
