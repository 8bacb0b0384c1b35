-- SPDX-License-Identifier: MIT
-- ./dev bench calls: the same loops in C, with this module and with its peers.

local process = require('bench.process')
local report = require('bench.calls.report')
local rows = require('bench.calls.rows')

-- One row with an earlier generation, which may take `limit` times as long as the current one.
local function generation(number)
  return {
    name = 'v' .. number,
    title = 'llsocket.v' .. number,
    file = 'llsocket',
    row = 'pair64',
    loop = 'pair64_v' .. number,
    limit = 1.05,
  }
end

local libraries = {
  { name = 'llsocket', title = 'llsocket' },
  generation(3),
  generation(2),
  generation(1),
  { name = 'luasocket', title = 'LuaSocket', module = 'socket.unix' },
  { name = 'luaposix', title = 'luaposix', module = 'posix.sys.socket' },
}

local calls = {}

local function concerns(row, library)
  return not library.row or library.row == row.name
end

local function libraries_for(row)
  local list = {}
  for _, library in ipairs(libraries) do
    if concerns(row, library) then
      list[#list + 1] = library
    end
  end
  return list
end

-- Each library on each Lua that has it, which for this module is each.
local function available(options)
  local columns = {}
  for _, lua in ipairs(options.luas) do
    for _, library in ipairs(libraries) do
      if not library.module or process.has_module(options.build, lua, library.module) then
        columns[#columns + 1] = { lua = lua, library = library }
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
    column.library.file or column.library.name, column.library.loop or row.name, count)
end

local function runs(row, library)
  return concerns(row, library) and not (row.lacking and row.lacking[library.name])
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
      if runs(row, column.library) then
        local of_library = samples[column.library.name]
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
      report.print(row, count * options.rounds, options.luas, libraries_for(row), samples)
      report.add_missed(missed, row, options.luas, libraries_for(row), samples)
    end
  end
  return missed
end

return calls
