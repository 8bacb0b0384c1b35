-- SPDX-License-Identifier: MIT
-- ./dev bench calls: the same loops in C, with this module and with its peers.

local median = require('bench.median')
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

-- Returns the median seconds of a turn: at 'c', and by library and Lua. In a round the programs follow each other, so
-- that what slows the machine down for a while slows down all of them.
local function measure(options, row, count, columns)
  local pinned = process.pinned()
  local c_samples, samples = {}, {}
  for round = 1, options.rounds do
    c_samples[round] = process.number_of(pinned .. c_words(options, row, count))
    for i, column in ipairs(columns) do
      if not (row.lacking and row.lacking[column.library]) then
        samples[i] = samples[i] or {}
        samples[i][round] = process.number_of(pinned .. lua_words(options, column, row, count))
      end
    end
  end
  local medians = { c = median(c_samples) }
  for _, library in ipairs(libraries) do
    medians[library.name] = {}
  end
  for i, column in ipairs(columns) do
    medians[column.library][column.lua] = samples[i] and median(samples[i])
  end
  return medians
end

-- Prints the tables; returns a sentence for each target that is missed.
function calls.run(options)
  local columns, missed = available(options), {}
  print('Medians of ' .. options.rounds .. ' rounds; in a round all programs run one after the other, on one core.')
  print('The figures: CPU time, user and system, of one turn of the loop, and that divided by the time of C.\n')
  for _, row in ipairs(rows) do
    if not options.row or options.row == row.name then
      local count = math.max(10, math.floor(row.count * options.scale))
      local medians = measure(options, row, count, columns)
      report.print(row, count, options.luas, libraries, medians)
      report.add_missed(missed, row, options.luas, libraries, medians)
    end
  end
  return missed
end

return calls
