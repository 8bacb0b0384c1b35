-- SPDX-License-Identifier: MIT
-- Functions of net.loop that tell what goes on; the fields are described in api/methods.lua.

local function count(name, says)
  return { name = name, type = 'integer', says = says }
end

return {
  {
    name = 'stats',
    says = 'Counts since the loop was made. In a child process `spawned`, `resumed` and `longest_step` go on from '
      .. 'those of the parent.',
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
          count('started', 'waits of all kinds, but for `later` and `sleep(0)`'),
          count('at_once', 'of these, how many were over at once'),
          count('wakeups', 'how often the loop looked for events'),
          count('events', 'events that came'),
          count('timeouts', 'deadlines that passed; the end of a `sleep` is one'),
          count(
            'cancelled',
            'waits ended by `cancel`, `unwait` or `forget`, but for those in `suspend`, in `join` and for locks; and '
              .. 'waits of all kinds that ended because their descriptor was closed'
          ),
          count('kernel_tls', 'connections of TLS whose sent bytes the kernel encrypts, since the process began'),
          {
            name = 'has_kernel_tls',
            type = 'boolean',
            says = 'whether this kernel can do that (Linux: kTLS); if not, OpenSSL encrypts all itself',
          },
          { name = 'longest_step', type = 'number', says = 'the most seconds that tasks ran in a row' },
          { name = 'waits', type = 'table', says = 'how many tasks wait, by what `dump` calls `what`' },
        },
      },
    },
  },
  {
    name = 'dump',
    says = 'Lists the tasks that wait, for whoever looks for one that hangs. Tasks that are ready to run, also in '
      .. '`later`, are not in it.',
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
          {
            name = 'what',
            type = 'string',
            says = 'the function that it waits in, such as `recv`; `lock` for a lock, `suspend` for `await` of a group',
          },
          { name = 'fd', type = 'integer', optional = true, says = 'the descriptor that it waits for' },
          {
            name = 'since',
            type = 'number',
            says = 'seconds since the loop began the turn in which the task came to wait: how long it has waited, '
              .. 'and what tasks computed in that turn',
          },
          { name = 'deadline', type = 'number', optional = true, says = 'seconds that are left; nil for ever' },
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
