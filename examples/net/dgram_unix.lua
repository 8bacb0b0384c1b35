-- Datagrams between two unix sockets that both have an address, so that each can answer the other: one is a path, the
-- other an abstract name, which is no file and goes with its socket (Linux).
-- Run: ./dev lua 5.4 examples/net/dgram_unix.lua
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local net = require('net')
local unix = net.dgram.unix

local function free_path()
  local path = os.tmpname()
  os.remove(path)
  return path
end

local path = free_path()
local name = llsocket.env.os == 'Linux' and '\0llnet' .. path or free_path()

local server = assert(unix.new({ path = path }))
assert(not server:bind())
local client = assert(unix.new({ path = name }))
assert(not client:bind())

-- They send to each other's address.
assert(client:sendto('ping', server:getsockname()))
local question, sender = server:recvfrom()
assert(sender:addr() == name)
print('question: ' .. question)
assert(server:sendto('pong', sender))
print('answer: ' .. client:recv())

-- A connected socket has one peer, and hears nobody else.
assert(not client:connect({ path = path }))
assert(client:send('to my peer'))
print('then: ' .. server:recv())

for _, sock in ipairs({ server, client }) do
  sock:close()
end
os.remove(path)
os.remove(name)
