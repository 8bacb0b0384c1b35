-- A server that echoes and three clients, as tasks of any event loop: the programs beside this one run it.
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local poller = require('net.poller')
local socket, addrinfo = llsocket.socket, llsocket.addrinfo

local CLIENTS, LINES = 3, 10

local function check(value, err)
  if err then
    error(tostring(err), 2)
  end
  return value
end

-- Each of these lets other tasks run while it waits.

local function accept(listener)
  local sock, err, again = listener:accept()
  while again do
    check(poller.current().readable(listener))
    sock, err, again = listener:accept()
  end
  return check(sock, err)
end

local function connect(sock, address)
  local _, err = sock:connect(address)
  if err and err.type == llsocket.errno.EINPROGRESS then
    check(poller.current().writable(sock))
    err = sock:error()
  end
  check(true, err)
end

local function receive(sock)
  local msg, err, again = sock:recv()
  while again do
    check(poller.current().readable(sock))
    msg, err, again = sock:recv()
  end
  return check(msg, err)
end

local function send(sock, msg)
  while #msg > 0 do
    local len, err = sock:send(msg)
    if check(len, err) == 0 then
      check(poller.current().writable(sock))
    end
    msg = msg:sub(len + 1)
  end
end

-- Nobody may wait for a descriptor that is about to be closed.
local function close(sock)
  poller.current().forget(sock)
  check(sock:close())
end

local function echo(sock)
  local msg = receive(sock)
  while msg do -- Lua 5.1 could not wait in the iterator of a for
    send(sock, msg)
    msg = receive(sock)
  end
  close(sock)
end

local function talk(address, name)
  local sock = check(socket.new(address:family(), address:socktype(), 0, true))
  connect(sock, address)
  for i = 1, LINES do
    local line = ('%s says %d\n'):format(name, i)
    send(sock, line)
    local answer = ''
    while #answer < #line do
      answer = answer .. (receive(sock) or error('the server went away'))
    end
    assert(answer == line)
  end
  close(sock)
end

-- Begins the tasks: spawn(fn) begins one. Calls done() when all clients have had their echoes.
return function(spawn, done)
  local listener = check(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, 0, true))
  check(listener:bind(addrinfo.inet('127.0.0.1', 0)))
  check(listener:listen())
  local address = listener:getsockname()

  spawn(function()
    for _ = 1, CLIENTS do
      local sock = accept(listener)
      spawn(function()
        echo(sock)
      end)
    end
    close(listener)
  end)

  local talking = CLIENTS
  for i = 1, CLIENTS do
    spawn(function()
      talk(address, 'client ' .. i)
      talking = talking - 1
      if talking == 0 then
        done(('%d clients had %d echoes each'):format(CLIENTS, LINES))
      end
    end)
  end
end
