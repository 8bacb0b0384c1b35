-- SPDX-License-Identifier: MIT
-- Listening sockets that whoever started this process has opened: sd_listen_fds(3).

local llsocket = require('llsocket')
local descriptor = require('net.descriptor')
local errors = require('net.errors')
local scheduler = require('llsocket.scheduler')

local FIRST_FD = 3

local activation = {}

-- How many descriptors were passed, and a function that gives their names one by one, '' behind the last. The variables
-- are for one process only, not for what it starts.
local function passed()
  local count = (os.getenv('LISTEN_FDS') or ''):match('^%d+$')
  if not count or tonumber(os.getenv('LISTEN_PID')) ~= scheduler.pid() then
    return 0
  end
  return tonumber(count), ((os.getenv('LISTEN_FDNAMES') or '') .. ':'):gmatch('([^:]*):')
end

local function is_listening_stream(sock)
  return sock:socktype() == llsocket.SOCK_STREAM and sock:acceptconn()
end

-- All that were passed, with their names; nil and a string if one is no listening stream socket of these classes. Then
-- all stay the program's, as they were.
local function adopt_all(class_of)
  local count, next_name = passed()
  for fd = FIRST_FD, FIRST_FD + count - 1 do
    local is_right, err = descriptor.check(fd, is_listening_stream)
    if not is_right then
      return nil, ('%s (descriptor %d)'):format(err, fd)
    end
  end
  local servers = {}
  for i = 1, count do
    local server = assert(descriptor.wrap(FIRST_FD + i - 1, class_of))
    server.sock:cloexec(true)
    server.name = next_name() or ''
    servers[i] = server
  end
  return servers
end

-- Adds sockets() to a class of servers; class_of(sock) is the class for a socket of llsocket.
function activation.add(class, class_of)
  local servers

  function class.sockets(first, second)
    local name = first
    if type(first) == 'table' then -- as a method
      name = second
    end
    errors.check_optional(name, 'string', 1, 'sockets')
    if not servers then
      local adopted, err = adopt_all(class_of)
      if not adopted then
        return nil, err
      end
      servers = adopted
    end
    local found = {}
    for _, server in ipairs(servers) do
      if name == nil or server.name == name then
        table.insert(found, server)
      end
    end
    return found
  end
end

return activation
