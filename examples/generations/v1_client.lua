-- Generation 1: an echo client on a socket that does not block. What says `again` is called again after a rest.
-- Run: ./dev lua 5.4 examples/generations/v1_client.lua PORT [HOST]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket.v1')
local errno = require('llsocket.errno')
local inet, opt = llsocket.inet, llsocket.opt

local function fail(text)
  io.stderr:write('v1_client: ', text, '\n')
  os.exit(1)
end

local function check(value, code)
  if code then
    fail(tostring(errno[code]))
  end
  return value
end

local nobody = check(inet.bind('127.0.0.1', 0, opt.SOCK_DGRAM))
check(opt.rcvtimeo(nobody, 0.002))

local function rest()
  llsocket.recv(nobody) -- until the time is over
end

-- The descriptor may not be connected yet: it has no peer until it is, and an error if it never will be.
local function connect(host, port)
  local fd = check(inet.connect(host, port, opt.SOCK_STREAM, true))
  while not llsocket.peername(fd) do
    local code = check(llsocket.error(fd))
    check(fd, code ~= 0 and code)
    rest()
  end
  return fd
end

local function patiently(call, ...)
  local value, code, again = call(...)
  while again do
    rest()
    value, code, again = call(...)
  end
  return check(value, code)
end

local function send_all(fd, msg)
  while #msg > 0 do
    msg = msg:sub(patiently(llsocket.send, fd, msg) + 1)
  end
end

local function receive(fd, bytes)
  local msg = ''
  while #msg < bytes do
    msg = msg .. (patiently(llsocket.recv, fd, bytes - #msg) or fail('the server ended the stream'))
  end
  return msg
end

if not arg[1] then
  io.stderr:write('usage: v1_client.lua PORT [HOST]\n')
  os.exit(2)
end

local fd = connect(arg[2] or '127.0.0.1', arg[1])
for line in io.lines() do
  send_all(fd, line .. '\n')
  io.write(receive(fd, #line + 1))
  io.flush()
end
check(nil, llsocket.close(fd))
