-- SPDX-License-Identifier: MIT
-- An iovec is filled, changed, written and read.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')

local socks = check(llsocket.socket.pair(llsocket.SOCK_STREAM))

return function()
  local iov = llsocket.iovec.new()
  for i = 1, 9 do
    check(check(iov:add(('%d'):rep(i * 100))) == i)
  end
  check(check(iov:addn(1000)) == 10)
  check(iov:set(('y'):rep(50), 10))
  check(#iov:get(1) == 200)
  local text, moved = iov:del(1)
  check(#text == 200 and moved == 10)
  local size = iov:bytes()
  check(#iov:concat() == size)
  local n, err = iov:writev(socks[1]:fd())
  check(n == size, err)
  n, err = iov:readv(socks[2]:fd())
  check(n == size, err)
  check(iov:consume(size - 1) == 1)
  check(tostring(iov) == 'llsocket.iovec: 1 elements, 1 bytes')
end
