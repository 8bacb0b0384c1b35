-- SPDX-License-Identifier: MIT
-- Generations 2 and 3: addresses are looked up, sockets made in every way, connections accepted, interfaces listed.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local v2, v3 = require('llsocket.v2'), require('llsocket.v3')

local function done(err)
  if err then
    error(err, 2)
  end
end

local function connect(module)
  local ai = check(module.inet.getaddrinfo('127.0.0.1', 0, nil, 0, module.AI_NUMERICHOST, module.AI_CANONNAME))[1]
  check(ai:canonname() == '127.0.0.1')
  local look_up = ai.nameinfo or ai.getnameinfo
  check(check(look_up(ai, module.NI_NUMERICHOST, module.NI_NUMERICSERV)).host == '127.0.0.1')
  local listener = check(module.socket.new(ai))
  done(listener:bind())
  done(listener:listen())
  local client = check(module.socket.new(check(listener:getsockname())))
  done(client:connect())
  local peer = check(listener:accept())
  check(check(client:dup()):send('hello') == 5)
  check(peer:recv() == 'hello')
  done(peer:close())
end

local function look(module)
  local socks = check(module.socket.pair(module.SOCK_DGRAM))
  check(check(socks[1]:getsockname()):family() == module.AF_UNIX)
  local made = check(module.unix.getaddrinfo('/path'))
  check((made[1] or made):addr() == '/path')
  check(check(module.device.getifaddrs()).lo.flags.loopback)
  check(tostring(socks[2]):find('socket: %d'))
end

return function()
  for _, module in ipairs({ v2, v3 }) do
    connect(module)
    look(module)
  end
end
