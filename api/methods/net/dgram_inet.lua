-- SPDX-License-Identifier: MIT
-- Module net.dgram.inet and its class; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local with, option = shapes.with, shapes.option

local canonname = with(option.canonname, { says = 'AI_CANONNAME: without effect here' })

local function assignment(name, says, errors, source, note)
  return {
    name = name,
    says = says,
    params = {
      with(shapes.options('host', 'port', 'passive', canonname, 'numeric'), {
        optional = true,
        says = 'the address; nil for that of `new`',
      }),
    },
    results = { shapes.failure },
    errors = errors,
    note = 'Of several addresses of a host the first of the family of the socket counts. ' .. note,
    source = source,
  }
end

return {
  name = 'dgram.inet',
  called = 'inet',
  module = 'net.dgram.inet',
  summary = 'sockets of UDP',
  fields = { { name = 'Socket', type = 'net.dgram.inet.Socket', says = 'the class of UDP sockets' } },
  functions = {
    {
      name = 'new',
      says = 'Makes a socket for an address, which `bind` or `connect` then gives it.',
      params = {
        shapes.options(
          'host', 'port', 'passive',
          { name = 'reuseaddr', type = 'boolean', optional = true, default = 'false', says = 'SO_REUSEADDR' },
          { name = 'reuseport', type = 'boolean', optional = true, default = 'false', says = 'SO_REUSEPORT' }
        ),
      },
      results = { { name = 'sock', type = 'net.dgram.inet.Socket', optional = true, says = 'the socket' }, shapes.err },
      errors = { 'EAI_NONAME', 'EAI_AGAIN', 'EMFILE' },
      note = 'Its family is that of the first address of the host which this machine has. Without `host` that is the '
        .. 'loopback address.',
      source = 'socket(2), getaddrinfo(3)',
    },
    shapes.wrap('net.dgram.inet.Socket', 'UDP socket', 'It has no address of `new`.'),
  },
  others = {
    {
      name = 'net.dgram.inet.Socket',
      called = 'net.dgram.inet.Socket',
      title = 'net.dgram.inet.Socket',
      object = 'sock',
      parents = { 'net.dgram.Socket' },
      summary = 'a socket of UDP',
      methods = {
        assignment('bind', 'Gives the socket its address.', { 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EAI_NONAME' },
          'bind(2)', 'Port 0 takes a free one; `getsockname` tells which. ' .. shapes.lookup_note),
        assignment('connect', 'Sets the peer: `send` sends there, and only what it sends is received.',
          { 'ENETUNREACH', 'EAI_NONAME' }, 'connect(2)', shapes.lookup_note),
      },
    },
  },
}
