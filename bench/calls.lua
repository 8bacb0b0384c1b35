-- SPDX-License-Identifier: MIT
-- ./dev bench calls: the same loops in C, with this module and with its peers.

local process = require('bench.process')
local report = require('bench.calls.report')
local rows = require('bench.calls.rows')

local libraries = {
  { name = 'llsocket', title = 'llsocket' },
  { name = 'luasocket', title = 'LuaSocket', module = 'socket.unix' },
  { name = 'luaposix', title = 'luaposix', module = 'posix.sys.socket' },
}

local calls = {}

-- Each library on each Lua that has it, which for this module is each.
local function available(options)
  local columns = {}
  for _, lua in ipairs(options.luas) do
    for _, library in ipairs(libraries) do
      if library.name == 'llsocket' or process.has_module(options.build, lua, library.module) then
        columns[#columns + 1] = { lua = lua, library = library.name }
      end
    end
  end
  return columns
end

local function c_words(options, row, count)
  return ('%s %s %d "$directory"'):format(
    process.quoted(options.build .. '/bench/bench_calls'), row.name, count)
end

local function lua_words(options, column, row, count)
  return ('%s %s %s %s %d "$directory"'):format(
    process.interpreter(options.build, column.lua),
    process.quoted(options.root .. '/bench/calls/measure.lua'),
    column.library, row.name, count)
end

local function runs(row, column)
  return not (row.lacking and row.lacking[column.library])
end

-- Returns the seconds of a turn in each round: at 'c', and by library and Lua. Each run is so short that what slows the
-- machine down for a while slows down whole rounds, and with them all programs alike.
local function measure(options, row, count, columns)
  local pinned = process.pinned()
  local samples = { c = {} }
  for _, library in ipairs(libraries) do
    samples[library.name] = {}
  end
  for round = 1, options.rounds do
    samples.c[round] = process.number_of(pinned .. c_words(options, row, count))
    for _, column in ipairs(columns) do
      if runs(row, column) then
        local of_library = samples[column.library]
        of_library[column.lua] = of_library[column.lua] or {}
        of_library[column.lua][round] = process.number_of(pinned .. lua_words(options, column, row, count))
      end
    end
  end
  return samples
end

-- Prints the tables; returns a sentence for each target that is missed.
function calls.run(options)
  local columns, missed = available(options), {}
  print(('Medians of %d rounds; in a round all programs run one after the other, on one core.'):format(options.rounds))
  print('The figures: CPU time, user and system, of one turn of the loop, and that divided by the time of C in the')
  print('same round.\n')
  for _, row in ipairs(rows) do
    if not options.row or options.row == row.name then
      local count = math.max(10, math.floor(row.count * options.scale / options.rounds))
      local samples = measure(options, row, count, columns)
      report.print(row, count * options.rounds, options.luas, libraries, samples)
      report.add_missed(missed, row, options.luas, libraries, samples)
    end
  end
  return missed
end

return calls
