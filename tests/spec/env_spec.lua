-- SPDX-License-Identifier: MIT
local llsocket = require('llsocket')

local env = llsocket.env

describe('the module env', function()
  it('tells the operating system as uname does', function()
    local pipe = io.popen('uname -s')
    assert.equal(pipe:read('*l'), env.os)
    pipe:close()
  end)

  it('tells how long a unix address can be', function()
    assert.equal(108, env.os == 'Linux' and env.unixpath_max or 108)
    assert.is_true(env.unixpath_max >= 92) -- the least that any system has
    assert.is_not_nil(llsocket.addrinfo.unix('\0' .. ('x'):rep(env.unixpath_max - 1)))
    assert.is_nil((llsocket.addrinfo.unix('\0' .. ('x'):rep(env.unixpath_max))))
  end)

  it('tells the default of listen', function()
    assert.is_true(env.somaxconn >= 128)
    assert.equal(math.floor(env.somaxconn), env.somaxconn)
  end)
end)
