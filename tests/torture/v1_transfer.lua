-- SPDX-License-Identifier: MIT
-- Generation 1: bytes are moved by descriptor number, and options read and set.

package.path = 'tests/support/?.lua;' .. package.path

local v1 = require('llsocket.v1')
local numbers = require('numbers')

local check = numbers.check

local a = numbers.keep(v1.inet.bind('127.0.0.1', '0', v1.SOCK_DGRAM, true))
local b = numbers.keep(v1.inet.bind('127.0.0.1', '0', v1.SOCK_DGRAM))
local to = v1.sockname(b)
local long = ('x'):rep(30000)
v1.sendto(a, long, to)
v1.sendto(a, long, to)

return function()
  local text, from = v1.recvfrom(b, 65536)
  check(text == long and from:port() == v1.sockname(a):port())
  check(v1.recv(b, 65536) == long)
  check(v1.sendto(a, 'short', to) == 5)
  check(v1.recv(b) == 'short')
  local none, err, again = v1.recv(a)
  check(none == nil and err and again)
  check(tostring(from):find('llsocket.v1.addr: 127.0.0.1', 1, true))
  check(from:getnameinfo(v1.NI_NUMERICHOST, v1.NI_NUMERICSERV)).host:rep(2)
  check(v1.opt.nonblock(b, true))
  check(v1.opt.rcvtimeo(b, 1.5) == 1.5)
  check(v1.error(b) == 0)
  numbers.fails('ENOTCONN', v1.peername(b))
end, numbers.release
