-- SPDX-License-Identifier: MIT
-- Bytes are received in small and large strings, with and without the address of the sender.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local addrinfo, socket = llsocket.addrinfo, llsocket.socket

local function bound()
  local sock = check(socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM))
  check(sock:bind(addrinfo.inet('127.0.0.1', 0, llsocket.SOCK_DGRAM)))
  return sock
end

local a, b = bound(), bound()
local long = ('x'):rep(30000)
check(a:sendto('short', b:getsockname()) == 5)
check(a:sendto(long, b:getsockname()) == #long)
check(a:sendto(long, b:getsockname()) == #long)

return function()
  local text, err, _, ai = b:recvfrom()
  check(text == 'short', err)
  check(ai == a:getsockname())
  text, err, _, ai = b:recvfrom(65536)
  check(text == long, err)
  check(tostring(ai):find('127.0.0.1', 1, true))
  text, err = b:recv(65536)
  check(text == long, err)
end
