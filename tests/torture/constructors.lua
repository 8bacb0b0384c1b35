-- SPDX-License-Identifier: MIT
-- Sockets of every origin, with close and collection.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local socket = llsocket.socket

local bare = check(socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)):unwrap()
local owner

return function()
  owner = check(socket.wrap(bare, true))
  local sock = check(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, 0, true))
  local socks = check(socket.pair(llsocket.SOCK_SEQPACKET))
  local copy = check(sock:dup())
  check(sock:close())
  check(tostring(copy):find('socket: %d'))
  check(socks[2]:shutdown())
end, function()
  if not owner then
    socket.close(bare)
  end
end
