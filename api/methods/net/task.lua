-- SPDX-License-Identifier: MIT
-- Class net.loop.task; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

return {
  name = 'task',
  title = 'net.loop.task',
  object = 'task',
  summary = 'a coroutine that the loop runs',
  operators = { { sign = 'tostring(task)', says = '`net.loop.task: 7, waiting`: its number and its state' } },
  methods = {
    {
      name = 'join',
      says = 'Waits for the end of the task.',
      params = { shapes.seconds },
      results = {
        {
          name = 'ok',
          type = 'boolean',
          optional = true,
          says = '`true` when it returned, `false` if it failed or was cancelled',
        },
        { name = '...', type = 'any', says = 'what it returned, or its error; `nil, true` if the time was over' },
      },
      note = 'Any number of tasks can join one, at any time: the results stay. Of a task that has ended they can be '
        .. 'had outside of tasks, too. A task that joins itself is an argument error.',
    },
    {
      name = 'cancel',
      says = 'Raises an error in the task, at the wait that it is in or at its next one.',
      params = {},
      results = { { name = 'ok', type = 'boolean', says = '`true`, or `false` if it has ended' } },
      errors = { 'ECANCELED' },
      note = 'The error is the string `[ECANCELED:125][cancel] Operation canceled`, and `onerror` is not told of it. A '
        .. 'task that has not begun ends without running.',
    },
    {
      name = 'status',
      says = 'Tells its state.',
      params = {},
      results = {
        {
          name = 'status',
          type = 'string',
          says = '`ready` to run, `running`, `waiting`, `done`, `failed` by an error, or `cancelled`',
        },
      },
    },
    {
      name = 'resume',
      says = 'Ends the `suspend` that the task is in.',
      params = {
        { name = 'value', type = 'values', optional = true, says = 'what its `suspend` returns after `true`' },
      },
      results = {
        { name = 'ok', type = 'boolean', says = '`true`, or `false` if it was not suspended: then nothing happens' },
      },
      note = 'The task goes on when its turn comes. Can be called outside of tasks, too.',
    },
    {
      name = 'id',
      says = 'Tells its number, which no other task of this Lua state has.',
      params = {},
      results = { { name = 'id', type = 'integer', says = 'the number, from 1' } },
    },
  },
}
