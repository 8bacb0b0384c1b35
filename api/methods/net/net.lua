-- SPDX-License-Identifier: MIT
-- Module net; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local fn, arguments, with = shapes.fn, shapes.arguments, shapes.with

local ok = { name = 'ok', type = 'boolean', says = '`true`, or `false` if the function raised an error' }

return {
  name = 'net',
  module = 'net',
  summary = 'the module: the loop, and protected calls that can wait',
  fields = { { name = 'loop', type = 'module', says = 'the module `net.loop`' } },
  functions = {
    {
      name = 'pcall',
      says = 'Calls a function in protected mode.',
      params = { fn, arguments },
      results = { ok, { name = '...', type = 'any', says = 'what the function returned, or the error' } },
      note = "Lua's own, except on plain Lua 5.1. There the function runs in a coroutine, so that waits pass through.",
      source = '`pcall` of the Lua manual',
    },
    {
      name = 'xpcall',
      says = 'Calls a function in protected mode, with a handler for its error.',
      params = {
        fn,
        { name = 'handler', type = 'function', says = 'called with the error; what it returns is the second result' },
        with(arguments, { says = 'what the function is called with; plain Lua 5.1 has this only here' }),
      },
      results = { ok, { name = '...', type = 'any', says = 'what the function returned, or what the handler did' } },
      note = "Lua's own, except on plain Lua 5.1. There the handler runs when the function has ended, so it finds "
        .. 'nothing of it on the stack; `debug.traceback` as the handler tells the place of the error nevertheless.',
      source = '`xpcall` of the Lua manual',
    },
  },
}
