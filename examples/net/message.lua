-- sendmsg() and recvmsg(): a message of two parts with two descriptors beside them, and a datagram with the time at
-- which it arrived.
-- Run: ./dev lua 5.4 examples/net/message.lua
-- SPDX-License-Identifier: MIT

local net = require('net')

-- Both ends of `wire` go through `door`, which could lead to another process.
local function pass_descriptors()
  local door, wire = assert(net.stream.unix.pair()), assert(net.stream.unix.pair())
  local out = net.msghdr.new()
  out:add('two ends: ')
  out:add('one for you, one for me')
  out:control():push(net.cmsghdr.rights(wire[1]:fd(), wire[2]:fd()))
  assert(door[1]:sendmsg(out) == out:bytes())

  local into = net.msghdr.new()
  into:addn(100) -- room for so many bytes
  local len = assert(door[2]:recvmsg(into))
  print(into:concat(0, len))

  local first, second = into:control():shift():data() -- numbers, which are ours to close
  local a, b = assert(net.stream.wrap(first)), assert(net.stream.wrap(second))
  a:send('through the passed ends')
  print((b:recv()))
  for _, sock in ipairs({ a, b, wire[1], wire[2], door[1], door[2] }) do
    sock:close()
  end
end

-- The kernel notes when a datagram came; the control message is a struct timeval.
local function receive_with_time()
  local receiver = assert(net.dgram.inet.new({ host = '127.0.0.1', port = 0 }))
  assert(not receiver:bind())
  assert(receiver:timestamp(true))
  local sender = assert(net.dgram.inet.new({ host = '127.0.0.1' }))
  assert(sender:sendto('when?', receiver:getsockname()))

  local into = net.msghdr.new()
  into:addn(1500)
  local len = assert(receiver:recvmsg(into))
  local control = into:control():shift()
  assert(control:level() == net.SOL_SOCKET and control:type() == net.SCM_TIMESTAMP)
  print(into:concat(0, len) .. ' came with its time')
  sender:close()
  receiver:close()
end

pass_descriptors()
receive_with_time()
