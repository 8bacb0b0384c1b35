-- Generation 1: sockets are descriptor numbers, errors are errno numbers, and `again` says that a call would block. It
-- has nothing to wait with, so this echo server goes round its clients, waits for none, and rests when all are idle.
-- Run: ./dev lua 5.4 examples/generations/v1_server.lua [PORT [ADDRESS]]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket.v1')
local errno = require('llsocket.errno')
local inet, opt = llsocket.inet, llsocket.opt

local function check(value, code)
  if code then
    io.stderr:write('v1_server: ', tostring(errno[code]), '\n')
    os.exit(1)
  end
  return value
end

local nobody = check(inet.bind('127.0.0.1', 0, opt.SOCK_DGRAM))
check(opt.rcvtimeo(nobody, 0.002))

local function rest()
  llsocket.recv(nobody) -- until the time is over
end

local clients = {} -- descriptor -> { name, unsent }

local function drop(fd, code)
  print(clients[fd].name .. ': ' .. (code and tostring(errno[code]) or 'done'))
  clients[fd] = nil
  llsocket.close(fd)
end

-- Sends what is left for a client, or else what it says now. Returns whether there was something to do.
local function serve(fd, client)
  if client.unsent == '' then
    local msg, code, again = llsocket.recv(fd)
    if not msg then
      return not again and drop(fd, code) -- without an error it is the end of the stream
    end
    client.unsent = msg
  end
  local len, code, again = llsocket.send(fd, client.unsent)
  if not len then
    return not again and drop(fd, code)
  end
  client.unsent = client.unsent:sub(len + 1)
  return true
end

-- A client may have left before anybody asks who it is.
local function text_of(addr)
  return addr and addr:addr() .. ' port ' .. addr:port() or 'a client that left'
end

local function accept(listener)
  local fd, code = llsocket.acceptInherits(listener) -- does not block, and no more does the new socket
  if fd then
    clients[fd] = { name = text_of(llsocket.peername(fd)), unsent = '' }
  elseif code ~= errno.EAGAIN.code and code ~= errno.ECONNABORTED.code then
    check(nil, code)
  end
  return fd
end

io.stdout:setvbuf('line')
local listener = check(inet.bind(arg[2] or '127.0.0.1', arg[1] or '0', opt.SOCK_STREAM, true, true))
check(nil, llsocket.listen(listener))
print('listening on ' .. text_of(check(llsocket.sockname(listener))))

while true do
  local is_busy = accept(listener)
  for fd, client in pairs(clients) do
    is_busy = serve(fd, client) or is_busy
  end
  if not is_busy then
    rest()
  end
end
