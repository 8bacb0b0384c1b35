-- Two ends that keep the bounds of messages: each recv() gives one, an empty one too, and of one that is too long for
-- it only the beginning.
-- Run: ./dev lua 5.4 examples/net/dgram_pair.lua
-- SPDX-License-Identifier: MIT

local unix = require('net.dgram.unix')

local socks = assert(unix.pair())
local a, b = socks[1], socks[2]

for _, message in ipairs({ 'one', '', 'three and more' }) do
  assert(a:send(message) == #message)
end

print(('%q'):format(b:recv()))
print(('%q'):format(b:recv())) -- no end of a stream: that would be nil
print(('%q'):format(b:recv(5))) -- the rest is lost

-- Nothing is left. Without a deadline this would wait.
b:deadlines(20)
local message, err, timeout = b:recv()
assert(message == nil and err == nil and timeout)
print('no more messages')

a:close()
b:close()
