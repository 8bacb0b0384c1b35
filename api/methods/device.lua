-- SPDX-License-Identifier: MIT
-- Module device; the fields are described in api/methods.lua.

local shapes = require('api.methods.shapes')

return {
  name = 'device',
  since = 2,
  module = 'llsocket.device',
  summary = 'the network interfaces and their addresses',
  functions = {
    {
      name = 'getifaddrs',
      says = 'Lists the network interfaces.',
      params = {},
      results = {
        { name = 'devices', type = 'table', optional = true, says = 'interface name to interface, as described above' },
        shapes.err,
      },
      source = 'getifaddrs(3), netdevice(7)',
    },
  },
}
