-- SPDX-License-Identifier: MIT
-- Pairs of connected unix sockets.

local llsocket = require('llsocket')
local current_io = require('net.io.current')
local errors = require('net.errors')

return function(class, socktype)
  local io = current_io()
  local socks, err = llsocket.socket.pair(socktype, 0, io.nonblock)
  if not socks then
    return nil, errors.text(err)
  end
  return { class:adopt(socks[1], io), class:adopt(socks[2], io) }
end
