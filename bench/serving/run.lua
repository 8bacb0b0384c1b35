-- SPDX-License-Identifier: MIT
-- Runs servers with net and with its peers, and the same load on each. A bench tells:
--
-- name     servers are in the directory of this name, the load is the program bench_NAME_load
-- title    of its page
-- intro    what the reader of the tables must know of this bench alone
-- rows     name, title
--          rounds      at most so many
--          work        by the scale: `before`: words that come first, `load`: those of the load, `serve`: those that
--                      each server gets
--          figures     which numbers the load prints, in that order: see figures.lua
--          targets     Lua -> figure -> what the ratio of net to C must reach
--          limits      Lua -> figure -> what the figure of net itself must reach
--          ahead_in    in this figure net must be ahead of all peers
--          lacking     the servers that cannot run the row
--          notes
-- programs, scripts   the servers: see servers.lua
-- panels   what the plot of its page shows: see plot.lua

local page = require('bench.serving.page')
local process = require('bench.process')
local report = require('bench.serving.report')
local servers = require('bench.serving.servers')

local intro = [[
In a round all servers run one after the other, in the next in reverse order, each on one core and its load on
another. The figures are medians of the rounds; beside each is that figure divided by the one of C in the same round.
CPU: of the server, user and system. Memory: what the server's allocator took and the server touched.]]

local serving = {}

-- The prefix that keeps a program on a core.
local function pinned(core)
  local cores = tonumber(process.line_of('nproc') or 1)
  return cores > core and process.line_of('command -v taskset') and ('taskset -c %d '):format(core) or ''
end

local function words_of(options, bench, row, server)
  local work = row.work(options.scale)
  local load = ('%s/bench/bench_%s_load'):format(options.build, bench.name)
  return ('%s%s%s %s %s%s %s%s'):format(
    work.before or '', pinned(1), process.quoted(load), work.load, pinned(0), server.words, work.serve,
    server.more or '')
end

local function reversed(list)
  local copy = {}
  for i = #list, 1, -1 do
    copy[#copy + 1] = list[i]
  end
  return copy
end

-- Returns what each round measured, by server. Every other round takes them in reverse, as the place in a round tells.
local function measure(options, bench, row, found)
  local samples = {}
  local orders = { [0] = reversed(found), found }
  for _, server in ipairs(found) do
    samples[server] = {}
  end
  for round = 1, math.min(options.rounds, row.rounds) do
    for _, server in ipairs(orders[round % 2]) do
      samples[server][round] = process.numbers_of(words_of(options, bench, row, server))
    end
  end
  return samples
end

-- Calls each(row, servers, samples) as rows have run.
local function run_rows(options, bench, found, each)
  for _, row in ipairs(bench.rows) do
    if not options.row or options.row == row.name then
      local with_row = servers.with(found, row)
      each(row, with_row, measure(options, bench, row, with_row))
    end
  end
end

-- Prints the tables; returns a sentence for each target that is missed.
function serving.run(options, bench)
  local found, results, missed = servers.found(options, bench), {}, {}
  local versions = table.concat(servers.versions(options, bench), ', ')
  local all_of_intro = bench.intro and intro .. '\n' .. bench.intro or intro
  print(versions .. '\n\n' .. all_of_intro .. '\n')
  run_rows(options, bench, found, function(row, with_row, samples)
    report.print(row, with_row, samples)
    report.add_missed(missed, row, with_row, samples)
    results[#results + 1] = { row = row, servers = with_row, samples = samples }
  end)
  if options.page then
    local origin = table.move(options.machine, 1, #options.machine, 1, {})
    origin[#origin + 1] = versions
    page.write(options.page, bench, all_of_intro, origin, results)
  end
  return missed
end

return serving
