-- SPDX-License-Identifier: MIT
-- What ./dev bench loop measures.

local no_sleep = 'a task of Copas 1.1.7 cannot sleep.'
local memory = { { number = 2, title = 'process' }, { number = 1, title = 'Lua memory', told = true } }

return {
  {
    name = 'spawn',
    title = 'a task that begins and ends',
    count = 1000000,
    notes = {
      'Copas runs a new task at once; the others when the one that spawns waits, here after each 100.',
      'luv has no tasks: one is a coroutine that callbacks resume, in this row from a table of functions.',
    },
  },
  {
    name = 'switch',
    title = 'one of two tasks sleeps for 0 seconds, the other goes on',
    count = 1000000,
    lacking = { copas = no_sleep },
    notes = { 'luv: an idle handle each, which takes less time than a timer.' },
  },
  {
    name = 'sleepers',
    title = 'a task sleeps and ends, all at once, and they wake within half a second',
    count = 100000,
    at_once = true,
    rounds = 5,
    lacking = { copas = no_sleep },
  },
  {
    name = 'sleepers_memory',
    title = 'memory of a task that sleeps',
    count = 100000,
    at_once = true,
    rounds = 3,
    loop = 'sleepers',
    bytes = true,
    figures = memory,
    lacking = { copas = no_sleep },
  },
  {
    name = 'deadlines',
    title = 'a task waits under a far deadline, all at once; somebody wakes it and it ends',
    count = 100000,
    at_once = true,
    rounds = 10,
    figures = { { number = 2, title = 'armed' }, { number = 3, title = 'disarmed' } },
    lacking = { copas = no_sleep },
    notes = { 'armed: with spawning the task. cqueues wakes all tasks by one signal of their condition.' },
  },
  {
    name = 'deadlines_memory',
    title = 'memory of a task that waits under a deadline',
    count = 100000,
    at_once = true,
    rounds = 3,
    loop = 'deadlines',
    bytes = true,
    figures = memory,
    lacking = { copas = no_sleep },
  },
  {
    name = 'pingpong',
    title = 'two tasks send 64 bytes there and back, unix stream pair',
    count = 200000,
    notes = {
      'LuaSocket, which Copas uses, has no socketpair: it connects through a path.',
      'luv: its streams. With poll handles that resume coroutines, and llsocket to send and receive, it takes about ' ..
        '0.9 of the time of net.loop.',
    },
  },
  {
    name = 'parked',
    title = 'memory of a task that waits to read from its socket under a deadline, with the socket',
    count = 5000,
    at_once = true,
    rounds = 3,
    bytes = true,
    figures = memory,
    limits = { ['5.4'] = 2048 },
    lacking = { copas = 'it waits with select(2), for 1024 descriptors at most, and without deadlines.' },
    notes = { 'The other ends of the pairs are bare descriptors.' },
  },
}
