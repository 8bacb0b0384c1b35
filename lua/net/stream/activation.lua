-- SPDX-License-Identifier: MIT
-- Listening sockets that whoever started this process has opened: sd_listen_fds(3).

local llsocket = require('llsocket')
local descriptor = require('net.descriptor')
local errors = require('net.errors')
local scheduler = require('llsocket.scheduler')

local FIRST_FD = 3

local activation = {}

-- The names of the descriptors, in order. The variables are for one process only, not for what it starts.
local function passed_names()
  if tonumber(os.getenv('LISTEN_PID')) ~= scheduler.pid() then
    return {}
  end
  local names = {}
  for name in ((os.getenv('LISTEN_FDNAMES') or '') .. ':'):gmatch('([^:]*):') do
    table.insert(names, name)
  end
  local passed = {}
  for i = 1, tonumber(os.getenv('LISTEN_FDS')) or 0 do
    passed[i] = names[i] or ''
  end
  return passed
end

-- All that were passed, with their names; nil and a string if one is no listening stream socket of these classes.
local function adopt_all(class_of)
  local servers = {}
  for i, name in ipairs(passed_names()) do
    local server, err = descriptor.wrap(FIRST_FD + i - 1, function(sock)
      return sock:socktype() == llsocket.SOCK_STREAM and sock:acceptconn() and class_of(sock)
    end)
    if not server then
      return nil, ('%s (descriptor %d)'):format(err, FIRST_FD + i - 1)
    end
    server.sock:cloexec(true)
    server.name = name
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
