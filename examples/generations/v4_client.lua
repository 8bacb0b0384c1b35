-- Generation 4: an echo client that does not block. While connect() is under way it is true, with an error whose type
-- says so.
-- Run: ./dev lua 5.4 examples/generations/v4_client.lua PORT [HOST]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local addrinfo, errno, socket = llsocket.addrinfo, llsocket.errno, llsocket.socket

local PATIENCE_MS = 30000

local function check(value, err)
  if err then
    io.stderr:write('v4_client: ', tostring(err), '\n')
    os.exit(1)
  end
  return value
end

-- For what sendable() and recvable() say.
local function await(is_ready, err)
  return is_ready or check(nil, err or 'the server does not answer')
end

-- Returns an error, or nil.
local function connect_to(sock, ai)
  local _, err = sock:connect(ai)
  if not err or err.type ~= errno.EINPROGRESS then
    return err
  end
  await(sock:sendable(PATIENCE_MS))
  return sock:error()
end

-- Tries every address of the host, the best first.
local function connect(host, port)
  local sock, err
  for _, ai in ipairs(check(addrinfo.getaddrinfo(host, port, nil, llsocket.SOCK_STREAM))) do
    sock, err = socket.new(ai:family(), ai:socktype(), ai:protocol(), true)
    if sock then
      err = connect_to(sock, ai)
      if not err then
        return sock
      end
      sock:close()
    end
  end
  return nil, err
end

local function send_all(sock, msg)
  while #msg > 0 do
    local len, err, again = sock:send(msg)
    check(len, err)
    msg = msg:sub(len + 1)
    if again then
      await(sock:sendable(PATIENCE_MS))
    end
  end
end

local function receive(sock, bytes)
  local msg = ''
  while #msg < bytes do
    local part, err, again = sock:recv(bytes - #msg)
    if again then
      await(sock:recvable(PATIENCE_MS))
    elseif not part then
      return nil, err or 'the server ended the stream'
    end
    msg = msg .. (part or '')
  end
  return msg
end

if not arg[1] then
  io.stderr:write('usage: v4_client.lua PORT [HOST]\n')
  os.exit(2)
end

local sock = check(connect(arg[2] or '127.0.0.1', arg[1]))
for line in io.lines() do
  send_all(sock, line .. '\n')
  io.write(check(receive(sock, #line + 1)))
  io.flush()
end
check(sock:close())
