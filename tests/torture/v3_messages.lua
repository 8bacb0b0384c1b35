-- SPDX-License-Identifier: MIT
-- Generation 3: messages with descriptors that are taken or left, descriptors passed singly, bare connections.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local v3 = require('llsocket.v3')

local socks = check(v3.socket.pair(v3.SOCK_DGRAM))
local bare = { false, false, false, false } -- has its room before memory is short
local listener = check(v3.socket.new(check(v3.unix.getaddrinfo('', v3.SOCK_STREAM))))
listener:bind()
listener:listen()
local client = check(v3.socket.new(check(listener:getsockname())))
client:connect()

local function send()
  local iov, mh, cmsgs = v3.iovec.new(), v3.msghdr.new(), v3.cmsghdrs.new()
  check(iov:add('bytes'))
  cmsgs:push(v3.cmsghdr.rights(0, 1))
  mh:iov(iov)
  mh:control(cmsgs)
  local n, err = socks[1]:sendmsg(mh)
  check(n == 5, err)
end

local function receive()
  local iov, mh = v3.iovec.new(), v3.msghdr.new()
  check(iov:addn(5))
  mh:iov(iov)
  mh:control(v3.cmsghdrs.new())
  local n, err = socks[2]:recvmsg(mh)
  check(n == 5, err)
  return mh
end

return function()
  send()
  local mh = receive()
  check(mh:iov():concat() == 'bytes')
  bare[1], bare[2] = mh:control():shift():data()
  send()
  receive()
  local n, err = socks[1]:sendfd(0)
  check(n == 0, err)
  bare[3] = check(socks[2]:recvfd())
  bare[4] = check(listener:acceptfd())
end, function()
  for _, fd in ipairs(bare) do
    if fd then
      v3.socket.close(fd)
    end
  end
end
