-- SPDX-License-Identifier: MIT
-- Module net.poller; the fields are described in api/methods.lua.

local adapter = { name = 'adapter', type = 'adapter', optional = true }

local with = require('api.methods.net.shapes').with

return {
  name = 'poller',
  module = 'net.poller',
  summary = 'waits in another event loop: cqueues, Copas, libuv',
  functions = {
    {
      name = 'use',
      says = 'Sets what waits outside of `net.loop` go to.',
      params = { with(adapter, { says = 'the other loop; nil for none' }) },
      results = { with(adapter, { says = 'what was used before' }) },
      note = 'An adapter that lacks a function is an argument error. One without locks gets them, and `forget`, in '
        .. 'its own table. One with locks is left as it is, with or without `forget`.',
    },
    {
      name = 'current',
      says = 'Tells what the coroutine that calls waits with.',
      params = {},
      results = {
        with(adapter, {
          says = '`net.loop` in a task of it; elsewhere what is used, if it runs this coroutine; nil: it has to block',
        }),
      },
    },
  },
}
