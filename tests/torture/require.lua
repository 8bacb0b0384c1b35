-- SPDX-License-Identifier: MIT
-- The module of each generation is loaded, and again by the name of a class.

return function()
  local llsocket = require('llsocket')
  assert(require('llsocket.iovec') == llsocket.iovec)
  for _, name in ipairs({ 'llsocket.v1', 'llsocket.v2', 'llsocket.v3' }) do
    local module = require(name)
    assert(require(name .. '.inet') == module.inet)
  end
end
