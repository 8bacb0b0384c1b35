-- Generation 3: an echo client that does not block while it connects, sends and receives. connect() says nothing when
-- it is done; while it is under way, `again` comes with the error.
-- Run: ./dev lua 5.4 examples/generations/v3_client.lua PORT [HOST]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket.v3')
local errno = require('llsocket.errno')

local PATIENCE_MS = 30000

local function check(value, err)
  if err then
    io.stderr:write('v3_client: ', err, '\n')
    os.exit(1)
  end
  return value
end

-- For what sendable() and recvable() say.
local function await(is_ready, err)
  return is_ready or check(nil, err or 'the server does not answer')
end

-- Returns an error, or nothing.
local function finish_connect(sock, err, again)
  if not again then
    return err
  end
  await(sock:sendable(PATIENCE_MS))
  local code = check(sock:error())
  return code ~= 0 and tostring(errno[code]) or nil
end

-- Tries every address of the host, whatever its family.
local function connect(host, port)
  local sock, err
  for _, ai in ipairs(check(llsocket.inet.getaddrinfo(host, port))) do
    sock, err = llsocket.socket.new(ai, true)
    if sock then
      err = finish_connect(sock, sock:connect()) -- to the address that it was made with
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
    check(len, err or not len and 'the server is gone')
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
  io.stderr:write('usage: v3_client.lua PORT [HOST]\n')
  os.exit(2)
end

local sock = check(connect(arg[2] or '127.0.0.1', arg[1]))
for line in io.lines() do
  send_all(sock, line .. '\n')
  io.write(check(receive(sock, #line + 1)))
  io.flush()
end
check(nil, sock:close())
