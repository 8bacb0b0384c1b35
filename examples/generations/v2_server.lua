-- Generation 2: sockets are objects that know their address, errors are strings, and an action that succeeds says
-- nothing. The sockets of this echo server block, but not for ever: after SO_RCVTIMEO, `again` comes without an error.
-- Run: ./dev lua 5.4 examples/generations/v2_server.lua [PORT [ADDRESS]]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket.v2')

local PATIENCE_SECONDS = 30

local function check(value, err)
  if err then
    io.stderr:write('v2_server: ', err, '\n')
    os.exit(1)
  end
  return value
end

local function send_all(sock, msg)
  while #msg > 0 do
    local len, err = sock:send(msg)
    if not len or len == 0 then
      return err or 'takes no answer'
    end
    msg = msg:sub(len + 1)
  end
end

-- Goes on until the client ends the stream, when all results are nil, or something fails: the error.
local function echo(client)
  while true do
    local msg, err, again = client:recv()
    if msg then
      err = send_all(client, msg)
    end
    if err or not msg then
      return again and 'says nothing' or err
    end
  end
end

-- A client may have left before anybody asks who it is.
local function text_of(ai)
  return ai and ai:addr() .. ' port ' .. ai:port() or 'a client that left'
end

io.stdout:setvbuf('line')
local ai = check(llsocket.inet.getaddrinfo(arg[2] or '127.0.0.1', arg[1] or '0'))[1]
local server = check(llsocket.socket.new(ai))
check(server:reuseaddr(true))
check(nil, server:bind())
check(nil, server:listen())
print('listening on ' .. text_of(check(server:getsockname())))

while true do
  local client, err, again = server:accept()
  if client then
    local peer = text_of(client:getpeername())
    check(client:rcvtimeo(PATIENCE_SECONDS))
    check(client:sndtimeo(PATIENCE_SECONDS))
    local failure = echo(client)
    client:close()
    print(peer .. ': ' .. (failure or 'done'))
  elseif not again then
    check(nil, err)
  end
end
