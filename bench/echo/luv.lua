-- SPDX-License-Identifier: MIT
-- The server with luv, its streams and callbacks: MODE ARGUMENT, as c.cpp. With "try" behind them it sends back by
-- try_write, which has no callback, and queues only what did not go.

local uv = require('luv')

local ROOM = 65536

local function write(sock, bytes)
  sock:write(bytes)
end

local function try_write(sock, bytes)
  local sent = sock:write_queue_size() == 0 and sock:try_write(bytes) or 0
  if sent < #bytes then
    sock:write(bytes:sub(sent + 1))
  end
end

local handlers = {}

-- What begins on a connection when it is there.
function handlers.echo()
  local send = arg[3] == 'try' and try_write or write
  return function(sock)
    sock:read_start(function(_, bytes)
      if bytes then
        send(sock, bytes)
      else
        sock:close()
      end
    end)
  end
end

function handlers.receive()
  return function(sock)
    sock:read_start(function(_, bytes)
      if not bytes then
        sock:close()
      end
    end)
  end
end

function handlers.send(bytes)
  local part = ('x'):rep(ROOM)
  return function(sock)
    local left = bytes / ROOM
    local function send_next()
      if left > 0 then
        left = left - 1
        sock:write(part, send_next)
      else
        sock:close()
      end
    end
    send_next()
  end
end

local handler = handlers[arg[1]](arg[2])
local server = uv.new_tcp()
assert(server:bind('127.0.0.1', 0))
assert(server:listen(4096, function(err)
  assert(not err, err)
  local sock = uv.new_tcp()
  assert(server:accept(sock))
  sock:nodelay(true)
  handler(sock)
end))
print(server:getsockname().port)
io.stdout:flush()
uv.run()
