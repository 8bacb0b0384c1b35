-- SPDX-License-Identifier: MIT
-- The loops of bench/calls with this module: row name -> function(directory) that makes the loop.

local llsocket = require('llsocket')
local socket, addrinfo = llsocket.socket, llsocket.addrinfo

local function new_udp()
  local sock = assert(socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM))
  assert(sock:bind(addrinfo.inet('127.0.0.1', 0)))
  return sock
end

local function pair_of(size, name)
  return function()
    local socks = assert(require(name or 'llsocket').socket.pair(llsocket.SOCK_STREAM))
    local a, b, message = socks[1], socks[2], ('x'):rep(size)
    return function(count)
      for _ = 1, count do
        assert(a:send(message) == size)
        assert(b:recv(size))
      end
    end
  end
end

-- Generation 1 has no pairs, but it takes any descriptor.
local function pair_of_numbers(size)
  return function()
    local v1 = require('llsocket.v1')
    local send, recv = v1.send, v1.recv
    local socks = assert(socket.pair(llsocket.SOCK_STREAM))
    local a, b, message = socks[1]:unwrap(), socks[2]:unwrap(), ('x'):rep(size)
    return function(count)
      for _ = 1, count do
        assert(send(a, message) == size)
        assert(recv(b, size))
      end
    end
  end
end

local function udp()
  local client, server, message = new_udp(), new_udp(), ('x'):rep(64)
  assert(client:connect(server:getsockname()))
  return function(count)
    for _ = 1, count do
      assert(client:send(message))
      local msg, _, _, from = server:recvfrom(64)
      assert(server:sendto(msg, from))
      assert(client:recv(64))
    end
  end
end

local function accept(directory)
  local address = assert(addrinfo.unix(directory .. '/llsocket'))
  local listener = assert(socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM))
  assert(listener:bind(address))
  assert(listener:listen())
  return function(count)
    for _ = 1, count do
      local client = assert(socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM))
      assert(client:connect(address))
      local accepted = assert(listener:accept())
      client:close()
      accepted:close()
    end
  end
end

local function getsockname()
  local sock = new_udp()
  return function(count)
    for _ = 1, count do
      assert(sock:getsockname():port())
    end
  end
end

return {
  pair64 = pair_of(64),
  pair64_v1 = pair_of_numbers(64),
  pair64_v2 = pair_of(64, 'llsocket.v2'),
  pair64_v3 = pair_of(64, 'llsocket.v3'),
  pair16k = pair_of(16 * 1024),
  udp = udp,
  accept = accept,
  getsockname = getsockname,
}
