-- SPDX-License-Identifier: MIT
-- net.stream.Server: accepts connections.

local Stream = require('net.stream.socket')
local class = require('net.class')
local errors = require('net.errors')
local serving = require('net.stream.serving')

local Server = class.define('net.stream.Server', Stream)

function Server:listen(backlog)
  local _, err
  if backlog == nil then
    _, err = self.sock:listen()
  else
    _, err = errors.call('listen', self.sock, backlog)
  end
  return errors.text(err)
end

-- The connections that accept() gives. A class or a server can have its own.
function Server:createConnection(sock)
  return Stream:adopt(sock, self.io.plain)
end

local function accept(self)
  local io = self.io
  local operations = io.operations
  if operations then
    return operations.accept(self.sock, self.rcvsec or nil)
  end
  return io.accept(self, self.rcvsec or nil)
end

function Server:accept()
  local sock, err, timeout = accept(self)
  if not sock then
    return nil, err, timeout
  end
  return self:createConnection(sock)
end

function Server:acceptfd()
  local sock, err, timeout = accept(self)
  if not sock then
    return nil, err, timeout
  end
  return sock:unwrap()
end

serving.add(Server)

return Server
