-- SPDX-License-Identifier: MIT
-- The loops of bench/calls with LuaSocket: row name -> function(directory) that makes the loop.

local socket = require('socket')
local unix = require('socket.unix')
local unix_pair = require('bench.unix_pair')

local function pair_of(size)
  return function(directory)
    local a, b = unix_pair(directory .. '/luasocket')
    local message = ('x'):rep(size)
    return function(count)
      for _ = 1, count do
        assert(a:send(message) == size)
        assert(b:receive(size))
      end
    end
  end
end

local function new_udp()
  local sock = assert(socket.udp4())
  assert(sock:setsockname('127.0.0.1', 0))
  return sock
end

local function udp()
  local client, server, message = new_udp(), new_udp(), ('x'):rep(64)
  assert(client:setpeername(server:getsockname()))
  return function(count)
    for _ = 1, count do
      assert(client:send(message))
      local msg, addr, port = server:receivefrom(64)
      assert(server:sendto(msg, addr, port))
      assert(client:receive(64))
    end
  end
end

local function accept(directory)
  local path = directory .. '/luasocket'
  local listener = assert(unix.stream())
  assert(listener:bind(path))
  assert(listener:listen())
  return function(count)
    for _ = 1, count do
      local client = assert(unix.stream())
      assert(client:connect(path))
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
      local _, port = sock:getsockname()
      assert(port)
    end
  end
end

return { pair64 = pair_of(64), pair16k = pair_of(16 * 1024), udp = udp, accept = accept, getsockname = getsockname }
