-- SPDX-License-Identifier: MIT
-- open(ai, nonblock): a new socket of llsocket for an address; nil and a string if there is none.

local llsocket = require('llsocket')
local errors = require('net.errors')

return function(ai, nonblock)
  local sock, err = llsocket.socket.new(ai:family(), ai:socktype(), ai:protocol(), nonblock)
  return sock, errors.text(err)
end
