-- SPDX-License-Identifier: MIT
-- Parameters and results that many functions of net share; the fields are described in api/methods.lua.

local of_llsocket = require('api.methods.shapes')

local shapes = { with = of_llsocket.with, int_max = of_llsocket.int_max }

shapes.seconds = {
  name = 'sec',
  type = 'number',
  optional = true,
  min = 0,
  max = shapes.int_max,
  says = 'how long at most, in seconds; for ever if nil',
}

shapes.fd = { name = 'fd', type = 'fd|socket', says = 'a descriptor, or a socket of any generation of llsocket' }

shapes.fn = { name = 'fn', type = 'function', says = 'what to call' }

shapes.arguments = { name = 'arg', type = 'values', optional = true, says = 'what it is called with' }

shapes.err = { name = 'err', type = 'string', optional = true, says = 'why it failed' }

shapes.timeout = { name = 'timeout', type = 'boolean', optional = true, says = '`true` if the time was over' }

-- For waits that give nothing but that they are over.
shapes.done = { name = 'ok', type = 'boolean', optional = true, says = '`true` on success' }

return shapes
