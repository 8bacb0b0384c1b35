-- A chat over UDP multicast: one process listens, another says what you type.
-- Run: ./dev lua 5.4 examples/multicast_chat.lua listen & ./dev lua 5.4 examples/multicast_chat.lua say NAME
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local socket, addrinfo = llsocket.socket, llsocket.addrinfo

local function check(value, err)
  if err then
    io.stderr:write('multicast_chat: ', tostring(err), '\n')
    os.exit(1)
  end
  return value
end

local function usage()
  io.stderr:write('usage: multicast_chat.lua listen [GROUP [PORT [INTERFACE]]]\n',
    '       multicast_chat.lua say NAME [GROUP [PORT [INTERFACE]]]\n')
  os.exit(2)
end

local function group_address(group, port)
  local flags = llsocket.AI_NUMERICHOST
  return check(addrinfo.getaddrinfo(group or '239.255.42.42', port or '4242', nil, llsocket.SOCK_DGRAM, nil, flags))[1]
end

local function listen(group, interface)
  local sock = check(socket.new(group:family(), group:socktype()))
  check(sock:reuseaddr(true)) -- other listeners on this machine use the same port
  check(sock:bind(group)) -- and hear only this group
  check(sock:mcastjoin(group, interface))
  print('listening to ' .. group:addr() .. ' port ' .. sock:getsockname():port())
  while true do
    local msg, err, again, sender = sock:recvfrom(65535)
    if msg then
      print(sender:addr() .. ' ' .. msg)
    elseif not again then
      check(nil, err)
    end
  end
end

local function say(name, group, interface)
  local sock = check(socket.new(group:family(), group:socktype()))
  check(sock:mcastttl(1)) -- stay on this network
  if interface then
    check(sock:mcastif(interface))
  end
  for line in io.lines() do
    check(sock:sendto(name .. ': ' .. line, group))
  end
end

io.stdout:setvbuf('line')
if arg[1] == 'listen' then
  listen(group_address(arg[2], arg[3]), arg[4])
elseif arg[1] == 'say' and arg[2] then
  say(arg[2], group_address(arg[3], arg[4]), arg[5])
else
  usage()
end
