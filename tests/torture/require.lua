-- SPDX-License-Identifier: MIT
-- The module is loaded, and again by the name of a class.

return function()
  local llsocket = require('llsocket')
  assert(require('llsocket.iovec') == llsocket.iovec)
end
