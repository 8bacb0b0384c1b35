-- SPDX-License-Identifier: MIT
-- The server with Copas: MODE ARGUMENT, as c.cpp.

package.path = package.path .. ';/usr/share/lua/5.2/?.lua' -- Debian has none for 5.3 and 5.4; this runs there too

local copas = require('copas')
local socket = require('socket')

local ROOM = 65536

local handlers = {}

local function receive_some(sock)
  local all, _, part = copas.receivePartial(sock, ROOM)
  return all or part ~= '' and part
end

function handlers.echo()
  return function(sock)
    local bytes = receive_some(sock)
    while bytes and copas.send(sock, bytes) do
      bytes = receive_some(sock)
    end
  end
end

function handlers.receive()
  return function(sock)
    while receive_some(sock) do -- luacheck: ignore 542
    end
  end
end

function handlers.send(bytes)
  local part = ('x'):rep(ROOM)
  return function(sock)
    for _ = 1, bytes / ROOM do
      copas.send(sock, part)
    end
  end
end

local handler = handlers[arg[1]](arg[2])
local server = assert(socket.bind('127.0.0.1', 0, 4096))
copas.addserver(server, function(sock)
  sock:setoption('tcp-nodelay', true)
  handler(sock)
end)
print((select(2, server:getsockname())))
io.stdout:flush()
copas.loop()
