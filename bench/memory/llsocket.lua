-- SPDX-License-Identifier: MIT
-- The loop of bench/memory with this module.

local llsocket = require('llsocket')

local function new_socket()
  return assert(llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_DGRAM))
end

local function socket(_, count)
  local socks = { new_socket() }
  for i = 2, count + 1 do
    socks[i] = false -- so that the table does not grow later
  end
  return function(_, made)
    for i = 2, count + 1 do
      socks[i] = new_socket()
    end
    made(socks)
  end
end

return { socket = socket }
