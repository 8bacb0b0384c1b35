-- SPDX-License-Identifier: MIT
-- Functions of net.loop that tell what goes on; the fields are described in api/methods.lua.

local function count(name, says)
  return { name = name, type = 'integer', says = says }
end

return {
  {
    name = 'stats',
    says = 'Counts since the loop was made.',
    params = {},
    results = {
      {
        name = 'stats',
        type = 'table',
        says = 'a new table',
        fields = {
          count('tasks', 'tasks that have not ended'),
          count('spawned', 'tasks that were made'),
          count('resumed', 'how often a task began or went on'),
          count('timers', 'deadlines that are ahead'),
          count('started', 'waits for descriptors'),
          count('at_once', 'of these, how many were over at once'),
          count('wakeups', 'how often the loop looked for events'),
          count('events', 'events that came'),
          count('timeouts', 'deadlines that passed'),
          count('cancelled', 'waits that were cancelled'),
          { name = 'longest_step', type = 'number', says = 'the most seconds that tasks ran in a row' },
          { name = 'waits', type = 'table', says = 'how many tasks wait, by the function that they wait in' },
        },
      },
    },
  },
  {
    name = 'dump',
    says = 'Lists the tasks that wait, for whoever looks for one that hangs.',
    params = {},
    results = {
      {
        name = 'rows',
        type = 'table',
        says = 'a list, which `tostring` makes a readable text, with a table for each task',
        is_list = true,
        fields = {
          { name = 'task', type = 'task', says = 'the task' },
          { name = 'id', type = 'integer', says = 'its number' },
          { name = 'what', type = 'string', says = 'the function that it waits in; a lock is waited for in `suspend`' },
          { name = 'fd', type = 'integer', optional = true, says = 'the descriptor that it waits for' },
          { name = 'since', type = 'number', says = 'seconds that it has waited' },
          { name = 'deadline', type = 'number', optional = true, says = 'seconds that are left' },
          { name = 'traceback', type = 'string', says = 'where it waits' },
        },
      },
    },
  },
  {
    name = 'backend',
    says = 'Tells how the loop learns of events.',
    params = {},
    results = { { name = 'name', type = 'string', says = '`epoll` or `poll`' } },
    source = 'epoll(7), poll(2)',
  },
  {
    name = 'pollable',
    says = 'Tells whether the caller is inside of a task, as an adapter of `net.poller` does.',
    params = {},
    results = { { name = 'ok', type = 'boolean', says = '`true` inside of a task' } },
  },
  {
    name = 'current',
    says = 'Tells which task calls, as `running` does; for an adapter of `net.poller`.',
    params = {},
    results = { { name = 'task', type = 'task', optional = true, says = 'the task; nil outside of tasks' } },
  },
}
