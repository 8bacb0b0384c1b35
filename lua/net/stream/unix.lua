-- SPDX-License-Identifier: MIT
-- net.stream.unix: streams between processes of one machine.

local llsocket = require('llsocket')
local Server = require('net.stream.server')
local Stream = require('net.stream.socket')
local class = require('net.class')
local client = require('net.stream.client')
local current_io = require('net.io.current')
local errors = require('net.errors')
local fields = require('net.fields')
local open = require('net.open')
local pair = require('net.pair')
local resolve = require('net.resolve')
local secure = require('net.stream.secure')
local unix_socket = require('net.unix')

local AF_UNIX, SOCK_STREAM = llsocket.AF_UNIX, llsocket.SOCK_STREAM

local unix = {}

unix.Socket = class.define('net.stream.unix.Socket', Stream, unix_socket.Socket)

function unix.pair()
  return pair(unix.Socket, SOCK_STREAM)
end

unix.Server = class.define('net.stream.unix.Server', Server, unix_socket.Socket)
unix.server = unix.Server

function unix.Server:createConnection(sock)
  return secure.adopt(unix.Socket, sock, self.io.plain)
end

function unix.Server:construct(options)
  if type(options) == 'userdata' then -- a socket of llsocket, as net.Socket.new takes
    return Server.construct(self, options)
  end
  local path = fields.path(options, 1, 'new')
  local security, problem = secure.server(options)
  if problem then
    return nil, problem
  end
  local ai, failure = resolve.path(path, SOCK_STREAM)
  if not ai then
    return nil, failure
  end
  local io = current_io()
  local sock, err = open(ai, io.nonblock)
  if not sock then
    return nil, err
  end
  local ok, refusal = sock:bind(ai)
  if not ok then
    sock:close()
    return nil, resolve.failure(errors.text(refusal), ai)
  end
  local made = self:adopt(sock, io)
  made.security = security
  return made
end

unix.Client = class.define('net.stream.unix.Client', unix.Socket)
unix.client = unix.Client

client.define(unix.Client, AF_UNIX, {
  check = function(options)
    return fields.path(options, 1, 'new')
  end,
  addresses = function(_, _, path)
    local ai, err = resolve.path(path, SOCK_STREAM)
    return ai and { ai }, err
  end,
  prepare = function() end,
})

return unix
