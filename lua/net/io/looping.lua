-- SPDX-License-Identifier: MIT
-- What sockets do in tasks of net.loop: operations of the loop, which try by themselves, and for what has none, and
-- before the wait of a hook, attempts.

local llsocket = require('llsocket')
local scheduler = require('llsocket.scheduler')
local attempts = require('net.io.attempts')
local loop = require('net.loop')
local retrying = require('net.io.retrying')
local waiting = require('net.waiting')
local with_sender = require('net.io.with_sender')

local operations = {}
for name, fn in pairs(scheduler.for_methods) do
  operations[name] = waiting(name, fn)
end

local waits = { readable = loop.readable, writable = loop.writable, before = {}, doze = {} }
for _, name in ipairs({ 'recvmsg', 'sendmsg', 'recvfd', 'sendfd' }) do
  waits[name] = waiting(name, scheduler['wait_' .. name], true)
end
for _, name in ipairs({ 'writable', 'sendmsg', 'sendfd' }) do
  waits.doze[name] = waiting(name, scheduler['doze_' .. name], true)
end
for _, name in ipairs({ 'readable', 'writable', 'recvmsg', 'sendmsg', 'recvfd', 'sendfd' }) do
  waits.before[name] = waiting(name, scheduler['before_' .. name], true)
end

local hooked = retrying(waits, attempts.of_sockets(llsocket.MSG_DONTWAIT))
local io = retrying(waits, attempts.of_sockets(llsocket.MSG_DONTWAIT))

-- They take the socket of llsocket.
io.operations = operations

for _, name in ipairs({ 'recv', 'send', 'sendto', 'sendfile', 'accept' }) do
  local operation = operations[name]
  io[name] = function(self, ...)
    return operation(self.sock, ...)
  end
end

function io.recvfrom(self, seconds, bufsize)
  return with_sender(operations.recvfrom(self.sock, seconds, bufsize))
end

-- The field of the instance on which recv and send are called at once: see net/socket.lua.
io.own = 'sock'

io.plain, io.hooked = io, hooked
hooked.plain, hooked.hooked = io, hooked
for _, each in ipairs({ io, hooked }) do
  each.nonblock, each.poller = true, loop
end

return io
