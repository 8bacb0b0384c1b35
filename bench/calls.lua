-- SPDX-License-Identifier: MIT
-- ./dev bench calls: the same loops in C, with this module and with its peers.

local contest = require('bench.contest')
local process = require('bench.process')

-- One row with an earlier generation.
local function generation(number)
  return {
    name = 'v' .. number,
    title = 'llsocket.v' .. number,
    module = 'bench.calls.llsocket',
    row = 'pair64',
    loop = 'pair64_v' .. number,
    limit = 1.05,
  }
end

local function c_words(options, row, count)
  return ('%s %s %d "$directory"'):format(
    process.quoted(options.build .. '/bench/bench_calls'), row.name, count)
end

local calls = {
  intro = [[
In a round all programs run one after the other, on one core. The figures, medians of the rounds: CPU time, user and
system, of one turn of the loop, and that divided by the time of C in the same round.]],
  ours = 'llsocket',
  base = 'c',
  libraries = {
    { name = 'c', title = 'C', words = c_words },
    { name = 'llsocket', title = 'llsocket', module = 'bench.calls.llsocket' },
    generation(3),
    generation(2),
    generation(1),
    { name = 'luasocket', title = 'LuaSocket', module = 'bench.calls.luasocket' },
    { name = 'luaposix', title = 'luaposix', module = 'bench.calls.luaposix' },
  },
  rows = require('bench.calls.rows'),
}

function calls.run(options)
  return contest.run(options, calls)
end

return calls
