-- SPDX-License-Identifier: MIT
-- The server with net: MODE PEM ARGUMENT, as c.cpp.

local net = require('net')
local tls = require('net.tls')

local ROOM, RECORD = 65536, 16384
local TICKETS_SEC = 7200 -- without it there are none

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
  local part = ('x'):rep(RECORD)
  return function(sock)
    for _ = 1, bytes / RECORD do
      sock:send(part)
    end
  end
end

local handler = handlers[arg[1]](arg[3])

local cfg = tls.config.new()
assert(cfg:set_keypair_file(arg[2], arg[2]))
assert(cfg:set_session_lifetime(TICKETS_SEC))

assert(net.loop.run(function()
  local server = assert(net.stream.inet.server.new({ host = '127.0.0.1', tlscfg = cfg }))
  local err = server:listen()
  assert(not err, err)
  print(server:getsockname():port())
  io.stdout:flush()
  assert(server:serve(handler))
end))
