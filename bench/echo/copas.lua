-- SPDX-License-Identifier: MIT
-- The server with Copas: MODE ARGUMENT, as c.cpp.

package.path = arg[0]:gsub('bench/[^/]*/[^/]*$', '?.lua') .. ';' .. package.path
package.path = package.path .. ';/usr/share/lua/5.2/?.lua' -- Debian has none for 5.3 and 5.4; this runs there too

local copas = require('copas')
local socket = require('socket')

local PART = 65536

local handlers = require('bench.serving.copas_handlers')(PART)

local handler = handlers[arg[1]](arg[2])
local server = assert(socket.bind('127.0.0.1', 0, 4096))
copas.addserver(server, function(sock)
  sock:setoption('tcp-nodelay', true)
  handler(sock)
end)
print((select(2, server:getsockname())))
io.stdout:flush()
copas.loop()
