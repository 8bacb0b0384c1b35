-- SPDX-License-Identifier: MIT
-- The first loop of the state is made and used while memory is short; afterwards there must be one.

package.path = 'lua/?.lua;tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local loop = require('net.loop')
local tortured = require('tortured')

loop.onerror(function() end)

local function exchange()
  local socks = check(llsocket.socket.pair(llsocket.SOCK_STREAM, nil, true))
  local receiving = loop.spawn(loop.recv, socks[2], 20)
  loop.later()
  tortured.expect(4, loop.send(socks[1], 20, 'text'))
  tortured.expect('text', tortured.joined(receiving))
end

return function()
  tortured.run(exchange, 200, 0)
end, function()
  tortured.release()
  tortured.run(exchange, 200, 0)
end
