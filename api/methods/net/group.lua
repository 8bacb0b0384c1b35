-- SPDX-License-Identifier: MIT
-- Class net.loop.group; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

return {
  name = 'group',
  title = 'net.loop.group',
  object = 'group',
  summary = 'tasks that are collected as they end',
  methods = {
    {
      name = 'spawn',
      says = 'Makes a task, as `loop.spawn` does, that belongs to the group until it is collected.',
      params = { shapes.fn, shapes.arguments },
      results = { { name = 'task', type = 'task', says = 'the task' } },
    },
    {
      name = 'await',
      says = 'Collects the next task that ends, or the one that ended first of those not collected yet.',
      params = { shapes.seconds },
      results = {
        { name = 'task', type = 'task', optional = true, says = 'the task; nil alone when none is left' },
        {
          name = 'ok',
          type = 'boolean',
          optional = true,
          says = '`true` when it returned, `false` if it failed or was cancelled',
        },
        { name = '...', type = 'any', says = 'what it returned, or its error; `nil, nil, true` if the time was over' },
      },
      note = 'One task at a time can await a group; for a second one it raises an error.',
    },
    {
      name = 'cancel',
      says = 'Cancels all its tasks that have not ended. They are still to be collected.',
      params = {},
      results = {},
    },
    {
      name = 'size',
      says = 'Counts its tasks that were not collected.',
      params = {},
      results = { { name = 'count', type = 'integer', says = 'the number' } },
    },
  },
}
