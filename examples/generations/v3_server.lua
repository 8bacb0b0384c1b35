-- Generation 3: it can wait, with recvable() and sendable(), so the sockets of this echo server do not block. It
-- receives and sends messages, whose iovec keeps what was not sent.
-- Run: ./dev lua 5.4 examples/generations/v3_server.lua [PORT [ADDRESS]]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket.v3')
local iovec, msghdr = llsocket.iovec, llsocket.msghdr

local PATIENCE_MS = 30000

local function check(value, err)
  if err then
    io.stderr:write('v3_server: ', err, '\n')
    os.exit(1)
  end
  return value
end

local function send_all(sock, text)
  local mh, unsent = msghdr.new(), iovec.new()
  check(unsent:add(text))
  mh:iov(unsent)
  while unsent:bytes() > 0 do
    local len, err, again = sock:sendmsg(mh)
    if err or not len then
      return err or 'gone' -- all results are nil if the peer has closed
    end
    unsent:consume(len)
    if again and not sock:sendable(PATIENCE_MS) then
      return 'takes no answer'
    end
  end
end

-- Goes on until the client ends the stream, or something fails: the error.
local function echo(client)
  local mh, room = msghdr.new(), iovec.new()
  check(room:addn(16384))
  mh:iov(room)
  while true do
    local len, err, again = client:recvmsg(mh)
    if len and len > 0 then
      err = send_all(client, room:concat(0, len))
    elseif again and not client:recvable(PATIENCE_MS) then
      err = 'says nothing'
    end
    if err or not len then
      return err
    end
  end
end

-- A client may have left before anybody asks who it is.
local function text_of(ai)
  return ai and ai:addr() .. ' port ' .. ai:port() or 'a client that left'
end

io.stdout:setvbuf('line')
local ai = check(llsocket.inet.getaddrinfo(arg[2] or '127.0.0.1', arg[1] or '0'))[1]
local server = check(llsocket.socket.new(ai, true))
check(server:reuseaddr(true))
check(nil, server:bind())
check(nil, server:listen())
print('listening on ' .. text_of(check(server:getsockname())))

while true do
  local client, err, again = server:accept() -- does not block either
  if client then
    local peer = text_of(client:getpeername())
    local failure = echo(client)
    client:close()
    print(peer .. ': ' .. (failure or 'done'))
  elseif again then
    check(server:recvable(PATIENCE_MS))
  else
    check(nil, err)
  end
end
