-- Multicast on the loopback interface: two receivers of one group, and a sender, which sends no further than this
-- machine.
-- Run: ./dev lua 5.4 examples/net/dgram_multicast.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local dgram = net.dgram

local GROUP, INTERFACE = '239.255.71.8', 'lo'

local function receiver(port)
  local sock = assert(dgram.inet.new({ host = GROUP, port = port, reuseaddr = true })) -- both use one port
  assert(not sock:bind()) -- to the group: what is for others at this port does not come here
  assert(not sock:mcastjoin(GROUP, INTERFACE))
  sock:deadlines(5000)
  return sock
end

local first = receiver(0)
local second = receiver(first:getsockname():port())

local sender = assert(dgram.inet.new({ host = '127.0.0.1' }))
assert(sender:mcastif(INTERFACE) == INTERFACE)
assert(sender:mcastttl(0) == 0) -- not out of this machine
assert(sender:mcastloop(true) == true) -- but to those who listen on it
local group = assert(dgram.getaddrinfoin({ host = GROUP, port = first:getsockname():port(), numeric = true }))
assert(sender:sendto('hello, group', group))

print('first: ' .. first:recv())
print('second: ' .. second:recv())

assert(not second:mcastleave(GROUP, INTERFACE))
for _, sock in ipairs({ first, second, sender }) do
  sock:close()
end
