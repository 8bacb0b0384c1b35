-- SPDX-License-Identifier: MIT
-- The loops of bench/calls with this module: row name -> function(directory) that makes the loop.

local llsocket = require('llsocket')
local socket, addrinfo = llsocket.socket, llsocket.addrinfo

local function new_udp()
  local sock = assert(socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM))
  assert(sock:bind(addrinfo.inet('127.0.0.1', 0)))
  return sock
end

local function pair_of(size)
  return function()
    local socks = assert(socket.pair(llsocket.SOCK_STREAM))
    local a, b, message = socks[1], socks[2], ('x'):rep(size)
    return function(count)
      for _ = 1, count do
        assert(a:send(message) == size)
        assert(b:recv(size))
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

return { pair64 = pair_of(64), pair16k = pair_of(16 * 1024), udp = udp, accept = accept, getsockname = getsockname }
