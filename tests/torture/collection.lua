-- SPDX-License-Identifier: MIT
-- Objects are dropped and collected while memory is short.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')

local socks = check(llsocket.socket.pair(llsocket.SOCK_DGRAM))

local function drop()
  local iov, mh, cmsgs = llsocket.iovec.new(), llsocket.msghdr.new(), llsocket.cmsghdrs.new()
  check(iov:addn(4))
  cmsgs:push(check(llsocket.cmsghdr.rights(0)))
  mh:iov(iov)
  mh:control(cmsgs)
  local n, err = socks[1]:sendmsg(mh)
  check(n == 4, err)
  n, err = socks[2]:recvmsg(mh)
  check(n == 4, err)
  check(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
end

-- Lua 5.2 gives up a finalizer that it has no memory to call, and with it the descriptor.
local collect = _VERSION == 'Lua 5.2' and function() end or collectgarbage

return function()
  for _ = 1, 3 do
    drop()
    collect()
  end
end
