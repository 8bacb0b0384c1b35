-- SPDX-License-Identifier: MIT
-- Prints how many bytes of Lua memory a socket takes.

local llsocket = require('llsocket')

local COUNT = 500 -- within the usual limit of descriptors

local function new_socket()
  return assert(llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_DGRAM))
end

local socks = { new_socket() }
for i = 2, COUNT + 1 do
  socks[i] = false -- so that the table does not grow later
end

local function used_bytes()
  collectgarbage()
  collectgarbage()
  return collectgarbage('count') * 1024
end

local before = used_bytes()
for i = 2, COUNT + 1 do
  socks[i] = new_socket()
end
print(('%.1f'):format((used_bytes() - before) / COUNT))
assert(#socks == COUNT + 1) -- they are all still there
