-- Hands an open file, its standard input, to another process, which need not have the right to open it.
-- Run: ./dev lua 5.4 examples/pass_descriptor.lua give /tmp/door <README.md, and in a second window: ... take /tmp/door
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local socket, addrinfo, iovec = llsocket.socket, llsocket.addrinfo, llsocket.iovec

local function check(value, err)
  if err then
    io.stderr:write('pass_descriptor: ', tostring(err), '\n')
    os.exit(1)
  end
  return value
end

-- To the first one who comes.
local function give(path, fd)
  local listener = check(socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM))
  check(listener:bind(check(addrinfo.unix(path))))
  check(listener:listen())
  print('waiting at ' .. path)
  local taker
  repeat
    taker = check(listener:accept())
  until taker
  check(taker:sendfd(fd))
  os.remove(path)
end

local function take(path)
  local sock = check(socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM))
  check(sock:connect(check(addrinfo.unix(path))))
  return (check(sock:recvfd()))
end

local function print_content(fd)
  local buffer = iovec.new()
  check(buffer:addn(65536))
  for len in function() return check(buffer:readv(fd)) end do
    io.write(buffer:concat(0, len))
  end
end

io.stdout:setvbuf('line')
local role, path = arg[1], arg[2]
if role == 'give' and path then
  give(path, 0)
elseif role == 'take' and path then
  local fd = take(path)
  print_content(fd)
  check(socket.close(fd))
else
  io.stderr:write('usage: pass_descriptor.lua give|take PATH\n')
  os.exit(2)
end
