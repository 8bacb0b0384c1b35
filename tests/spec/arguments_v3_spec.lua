-- SPDX-License-Identifier: MIT
-- What wrong arguments come to in generation 3; the sweep itself is tests/support/arguments.lua.

local expect = require('expect')

require('arguments')(3)

describe('in generations 2 and 3, where a socket has no address of its own,', function()
  for _, name in ipairs({ 'llsocket.v2', 'llsocket.v3' }) do
    local module = require(name)
    local wanted = (' (%s.addrinfo expected, got no value)'):format(name)

    it('bind of ' .. name .. ' wants one', function()
      local socks = assert(module.socket.pair(module.SOCK_STREAM))
      expect.raised("bad argument #1 to 'bind'" .. wanted, function()
        socks[1]:bind()
      end)
    end)

    it('connect of ' .. name .. ' wants one', function()
      local socks = assert(module.socket.pair(module.SOCK_STREAM))
      expect.raised("bad argument #1 to 'connect'" .. wanted, function()
        socks[1]:connect()
      end)
    end)
  end
end)
