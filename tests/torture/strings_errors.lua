-- SPDX-License-Identifier: MIT
-- Errors are made as strings and parsed, and objects refused that are of another generation.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local errno = require('llsocket.errno')
local llsocket = require('llsocket')
local v2, v3 = require('llsocket.v2'), require('llsocket.v3')

local foreigner = llsocket.addrinfo.inet('127.0.0.1', 80)

local function refuse(module)
  local ok, message = pcall(module.socket.new, foreigner)
  check(not ok)
  check(message:find('got llsocket.addrinfo of generation 4', 1, true) or message:find('memory'), message)
end

local function fail(module)
  local ai = check(module.inet.getaddrinfo('127.0.0.1', 0))[1]
  local sock = check(module.socket.new(ai))
  local none, err = sock:getpeername()
  check(none == nil)
  check(err:find('^%[ENOTCONN:%d+%]%[getpeername%] '), err)
  check(check(errno.parse(err)).op == 'getpeername')
  none, err = module.inet.getaddrinfo('no address', nil, nil, nil, module.AI_NUMERICHOST)
  check(none == nil)
  check(err:find('^%[EAI_NONAME:'), err)
  err = sock:shutdown()
  check(err:find('^%[ENOTCONN:'), err)
  local again
  err, again = sock:connect()
  check(err and again == false, err)
end

return function()
  for _, module in ipairs({ v2, v3 }) do
    refuse(module)
    fail(module)
  end
end
