-- SPDX-License-Identifier: MIT
-- Methods for the options of sockets: without an argument they read, with one they set. Both answer with what is in
-- force.

local errors = require('net.errors')

local options = {}

local function get(sock, name)
  local value, err = sock[name](sock)
  return value, errors.text(err)
end

local function access(self, name, value)
  local sock = self.sock
  if value ~= nil then
    local _, err = errors.call(name, sock, value)
    if err then
      return nil, errors.text(err)
    end
  end
  return get(sock, name)
end

-- Adds the methods of these names to a class.
function options.add(class, names)
  for _, name in ipairs(names) do
    class[name] = function(self, value)
      return access(self, name, value)
    end
  end
end

-- linger that is off is nil.
function options.linger(self, sec)
  local value, err = access(self, 'linger', sec)
  return value ~= -1 and value or nil, err
end

options.access = access

return options
