-- SPDX-License-Identifier: MIT
-- Generation 2: the first with objects; errors are strings.

local derive = require('api.generations.derive')
local shapes = require('api.methods.shapes')
local strings = require('api.generations.strings')

local generation = {
  number = 2,
  name = 'v2',
  module = 'llsocket.v2',
  errors = 'string',
  summary = 'socket and addrinfo objects; errors are strings',
  changes = strings.changes,
}

generation.classes = {
  derive.root(generation, { 'inet', 'unix', 'socket', 'device', 'env' }),
  {
    name = 'inet',
    module = 'llsocket.v2.inet',
    summary = 'IPv4 and IPv6 addresses',
    functions = {
      strings.look_up('getaddrinfo', 'Looks up the IPv4 addresses of a host and a service.'),
      strings.look_up('getaddrinfo6', 'Looks up the IPv6 addresses of a host and a service.'),
    },
  },
  {
    name = 'unix',
    module = 'llsocket.v2.unix',
    summary = 'unix addresses',
    functions = {
      strings.unix_address({
        name = 'list',
        type = 'table',
        optional = true,
        says = 'one addrinfo object, at 1',
      }),
    },
  },
  derive.class('socket', generation),
  shapes.with(derive.class('addrinfo', generation), { module = false }),
  derive.class('device', generation),
  derive.class('env', generation),
}

return generation
