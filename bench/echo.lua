-- SPDX-License-Identifier: MIT
-- ./dev bench echo: servers over TCP, with net and with its peers, and the same load on each.

local page = require('bench.echo.page')
local process = require('bench.process')
local report = require('bench.echo.report')
local servers = require('bench.echo.servers')

local intro = [[
In a round all servers run one after the other, each on one core and its load on another. The figures are medians of
the rounds; beside each is that figure divided by the one of C in the same round. CPU: of the server, user and system.
Memory: what the server's allocator took and the server touched.]]

local echo = { rows = require('bench.echo.rows') }

-- The prefix that keeps a program on a core.
local function pinned(core)
  local cores = tonumber(process.line_of('nproc') or 1)
  return cores > core and process.line_of('command -v taskset') and ('taskset -c %d '):format(core) or ''
end

local function words_of(options, row, server)
  local work = row.work(options.scale)
  return ('%s%s%s %s %s%s %s%s'):format(
    work.before or '', pinned(1), process.quoted(options.build .. '/bench/bench_echo_load'), work.load, pinned(0),
    server.words, work.serve, server.more or '')
end

-- Returns what each round measured, by server.
local function measure(options, row, found)
  local samples = {}
  for round = 1, math.min(options.rounds, row.rounds) do
    for _, server in ipairs(found) do
      samples[server] = samples[server] or {}
      samples[server][round] = process.numbers_of(words_of(options, row, server))
    end
  end
  return samples
end

-- Calls each(row, servers, samples) as rows have run.
local function run_rows(options, found, each)
  for _, row in ipairs(echo.rows) do
    if not options.row or options.row == row.name then
      local with_row = servers.with(found, row)
      each(row, with_row, measure(options, row, with_row))
    end
  end
end

-- Prints the tables; returns a sentence for each target that is missed.
function echo.run(options)
  local found, results, missed = servers.found(options), {}, {}
  local versions = table.concat(servers.versions(options), ', ')
  print(versions .. '\n\n' .. intro .. '\n')
  run_rows(options, found, function(row, with_row, samples)
    report.print(row, with_row, samples)
    report.add_missed(missed, row, with_row, samples)
    results[#results + 1] = { row = row, servers = with_row, samples = samples }
  end)
  if options.page then
    local origin = table.move(options.machine, 1, #options.machine, 1, {})
    origin[#origin + 1] = versions
    page.write(options.page, intro, origin, results)
  end
  return missed
end

return echo
