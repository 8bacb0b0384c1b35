-- SPDX-License-Identifier: MIT
-- The server with net: MODE PEM ARGUMENT, as c.cpp.

package.path = arg[0]:gsub('bench/[^/]*/[^/]*$', '?.lua') .. ';' .. package.path

local net = require('net')
local tls = require('net.tls')

local RECORD = 16384
local TICKETS_SEC = 7200 -- without it there are none

local handlers = require('bench.serving.net_handlers')(RECORD)
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
