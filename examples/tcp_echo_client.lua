-- Sends the lines of its standard input to an echo server and prints what comes back.
-- Run: ./dev lua 5.4 examples/tcp_echo_client.lua PORT [HOST]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')

local function check(value, err)
  if err then
    io.stderr:write('tcp_echo_client: ', tostring(err), '\n')
    os.exit(1)
  end
  return value
end

-- Tries every address of the host, the best first.
local function connect(host, port)
  local list, err = llsocket.addrinfo.getaddrinfo(host, port, nil, llsocket.SOCK_STREAM)
  for _, ai in ipairs(list or {}) do
    local sock, ok
    sock, err = llsocket.socket.new(ai:family(), ai:socktype(), ai:protocol())
    if sock then
      ok, err = sock:connect(ai)
      if ok then
        return sock
      end
      sock:close()
    end
  end
  return nil, err
end

local function send_all(sock, msg)
  while #msg > 0 do
    local len, err = sock:send(msg)
    if err then
      return false, err
    end
    msg = msg:sub(len + 1)
  end
  return true
end

-- A stream has no messages: an answer may come in pieces.
local function receive(sock, bytes)
  local msg = ''
  while #msg < bytes do
    local part, err, again = sock:recv(bytes - #msg)
    if part then
      msg = msg .. part
    elseif not again then
      return nil, err or 'the server ended the stream'
    end
  end
  return msg
end

if not arg[1] then
  io.stderr:write('usage: tcp_echo_client.lua PORT [HOST]\n')
  os.exit(2)
end

local sock = check(connect(arg[2] or '127.0.0.1', arg[1]))
for line in io.lines() do
  local msg = line .. '\n'
  check(send_all(sock, msg))
  io.write(check(receive(sock, #msg)))
  io.flush()
end
check(sock:close())
