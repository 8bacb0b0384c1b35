-- SPDX-License-Identifier: MIT
-- The server with net: MODE ARGUMENT, as c.cpp.

package.path = arg[0]:gsub('bench/[^/]*/[^/]*$', '?.lua') .. ';' .. package.path

local net = require('net')

local PART = 65536

local handlers = require('bench.serving.net_handlers')(PART)

local handler = handlers[arg[1]](arg[2])

assert(net.loop.run(function()
  local server = assert(net.stream.inet.server.new({ host = '127.0.0.1' }))
  local err = server:listen()
  assert(not err, err)
  print(server:getsockname():port())
  io.stdout:flush()
  assert(server:serve(handler))
end))
