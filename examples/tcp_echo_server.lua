-- Sends back whatever a client says, one client after the other. Port 0, the default, is a free one.
-- Run: ./dev lua 5.4 examples/tcp_echo_server.lua [PORT [ADDRESS]]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')

local function check(value, err)
  if err then
    io.stderr:write('tcp_echo_server: ', tostring(err), '\n')
    os.exit(1)
  end
  return value
end

local function send_all(sock, msg)
  while #msg > 0 do
    local len, err = sock:send(msg)
    if err then
      return err
    end
    msg = msg:sub(len + 1)
  end
end

-- Goes on until the client ends the stream, or something fails: the error.
local function echo(client)
  while true do
    local msg, err, again = client:recv()
    if msg then
      err = send_all(client, msg)
    end
    if err or not (msg or again) then
      return err
    end
  end
end

io.stdout:setvbuf('line')
local port, addr = tonumber(arg[1] or 0), arg[2] or '127.0.0.1'
local ai = check(llsocket.addrinfo.getaddrinfo(addr, port, nil, llsocket.SOCK_STREAM))[1]
local server = check(llsocket.socket.new(ai:family(), ai:socktype()))
check(server:reuseaddr(true)) -- a server that starts again gets its port back at once
check(server:bind(ai))
check(server:listen())
print('listening on ' .. ai:addr() .. ' port ' .. server:getsockname():port())

while true do
  local client, err, again, peer = server:accept(true)
  if client then
    local failure = echo(client)
    client:close()
    print(peer:addr() .. ' port ' .. peer:port() .. ': ' .. (failure and tostring(failure) or 'done'))
  elseif not again then
    check(nil, err)
  end
end
