-- SPDX-License-Identifier: MIT
-- The results of a bench as a page: NAME.md and the plot in it, NAME.svg.

local figures = require('bench.serving.figures')
local plot = require('bench.serving.plot')
local process = require('bench.process')
local report = require('bench.serving.report')

local page = {}

local head = [[
# %s

Written by `./dev bench %s --page docs/benchmarks`, on

%s

%s

![Throughput, processor time and memory of each server](%s.svg)
]]

local function table_line(cells)
  return '| ' .. table.concat(cells, ' | ') .. ' |'
end

local function table_head(row)
  local titles, rule = { 'server' }, { '---' }
  for _, name in ipairs(row.figures) do
    titles[#titles + 1] = figures[name].title
    titles[#titles + 1] = '/ C'
    rule[#rule + 1] = '--:'
    rule[#rule + 1] = '--:'
  end
  return table_line(titles) .. '\n' .. table_line(rule)
end

local function server_line(row, server, samples, base)
  local cells = { server.title }
  for number in ipairs(row.figures) do
    cells[#cells + 1], cells[#cells + 2] = report.cell(row, number, samples, base)
  end
  return table_line(cells)
end

local function section(result)
  local row, samples = result.row, result.samples
  local base = samples[result.servers[1]]
  local lines = { '## ' .. report.title(row, base), '', table_head(row) }
  for _, server in ipairs(result.servers) do
    lines[#lines + 1] = server_line(row, server, samples[server], base)
  end
  lines[#lines + 1] = ''
  for _, note in ipairs(row.notes or {}) do
    lines[#lines + 1] = '- ' .. note
  end
  return table.concat(lines, '\n')
end

-- `origin`: lines that tell where the figures come from. A result has a row, its servers, and their samples.
function page.write(directory, bench, intro, origin, results)
  local name = bench.name
  local parts = { head:format(bench.title, name, '- ' .. table.concat(origin, '\n- '), intro, name) }
  for _, result in ipairs(results) do
    parts[#parts + 1] = section(result)
  end
  assert(os.execute('mkdir -p ' .. process.quoted(directory)))
  local file <close> = assert(io.open(('%s/%s.md'):format(directory, name), 'w'))
  file:write((table.concat(parts, '\n'):gsub('\n*$', '\n')))
  plot.write(('%s/%s.svg'):format(directory, name), bench.panels, results)
end

return page
