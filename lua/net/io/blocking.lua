-- SPDX-License-Identifier: MIT
-- What sockets do outside of schedulers: the calls themselves block, under SO_RCVTIMEO. What a signal interrupted goes
-- on for the time that is left.

local llsocket = require('llsocket')
local attempts = require('net.io.attempts')
local errors = require('net.errors')
local pause = require('net.io.pause')
local retrying = require('net.io.retrying')

local MOST_MSEC = 2147483647

-- poll(2) with no limit, or that many seconds at most.
local function waiter(method)
  return function(sock, seconds)
    local ok, err, timeout
    repeat
      ok, err, timeout = sock[method](sock, seconds and seconds * 1000 or MOST_MSEC)
    until seconds or not timeout
    return ok or nil, errors.text(err), timeout
  end
end

local silent -- a socket to which nothing comes

local function sleep(seconds)
  silent = silent or assert(llsocket.socket.pair(llsocket.SOCK_STREAM))
  silent[1]:recvable(seconds * 1000)
  return true
end

local waits = { readable = waiter('recvable'), writable = waiter('sendable'), doze = { writable = pause.by(sleep) } }

local io = retrying(waits, attempts.of_sockets(0))
local hooked = retrying(waits, attempts.of_sockets(llsocket.MSG_DONTWAIT, true))

-- SO_SNDTIMEO begins anew whenever some bytes went, in calls that send in steps.
for _, name in ipairs({ 'send', 'sendto', 'sendmsg', 'sendfile', 'sendfd' }) do
  local send, send_in_time = io[name], hooked[name]
  io[name] = function(self, seconds, ...)
    if seconds then
      return send_in_time(self, seconds, ...)
    end
    return send(self, nil, ...)
  end
end

io.plain, io.hooked = io, hooked
hooked.plain, hooked.hooked = io, hooked

return io
