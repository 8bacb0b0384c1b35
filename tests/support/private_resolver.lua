-- SPDX-License-Identifier: MIT
-- Looks up the names that are its arguments, by the loop, and is the name server itself, which knows one name. Writes
-- what it was asked and what came of it. To be started in the root of the tree by private_resolver.sh.

package.path = './lua/?.lua;./tests/support/?.lua;' .. package.path

local llsocket = require('llsocket')
local loop = require('net.loop')
local name_server = require('name_server')

assert(loop.run(function()
  local serving = name_server({ ['short.two.example'] = { A = '192.0.2.2' } }, function(name)
    print('asked', name)
  end)
  for _, name in ipairs(arg) do
    local list, err = loop.getaddrinfo(20, name, 80, llsocket.AF_INET, llsocket.SOCK_STREAM)
    print(name, list and list[1]:addr() or tostring(err):match('^%[([%u_]+)'))
  end
  serving:cancel()
end))
