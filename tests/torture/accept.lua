-- SPDX-License-Identifier: MIT
-- Connections are accepted in all three ways.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local addrinfo, socket = llsocket.addrinfo, llsocket.socket

local listener = check(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
check(listener:bind(addrinfo.inet('127.0.0.1', 0)))
check(listener:listen())
local clients = {}
for i = 1, 3 do
  clients[i] = check(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
  check(clients[i]:connect(listener:getsockname()))
end
local bare

return function()
  check(listener:accept())
  local sock, _, _, ai = listener:accept(true)
  check(sock and ai:port() == clients[2]:getsockname():port())
  bare = check(listener:acceptfd())
end, function()
  if bare then
    socket.close(bare)
  end
end
