-- SPDX-License-Identifier: MIT
-- net.dgram.unix: datagrams between processes of one machine.

local llsocket = require('llsocket')
local Dgram = require('net.dgram.socket')
local add_addressing = require('net.dgram.addressing')
local class = require('net.class')
local current_io = require('net.io.current')
local descriptor = require('net.descriptor')
local fields = require('net.fields')
local open = require('net.open')
local pair = require('net.pair')
local resolve = require('net.resolve')
local unix_socket = require('net.unix')

local AF_UNIX, SOCK_DGRAM = llsocket.AF_UNIX, llsocket.SOCK_DGRAM

local unix = {}

unix.Socket = class.define('net.dgram.unix.Socket', Dgram, unix_socket.Socket)

function unix.Socket:construct(options)
  local ai, failure = resolve.path(fields.path(options, 1, 'new'), SOCK_DGRAM)
  if not ai then
    return nil, failure
  end
  local io = current_io()
  local sock, err = open(ai, io.nonblock)
  if not sock then
    return nil, err
  end
  local made = self:adopt(sock, io)
  made.address = ai
  return made
end

add_addressing(unix.Socket, function(_, options, name)
  return resolve.path(fields.path(options, 1, name), SOCK_DGRAM)
end)

local function class_of(sock)
  return sock:socktype() == SOCK_DGRAM and sock:family() == AF_UNIX and unix.Socket
end

function unix.wrap(fd)
  return descriptor.wrap(fd, class_of)
end

function unix.pair()
  return pair(unix.Socket, SOCK_DGRAM)
end

unix.new = unix.Socket.new

return unix
