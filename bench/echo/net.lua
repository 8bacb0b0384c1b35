-- SPDX-License-Identifier: MIT
-- The server with net: MODE ARGUMENT, as c.cpp.

local net = require('net')

local ROOM = 65536

local handlers = {}

function handlers.echo()
  return function(sock)
    local bytes = sock:recv(ROOM)
    while bytes and sock:send(bytes) do
      bytes = sock:recv(ROOM)
    end
  end
end

function handlers.receive()
  return function(sock)
    while sock:recv(ROOM) do -- luacheck: ignore 542
    end
  end
end

function handlers.send(bytes)
  local part = ('x'):rep(ROOM)
  return function(sock)
    for _ = 1, bytes / ROOM do
      sock:send(part)
    end
  end
end

function handlers.sendfile(path)
  local file = assert(io.open(path, 'rb'))
  local size = file:seek('end')
  return function(sock)
    sock:sendfile(file, size)
  end
end

local handler = handlers[arg[1]](arg[2])

assert(net.loop.run(function()
  local server = assert(net.stream.inet.server.new({ host = '127.0.0.1' }))
  local err = server:listen()
  assert(not err, err)
  print(server:getsockname():port())
  io.stdout:flush()
  assert(server:serve(handler))
end))
