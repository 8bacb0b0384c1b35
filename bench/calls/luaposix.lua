-- SPDX-License-Identifier: MIT
-- The loops of bench/calls with luaposix: row name -> function(directory) that makes the loop.

local posix = require('posix.sys.socket')
local unistd = require('posix.unistd')
local send, recv, close = posix.send, posix.recv, unistd.close

local function pair_of(size)
  return function()
    local a, b = assert(posix.socketpair(posix.AF_UNIX, posix.SOCK_STREAM, 0))
    local message = ('x'):rep(size)
    return function(count)
      for _ = 1, count do
        assert(send(a, message) == size)
        assert(recv(b, size))
      end
    end
  end
end

-- A free port by trying, because its getsockname does not tell one: it hands the kernel a size that was never set.
local function new_udp()
  local fd = assert(posix.socket(posix.AF_INET, posix.SOCK_DGRAM, 0))
  for port = 20000, 30000 do
    local address = { family = posix.AF_INET, addr = '127.0.0.1', port = port }
    if posix.bind(fd, address) then
      return fd, address
    end
  end
  error('no free port')
end

local function udp()
  local recvfrom, sendto = posix.recvfrom, posix.sendto
  local client, message = new_udp(), ('x'):rep(64)
  local server, server_address = new_udp()
  assert(posix.connect(client, server_address))
  return function(count)
    for _ = 1, count do
      assert(send(client, message))
      local msg, from = recvfrom(server, 64)
      assert(sendto(server, msg, from))
      assert(recv(client, 64))
    end
  end
end

local function accept(directory)
  local socket, connect, take = posix.socket, posix.connect, posix.accept
  local address = { family = posix.AF_UNIX, path = directory .. '/luaposix' }
  local listener = assert(socket(posix.AF_UNIX, posix.SOCK_STREAM, 0))
  assert(posix.bind(listener, address))
  assert(posix.listen(listener, posix.SOMAXCONN))
  return function(count)
    for _ = 1, count do
      local client = assert(socket(posix.AF_UNIX, posix.SOCK_STREAM, 0))
      assert(connect(client, address))
      local accepted = assert(take(listener))
      close(client)
      close(accepted)
    end
  end
end

return { pair64 = pair_of(64), pair16k = pair_of(16 * 1024), udp = udp, accept = accept }
