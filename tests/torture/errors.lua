-- SPDX-License-Identifier: MIT
-- Calls fail, and errors are made, read, joined and parsed.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local errno, socket = llsocket.errno, llsocket.socket

local sock = check(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))

return function()
  local none, err = sock:getpeername()
  check(none == nil)
  check(err.type == errno.ENOTCONN, err)
  check(('why: ' .. err):find('%[ENOTCONN:%d+%]%[getpeername%] '))
  check(errno.parse(tostring(err)).message == err.message)
  check(tostring(errno[err.code]):find('ENOTCONN'))
  local ok, message = pcall(sock.tcpnodelay, sock, 'yes')
  check(not ok)
  check(message:find('boolean expected, got string') or message:find('memory'), message)
  local n
  n, err = socket.pair(-1)
  check(n == nil and err.name == 'EINVAL' or err.name == 'ESOCKTNOSUPPORT', err)
end
