-- SPDX-License-Identifier: MIT
-- net.stream.inet: servers and clients of TCP.

local llsocket = require('llsocket')
local Server = require('net.stream.server')
local Stream = require('net.stream.socket')
local class = require('net.class')
local client = require('net.stream.client')
local current_io = require('net.io.current')
local errors = require('net.errors')
local fields = require('net.fields')
local open = require('net.open')
local resolve = require('net.resolve')
local secure = require('net.stream.secure')

local AF_INET, AF_INET6, SOCK_STREAM = llsocket.AF_INET, llsocket.AF_INET6, llsocket.SOCK_STREAM

local inet = {}

inet.Server = class.define('net.stream.inet.Server', Server)
inet.server = inet.Server

local server_fields = {
  host = 'string', port = 'port', reuseaddr = 'boolean', reuseport = 'boolean', tcpnodelay = 'boolean',
  v6only = 'boolean',
}

-- Without a host first the address that takes IPv4 as well.
local function addresses_to_bind(io, options)
  local list, err = resolve.options(io, {
    host = options.host, port = options.port, passive = true,
  }, llsocket.AF_UNSPEC, SOCK_STREAM)
  if list and not options.host then
    table.sort(list, function(a, b)
      return a:family() == AF_INET6 and b:family() ~= AF_INET6
    end)
  end
  return list, err
end

-- What a method of llsocket said that sets something: true, or nil and a string.
local function outcome(_, err)
  return not err or nil, errors.text(err)
end

local function nodelay_of(options, io)
  if options.tcpnodelay ~= nil then
    return options.tcpnodelay
  end
  return io.nonblock or false
end

local function prepare_to_bind(sock, options, io)
  local ok, err = outcome(sock:reuseaddr(options.reuseaddr ~= false))
  if ok and options.reuseport ~= nil then
    ok, err = outcome(sock:reuseport(options.reuseport))
  end
  if ok and sock:family() == AF_INET6 then
    ok, err = outcome(sock:v6only(options.v6only or false))
  end
  if ok then
    ok, err = outcome(sock:tcpnodelay(nodelay_of(options, io)))
  end
  return ok, err
end

local function bind(ai, options, io)
  local sock, err = open(ai, io.nonblock)
  if not sock then
    return nil, err
  end
  local ok, failure = prepare_to_bind(sock, options, io)
  if ok then
    ok, failure = outcome(sock:bind(ai))
  end
  if ok then
    return sock
  end
  sock:close()
  return nil, failure
end

function inet.Server:construct(options)
  if type(options) == 'userdata' then -- a socket of llsocket, as net.Socket.new takes
    return Server.construct(self, options)
  end
  fields.check(options, server_fields, 1, 'new')
  local security, problem = secure.server(options)
  if problem then
    return nil, problem
  end
  local io = current_io()
  local list, err = addresses_to_bind(io, options)
  if not list then
    return nil, err
  end
  local failures = {}
  for _, ai in ipairs(list) do
    local sock, failure = bind(ai, options, io)
    if sock then
      local made = self:adopt(sock, io)
      made.security = security
      return made
    end
    table.insert(failures, resolve.failure(failure, ai))
  end
  return nil, table.concat(failures, '; ')
end

inet.Client = class.define('net.stream.inet.Client', Stream)
inet.client = inet.Client

local client_fields = { host = 'string', port = 'port', tcpnodelay = 'boolean' }

client.define(inet.Client, AF_INET, {
  check = function(options)
    fields.check(options, client_fields, 1, 'new')
    return { host = options.host, port = options.port, tcpnodelay = options.tcpnodelay }
  end,
  addresses = function(io, due, target, lookups)
    return resolve.to_connect(io, due, lookups, target.host, target.port, SOCK_STREAM)
  end,
  prepare = function(sock, target, io)
    sock:tcpnodelay(nodelay_of(target, io))
  end,
})

return inet
