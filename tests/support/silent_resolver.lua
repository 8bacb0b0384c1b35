-- SPDX-License-Identifier: MIT
-- Looks names up where the name servers are silent: they are sockets of this program. Writes what comes of it, and ends
-- while the look-ups still go on. To be started in the root of the tree with the network of silent_resolver.sh.

package.path = './lua/?.lua;./tests/support/?.lua;' .. package.path

local llsocket = require('llsocket')
local loop = require('net.loop')

local servers = {}
for line in io.lines('/etc/resolv.conf') do
  local host = line:match('^nameserver%s+([%d.]+)$')
  if host then
    local server = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM, nil, true))
    assert(server:bind(llsocket.addrinfo.inet(host, 53, llsocket.SOCK_DGRAM)))
    servers[#servers + 1] = server
  end
end

print(#servers > 0 and 'silent' or 'no name server')

loop.run(function()
  local before = loop.now()
  print('deadline', loop.getaddrinfo(0.1, 'a.name.that.is.slow.example'))
  local asking = loop.spawn(loop.getaddrinfo, nil, 'b.name.that.is.slow.example')
  loop.sleep(0.05)
  asking:cancel()
  print('cancelled', asking:join())
  print('asked', #servers > 0 and loop.recv(servers[1], 20) ~= nil)
  print('of a file', loop.getaddrinfo(60, 'localhost', 80) ~= nil) -- by another thread than those that ask
  for i = 1, 20 do
    loop.spawn(loop.getaddrinfo, 0.2, ('c%d.name.that.is.slow.example'):format(i))
  end
  print('numeric', loop.getaddrinfo(60, '127.0.0.1', 80) ~= nil)
  print('in time', loop.now() - before < 4) -- a name server is given five seconds
  loop.spawn(loop.getaddrinfo, nil, 'd.name.that.is.slow.example')
  loop.later()
  os.exit(0, true)
end)
