-- SPDX-License-Identifier: MIT
-- What wrong arguments come to; the sweep itself is tests/support/arguments.lua.

local arguments = require('arguments')
local llsocket = require('llsocket')

arguments(4)

describe('a method on something else', function()
  it('says so in the words of Lua', function()
    local sock = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM))
    local imposter = { recv = sock.recv }
    local ok, message = pcall(function()
      imposter:recv()
    end)
    assert.is_false(ok)
    assert.is_truthy(message:find("calling 'recv' on bad self (llsocket.socket expected, got table)", 1, true), message)
  end)
end)
