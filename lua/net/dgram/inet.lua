-- SPDX-License-Identifier: MIT
-- net.dgram.inet: sockets of UDP.

local llsocket = require('llsocket')
local Dgram = require('net.dgram.socket')
local add_addressing = require('net.dgram.addressing')
local class = require('net.class')
local current_io = require('net.io.current')
local descriptor = require('net.descriptor')
local errors = require('net.errors')
local fields = require('net.fields')
local open = require('net.open')
local resolve = require('net.resolve')

local SOCK_DGRAM = llsocket.SOCK_DGRAM

local inet = {}

inet.Socket = class.define('net.dgram.inet.Socket', Dgram)

local socket_fields = {
  host = 'string', port = 'port', passive = 'boolean', reuseaddr = 'boolean', reuseport = 'boolean',
}

local function open_with(options, ai, io)
  local sock, err = open(ai, io.nonblock)
  if not sock then
    return nil, err
  end
  for _, name in ipairs({ 'reuseaddr', 'reuseport' }) do
    local _, failure
    if options[name] ~= nil then
      _, failure = sock[name](sock, options[name])
    end
    if failure then
      sock:close()
      return nil, errors.text(failure)
    end
  end
  return sock
end

-- A socket for the first address of which this system has the family; without a host it is one of IPv4.
function inet.Socket:construct(options)
  fields.check(options, socket_fields, 1, 'new')
  local io = current_io()
  local family = options.host and llsocket.AF_UNSPEC or llsocket.AF_INET
  local list, failure = resolve.options(io, options, family, SOCK_DGRAM)
  if not list then
    return nil, failure
  end
  local err
  for _, ai in ipairs(list) do
    local sock
    sock, err = open_with(options, ai, io)
    if sock then
      local made = self:adopt(sock, io)
      made.address = ai
      return made
    end
  end
  return nil, err
end

add_addressing(inet.Socket, function(self, options, name)
  fields.check(options, resolve.fields, 1, name)
  local list, err = resolve.options(self.io, options, self:family(), SOCK_DGRAM)
  return list and list[1], err
end)

local function class_of(sock)
  local family = sock:family()
  local is_inet = family == llsocket.AF_INET or family == llsocket.AF_INET6
  return sock:socktype() == SOCK_DGRAM and is_inet and inet.Socket
end

function inet.wrap(fd)
  return descriptor.wrap(fd, class_of)
end

inet.new = inet.Socket.new

return inet
