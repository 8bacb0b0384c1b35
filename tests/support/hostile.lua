-- SPDX-License-Identifier: MIT
-- Peers of sockets of net that do what a test wants, in a process of their own.

local llsocket = require('llsocket')
local net = require('net')
local network = require('network')
local peers = require('peers')

local hostile = {}

local PATIENCE = 20000 -- milliseconds

-- A socket of net that waits for that long at most.
function hostile.patient(sock, err)
  network.keep(assert(sock, err)):deadlines(PATIENCE, PATIENCE)
  return sock
end

-- A client of net, and a process at the other end of its connection that calls fn(sock, wait) with a socket of
-- llsocket: wait() ends when the test calls go(). Returns the client, go(), and a function that waits for the end of
-- the process, which must be a good one. rcvbuf: the size of the buffer into which the process receives.
function hostile.against(fn, rcvbuf)
  local listener, address = network.listener(network.loopbacks[1])
  listener:rcvbuf(rcvbuf or listener:rcvbuf())
  local ours, theirs = network.pair()
  local finish = peers.fork(function()
    local sock = assert(listener:accept())
    sock:rcvtimeo(PATIENCE / 1000)
    fn(sock, function()
      assert(theirs:recv(1) == '.')
    end)
  end)
  local client = hostile.patient(net.stream.inet.client.new({ host = '127.0.0.1', port = address:port() }))
  return client, function()
    assert(ours:send('.'))
  end, finish
end

-- A socket of llsocket that is connected to this port, and reads only what the test has it read.
function hostile.client(port)
  local sock = network.keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)))
  assert(sock:rcvtimeo(PATIENCE / 1000))
  assert(sock:connect(llsocket.addrinfo.inet('127.0.0.1', port)))
  return sock
end

-- Closes a socket of llsocket, whose peer then gets a reset.
function hostile.reset(sock)
  sock:linger(0)
  sock:close()
end

return hostile
