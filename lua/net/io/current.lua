-- SPDX-License-Identifier: MIT
-- How a socket that is made now will wait: its io.

local llsocket = require('llsocket')
local blocking = require('net.io.blocking')
local loop = require('net.loop')
local looping = require('net.io.looping')
local poller = require('net.poller')
local retrying = require('net.io.retrying')

local of_adapter = setmetatable({}, { __mode = 'k' })

local function over_adapter(adapter)
  local io = retrying({
    readable = function(sock, seconds)
      return adapter.readable(sock:fd(), seconds)
    end,
    writable = function(sock, seconds)
      return adapter.writable(sock:fd(), seconds)
    end,
  }, llsocket.MSG_DONTWAIT)
  io.plain, io.hooked, io.nonblock, io.poller = io, io, true, adapter
  return io
end

return function()
  local waiter = poller.current()
  if waiter == nil then
    return blocking
  elseif waiter == loop then
    return looping
  end
  local io = of_adapter[waiter]
  if not io then
    io = over_adapter(waiter)
    of_adapter[waiter] = io
  end
  return io
end
