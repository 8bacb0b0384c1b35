-- SPDX-License-Identifier: MIT
-- Runs the same loops with several libraries on several Luas, side by side. A bench tells:
--
-- intro      what the reader of the tables must know
-- ours       the name of the library that is judged
-- base       the name of the library whose figures the others are divided by
-- has_no_lua all libraries are programs of their own, so no Lua is named
-- libraries  name, title
--            module: has the loops; loop: the one that it runs, if only one; row: the only row that it is in
--            limit: it may take so many times what ours takes
--            words(options, row, count): it is a program of its own, for all Luas
-- rows       name, title
--            count: how many turns all rounds have together, or each round if `at_once`; rounds: at most so many
--            loop: its name, if not that of the row; bytes: it is measured in bytes, not in seconds;
--            counted: in whatever it counts
--            figures: which of the numbers of the program are shown, as which `title`; those only `told` are not judged
--            targets: Lua -> what the ratio of ours to the base may be; limits: Lua -> what our figure may be
--            lacking: library -> why it cannot run the row; notes: where a library does more or less than others

local process = require('bench.process')
local report = require('bench.report')

local contest = {}

local function is_available(options, bench, library, lua)
  return library.name == bench.ours or process.loads(options, lua, library.module)
end

-- Each library on each Lua that has it.
local function columns_of(options, bench)
  local columns = {}
  for _, library in ipairs(bench.libraries) do
    if library.words then
      columns[#columns + 1] = { library = library, luas = options.luas }
    else
      for _, lua in ipairs(options.luas) do
        if is_available(options, bench, library, lua) then
          columns[#columns + 1] = { library = library, luas = { lua } }
        end
      end
    end
  end
  return columns
end

local function words_of(options, column, row, count)
  local library = column.library
  if library.words then
    return library.words(options, row, count)
  end
  return process.measuring(options, row.bytes and 'bytes' or 'seconds', column.luas[1], library.module,
    library.loop or row.loop or row.name, count)
end

-- Returns what each round measured, by library and Lua. Each run is so short that what slows the machine down for a
-- while slows down whole rounds, and with them all programs alike.
local function measure(options, bench, row, rounds, count, columns)
  local samples, programs, pinned = {}, {}, process.pinned()
  for _, library in ipairs(bench.libraries) do
    samples[library.name] = {}
  end
  for _, column in ipairs(columns) do
    if report.has(row, column.library) and not (row.lacking and row.lacking[column.library.name]) then
      local program = { words = pinned .. words_of(options, column, row, count), samples = {} }
      for _, lua in ipairs(column.luas) do
        samples[column.library.name][lua] = program.samples
      end
      programs[#programs + 1] = program
    end
  end
  for round = 1, rounds do
    for _, program in ipairs(programs) do
      program.samples[round] = process.numbers_of(program.words)
    end
  end
  return samples
end

-- Prints the tables; returns a sentence for each target that is missed.
function contest.run(options, bench)
  local columns, missed = columns_of(options, bench), {}
  print(bench.intro)
  print()
  for _, row in ipairs(bench.rows) do
    if not options.row or options.row == row.name then
      local rounds = math.min(options.rounds, row.rounds or math.huge)
      local parts = row.at_once and 1 or rounds
      local count = math.max(10, math.floor(row.count * options.scale / parts))
      local samples = measure(options, bench, row, rounds, count, columns)
      report.print(bench, row, ('%d times, %d rounds'):format(count * parts, rounds), options.luas, samples)
      report.add_missed(missed, bench, row, options.luas, samples)
    end
  end
  return missed
end

return contest
