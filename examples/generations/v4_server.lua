-- Generation 4: errors are objects, whose `type` tells one from another, and what works says true. An echo server whose
-- sockets do not block.
-- Run: ./dev lua 5.4 examples/generations/v4_server.lua [PORT [ADDRESS]]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local addrinfo, errno, socket = llsocket.addrinfo, llsocket.errno, llsocket.socket

local PATIENCE_MS = 30000

local function check(value, err)
  if err then
    io.stderr:write('v4_server: ', tostring(err), '\n')
    os.exit(1)
  end
  return value
end

local function send_all(sock, msg)
  while #msg > 0 do
    local len, err, again = sock:send(msg)
    if err then
      return err
    end
    msg = msg:sub(len + 1)
    if again and not sock:sendable(PATIENCE_MS) then
      return errno.ETIMEDOUT
    end
  end
end

-- Goes on until the client ends the stream, or something fails: the error.
local function echo(client)
  while true do
    local msg, err, again = client:recv()
    if msg then
      err = send_all(client, msg)
    elseif again and not client:recvable(PATIENCE_MS) then
      err = errno.ETIMEDOUT
    end
    if err or not (msg or again) then
      return err
    end
  end
end

local function outcome(err)
  if err and (err.type == errno.ECONNRESET or err.type == errno.EPIPE) then
    return 'went away: ' .. err.message
  end
  return err and tostring(err) or 'done'
end

io.stdout:setvbuf('line')
local ai = check(addrinfo.getaddrinfo(arg[2] or '127.0.0.1', arg[1] or 0, nil, llsocket.SOCK_STREAM))[1]
local server = check(socket.new(ai:family(), ai:socktype(), ai:protocol(), true))
check(server:reuseaddr(true))
check(server:bind(ai))
check(server:listen())
print('listening on ' .. ai:addr() .. ' port ' .. server:getsockname():port())

while true do
  local client, err, again, peer = server:accept(true) -- does not block either
  if client then
    local result = outcome(echo(client))
    client:close()
    print(peer:addr() .. ' port ' .. peer:port() .. ': ' .. result)
  elseif again then
    check(server:recvable(PATIENCE_MS))
  else
    check(nil, err)
  end
end
