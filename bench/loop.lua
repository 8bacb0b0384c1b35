-- SPDX-License-Identifier: MIT
-- ./dev bench loop: tasks of this loop and of its peers.

local contest = require('bench.contest')

local loop = {
  intro = [[
In a round all programs run one after the other, on one core. The figures, medians of the rounds: CPU time, user and
system, or memory, of one task, switch or round trip, and that divided by the figure of net.loop in the same round.]],
  ours = 'net_loop',
  base = 'net_loop',
  libraries = {
    { name = 'net_loop', title = 'net.loop', module = 'bench.loop.net_loop' },
    { name = 'cqueues', title = 'cqueues', module = 'bench.loop.cqueues' },
    { name = 'copas', title = 'Copas', module = 'bench.loop.copas' },
    { name = 'luv', title = 'luv', module = 'bench.loop.luv' },
  },
  rows = require('bench.loop.rows'),
}

function loop.run(options)
  return contest.run(options, loop)
end

return loop
