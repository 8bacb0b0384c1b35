-- SPDX-License-Identifier: MIT
-- How a socket that is made now will wait: its io.

local llsocket = require('llsocket')
local attempts = require('net.io.attempts')
local blocking = require('net.io.blocking')
local loop = require('net.loop')
local looping = require('net.io.looping')
local pause = require('net.io.pause')
local poller = require('net.poller')
local retrying = require('net.io.retrying')
local values = require('net.poller.values')

local of_adapter = setmetatable({}, { __mode = 'k' })

-- A function of an adapter, for a socket, which may be closed.
local function for_socket(adapter, name)
  local wait = adapter[name]
  return function(sock, seconds)
    local fd = sock:fd()
    if fd < 0 then
      return nil, values.failure('EBADF', name)
    end
    return wait(fd, seconds)
  end
end

local function over_adapter(adapter)
  local io = retrying({
    readable = for_socket(adapter, 'readable'),
    writable = for_socket(adapter, 'writable'),
    doze = { writable = pause.by(adapter.sleep) },
  }, attempts.of_sockets(llsocket.MSG_DONTWAIT))
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
