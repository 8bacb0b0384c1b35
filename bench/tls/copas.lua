-- SPDX-License-Identifier: MIT
-- The server with LuaSec and Copas: MODE PEM ARGUMENT, as c.cpp.

package.path = arg[0]:gsub('bench/[^/]*/[^/]*$', '?.lua') .. ';' .. package.path
package.path = package.path .. ';/usr/share/lua/5.2/?.lua' -- Debian has none for 5.3 and 5.4; this runs there too

local copas = require('copas')
local socket = require('socket')
local ssl = require('ssl')

local RECORD = 16384

local handlers = require('bench.serving.copas_handlers')(RECORD)

-- Copas waits for sockets that say "timeout". LuaSec's say what they want, which is what Copas waits for after the same
-- call as long as there is no key update.
local timeouts = { wantread = 'timeout', wantwrite = 'timeout' }

local Secure = {}
Secure.__index = Secure

function Secure:getfd()
  return self.conn:getfd()
end

function Secure:dirty()
  return self.conn:dirty()
end

function Secure:receive(pattern, prefix)
  local bytes, err, part = self.conn:receive(pattern, prefix)
  return bytes, timeouts[err] or err, part
end

function Secure:send(...)
  local sent, err, last = self.conn:send(...)
  return sent, timeouts[err] or err, last
end

function Secure:close()
  self.conn:close()
end

-- To Copas a handshake is a call that receives.
local Handshake = setmetatable({}, Secure)
Handshake.__index = Handshake

function Handshake:receive()
  local ok, err = self.conn:dohandshake()
  return ok and '', timeouts[err] or err, ''
end

local function is_secured(conn)
  return copas.receivePartial(setmetatable({ conn = conn }, Handshake)) == ''
end

local handler = handlers[arg[1]](arg[3])
local context = assert(ssl.newcontext({ mode = 'server', protocol = 'any', key = arg[2], certificate = arg[2] }))
local server = assert(socket.bind('127.0.0.1', 0, 4096))
copas.addserver(server, function(sock)
  sock:setoption('tcp-nodelay', true)
  local conn = assert(ssl.wrap(sock, context))
  conn:settimeout(0)
  if is_secured(conn) then
    handler(setmetatable({ conn = conn }, Secure))
  end
  conn:close()
end)
print((select(2, server:getsockname())))
io.stdout:flush()
copas.loop()
