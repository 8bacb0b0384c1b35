-- SPDX-License-Identifier: MIT
-- Module net.stream.unix and its classes; the fields are described in api/methods.lua.

local client = require('api.methods.net.client')
local shapes = require('api.methods.net.shapes')

local unpack = table.unpack or unpack

local Socket = {
  name = 'net.stream.unix.Socket',
  called = 'net.stream.unix.Socket',
  title = 'net.stream.unix.Socket',
  object = 'sock',
  parents = { 'net.stream.Socket', 'net.unix.Socket' },
  summary = 'a unix stream, which can pass descriptors: one of a pair, or a connection of a server',
}

local Server = {
  name = 'net.stream.unix.Server',
  called = 'unix.server',
  title = 'net.stream.unix.Server',
  object = 'server',
  parents = { 'net.stream.Server', 'net.unix.Socket' },
  summary = 'a server at a path',
  functions = {
    {
      name = 'new',
      says = 'Makes a server at a path. It takes connections after `server:listen()`.',
      params = { shapes.options('path', 'pathname', 'tlscfg', 'tlsmsec') },
      results = {
        { name = 'server', type = 'net.stream.unix.Server', optional = true, says = 'the server' },
        shapes.err,
      },
      errors = { 'EADDRINUSE', 'ENAMETOOLONG', 'ENOENT', 'EACCES', 'EMFILE', 'TLS_CONFIG' },
      note = 'EADDRINUSE: there is such a file. Nobody removes it when the server closes: `os.remove(path)` does. Its '
        .. 'connections are net.stream.unix.Socket. Instead of options it takes an `llsocket.socket` that is bound '
        .. 'already, such as one from another process; that speaks TLS by `tlsconfig`.',
      source = 'bind(2), unix(7)',
    },
  },
}

local Client = {
  name = 'net.stream.unix.Client',
  called = 'unix.client',
  title = 'net.stream.unix.Client',
  object = 'client',
  parents = { 'net.stream.unix.Socket' },
  summary = 'a client of a server at a path',
  functions = {
    client.new(
      'net.stream.unix.Client',
      shapes.options('path', 'pathname', 'tlscfg', 'servername', 'resumption'),
      { 'ENOENT', 'ECONNREFUSED', 'ETIMEDOUT', 'ENAMETOOLONG', 'EACCES', unpack(shapes.tls_errors) },
      '`err` names the path. While the queue of the server is full it waits.'
    ),
  },
  methods = { client.connect('') },
}

return {
  name = 'stream.unix',
  called = 'unix',
  module = 'net.stream.unix',
  summary = 'unix streams: pairs, servers and clients at a path',
  fields = {
    { name = 'Socket', type = 'net.stream.unix.Socket', says = 'the class of pairs and of accepted connections' },
    { name = 'server', type = 'net.stream.unix.Server', says = 'the class of servers' },
    { name = 'client', type = 'net.stream.unix.Client', says = 'the class of clients' },
    { name = 'Server', type = 'net.stream.unix.Server', says = 'the same as `unix.server`' },
    { name = 'Client', type = 'net.stream.unix.Client', says = 'the same as `unix.client`' },
  },
  functions = { shapes.pair('net.stream.unix.Socket', 'SOCK_STREAM') },
  others = { Socket, Server, Client },
}
