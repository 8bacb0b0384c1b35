-- SPDX-License-Identifier: MIT
-- A message is built and sent, and received with descriptors that are taken or left.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local iovec, msghdr, cmsghdr, cmsghdrs = llsocket.iovec, llsocket.msghdr, llsocket.cmsghdr, llsocket.cmsghdrs

local socks = check(llsocket.socket.pair(llsocket.SOCK_DGRAM))
local one, two

local function send()
  local iov, mh, cmsgs = iovec.new(), msghdr.new(), cmsghdrs.new()
  check(iov:add('bytes'))
  check(iov:add('more'))
  cmsgs:push(check(cmsghdr.rights(0, 1)))
  cmsgs:push(check(cmsghdr.new(llsocket.SOL_SOCKET, llsocket.SCM_RIGHTS, '')))
  mh:iov(iov)
  mh:control(cmsgs)
  local n, err = socks[1]:sendmsg(mh)
  check(n == 9, err)
end

local function receive()
  local iov, mh = iovec.new(), msghdr.new()
  check(iov:addn(9))
  mh:iov(iov)
  mh:control(cmsghdrs.new())
  local n, err = socks[2]:recvmsg(mh)
  check(n == 9, err)
  return mh
end

return function()
  send()
  local mh = receive()
  check(mh:iov():concat() == 'bytesmore')
  one, two = mh:control():shift():data()
  send()
  receive()
end, function()
  if one then
    llsocket.socket.close(one)
    llsocket.socket.close(two)
  end
end
