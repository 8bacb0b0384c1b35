-- SPDX-License-Identifier: MIT
-- net.stream: connections.

local llsocket = require('llsocket')
local Server = require('net.stream.server')
local Stream = require('net.stream.socket')
local activation = require('net.stream.activation')
local descriptor = require('net.descriptor')
local resolve = require('net.resolve')

local stream = {
  Socket = Stream,
  Server = Server,
  inet = require('net.stream.inet'),
  unix = require('net.stream.unix'),
}

local function class_of(sock)
  if sock:socktype() ~= llsocket.SOCK_STREAM then
    return nil
  end
  return sock:family() == llsocket.AF_UNIX and stream.unix.Socket or Stream
end

function stream.wrap(fd)
  return descriptor.wrap(fd, class_of)
end

activation.add(Server, function(sock)
  return sock:family() == llsocket.AF_UNIX and stream.unix.Server or stream.inet.Server
end)

resolve.add_functions(stream, llsocket.SOCK_STREAM)

return stream
