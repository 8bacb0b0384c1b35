-- SPDX-License-Identifier: MIT
-- The server with cqueues: MODE ARGUMENT, as c.cpp.

local cqueues = require('cqueues')
local socket = require('cqueues.socket')

local ROOM = 65536

local handlers = {}

function handlers.echo()
  return function(sock)
    local bytes = sock:xread(-ROOM)
    while bytes and sock:xwrite(bytes) do
      bytes = sock:xread(-ROOM)
    end
  end
end

function handlers.receive()
  return function(sock)
    while sock:xread(-ROOM) do -- luacheck: ignore 542
    end
  end
end

function handlers.send(bytes)
  local part = ('x'):rep(ROOM)
  return function(sock)
    for _ = 1, bytes / ROOM do
      sock:xwrite(part)
    end
    sock:flush()
  end
end

local handler = handlers[arg[1]](arg[2])
local queue = cqueues.new()

local function serve(sock)
  sock:onerror(function(_, _, err) -- it would raise them
    return err
  end)
  handler(sock)
  sock:close()
end

local server = socket.listen({ host = '127.0.0.1', port = 0, mode = 'bn', nodelay = true })
assert(server:listen())
print((select(3, server:localname())))
io.stdout:flush()
queue:wrap(function()
  while true do
    queue:wrap(serve, server:accept({ mode = 'bn', nodelay = true }))
  end
end)
assert(queue:loop())
