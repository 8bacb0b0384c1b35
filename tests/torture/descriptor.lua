-- SPDX-License-Identifier: MIT
-- Descriptors are passed singly, and one is resent as it came.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')

local socks = check(llsocket.socket.pair(llsocket.SOCK_STREAM))
local bare

return function()
  local n, err = socks[1]:sendfd(0)
  check(n == 0, err)
  bare = check(socks[2]:recvfd())
  socks[2]:nonblock(true)
  local none, _, again = socks[2]:recvfd()
  check(none == nil and again)
  check(socks[1]:send('data') == 4)
  none, err = socks[2]:recvfd()
  check(none == nil)
  check(err.name == 'ENOMSG', err)
end, function()
  if bare then
    llsocket.socket.close(bare)
  end
end
