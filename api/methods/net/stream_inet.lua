-- SPDX-License-Identifier: MIT
-- Module net.stream.inet and its classes; the fields are described in api/methods.lua.

local client = require('api.methods.net.client')
local shapes = require('api.methods.net.shapes')

local with, option = shapes.with, shapes.option
local unpack = table.unpack or unpack

local nodelay = {
  name = 'tcpnodelay',
  type = 'boolean',
  optional = true,
  says = 'TCP_NODELAY; by default `true` in tasks and `false` where sockets block',
}

local Server = {
  name = 'net.stream.inet.Server',
  called = 'inet.server',
  title = 'net.stream.inet.Server',
  object = 'server',
  parents = { 'net.stream.Server' },
  summary = 'a server of TCP',
  functions = {
    {
      name = 'new',
      says = 'Makes a server with an address. It takes connections after `server:listen()`.',
      params = {
        shapes.options(
          with(option.host, { says = 'a name, or an address in figures; without it all addresses, IPv6 and IPv4' }),
          with(option.port, { says = option.port.says .. '; 0 takes a free one, which `getsockname` tells' }),
          { name = 'reuseaddr', type = 'boolean', optional = true, default = 'true', says = 'SO_REUSEADDR' },
          { name = 'reuseport', type = 'boolean', optional = true, default = 'false', says = 'SO_REUSEPORT' },
          with(nodelay, { says = nodelay.says .. '; connections have it from the server' }),
          {
            name = 'v6only',
            type = 'boolean',
            optional = true,
            default = 'false',
            says = 'IPV6_V6ONLY: whether an IPv6 address refuses IPv4',
          },
          'tlscfg', 'tlsmsec'
        ),
      },
      results = {
        { name = 'server', type = 'net.stream.inet.Server', optional = true, says = 'the server' },
        shapes.err,
      },
      errors = { 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EMFILE', 'EAI_NONAME', 'TLS_CONFIG' },
      note = 'Of several addresses of a host it takes the first that works; `err` names each with what was wrong. '
        .. 'Instead of options it takes an `llsocket.socket` that is bound already, such as one from another process; '
        .. 'that speaks TLS by `tlsconfig`.',
      source = 'bind(2), getaddrinfo(3), RFC 3493',
    },
  },
}

local Client = {
  name = 'net.stream.inet.Client',
  called = 'inet.client',
  title = 'net.stream.inet.Client',
  object = 'client',
  parents = { 'net.stream.Socket' },
  summary = 'a client of TCP',
  functions = {
    client.new(
      'net.stream.inet.Client',
      shapes.options(
        with(option.host, { says = 'a name, or an address in figures; without it this machine' }),
        'port', nodelay, 'tlscfg',
        with(option.servername, { says = option.servername.says .. '; `host` if it is missing' }), 'resumption'
      ),
      {
        'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_NONAME', 'EAI_AGAIN',
        unpack(shapes.tls_errors),
      },
      '`err` names each address that was tried.'
    ),
  },
  methods = { client.connect(' The host is looked up again.') },
}

return {
  name = 'stream.inet',
  called = 'inet',
  module = 'net.stream.inet',
  summary = 'servers and clients of TCP',
  fields = {
    { name = 'server', type = 'net.stream.inet.Server', says = 'the class of servers' },
    { name = 'client', type = 'net.stream.inet.Client', says = 'the class of clients' },
    { name = 'Server', type = 'net.stream.inet.Server', says = 'the same as `inet.server`' },
    { name = 'Client', type = 'net.stream.inet.Client', says = 'the same as `inet.client`' },
  },
  functions = {},
  others = { Server, Client },
}
