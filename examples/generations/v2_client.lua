-- Generation 2: an echo client that tries every address of a host and gives each the socket that it is for. After
-- SO_RCVTIMEO, recv() says `again` without an error.
-- Run: ./dev lua 5.4 examples/generations/v2_client.lua PORT [HOST]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket.v2')
local inet, socket = llsocket.inet, llsocket.socket

local function check(value, err)
  if err then
    io.stderr:write('v2_client: ', err, '\n')
    os.exit(1)
  end
  return value
end

-- A function for each family.
local function addresses(host, port)
  local list, err = inet.getaddrinfo(host, port)
  for _, ai in ipairs(inet.getaddrinfo6(host, port) or {}) do
    list = list or {}
    list[#list + 1] = ai
  end
  return check(list, not list and err)
end

local function connect(host, port)
  local sock, err
  for _, ai in ipairs(addresses(host, port)) do
    sock, err = socket.new(ai)
    if sock then
      err = sock:connect() -- to the address that it was made with
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
    local len = check(sock:send(msg))
    check(len, not len and 'the server is gone')
    msg = msg:sub(len + 1)
  end
end

local function receive(sock, bytes)
  local msg = ''
  while #msg < bytes do
    local part, err, again = sock:recv(bytes - #msg)
    if not part then
      return nil, err or again and 'the server does not answer' or 'the server ended the stream'
    end
    msg = msg .. part
  end
  return msg
end

if not arg[1] then
  io.stderr:write('usage: v2_client.lua PORT [HOST]\n')
  os.exit(2)
end

local sock = check(connect(arg[2] or '127.0.0.1', arg[1]))
check(sock:rcvtimeo(30))
for line in io.lines() do
  send_all(sock, line .. '\n')
  io.write(check(receive(sock, #line + 1)))
  io.flush()
end
check(nil, sock:close())
