-- SPDX-License-Identifier: MIT
-- The samples of a bench as tables, and what they miss. Samples are the numbers of each round by server.

local figures = require('bench.serving.figures')
local medians = require('bench.medians')

local report = {}

-- A figure of a server as text, and its ratio to that of the base.
function report.cell(row, number, samples, base)
  local figure = figures[row.figures[number]]
  return figure.format:format(medians.figure(samples, number) * (figure.factor or 1)),
    ('%.2f'):format(medians.ratio(samples, base, number))
end

local function print_line(title, cells)
  print((('%-12s'):format(title) .. table.concat(cells, ' '):gsub(' +$', '')))
end

local function print_notes(row)
  for _, note in ipairs(row.notes or {}) do
    print('- ' .. note)
  end
  print()
end

function report.title(row, base)
  return ('%s: %s, %d rounds'):format(row.name, row.title, #base)
end

-- The first server is the one that the others are compared with.
function report.print(row, servers, samples)
  local base = samples[servers[1]]
  print(report.title(row, base))
  local titles = {}
  for i, name in ipairs(row.figures) do
    titles[i] = ('%12s %5s'):format(figures[name].title, '')
  end
  print_line('', titles)
  for _, server in ipairs(servers) do
    local cells = {}
    for i in ipairs(row.figures) do
      cells[i] = ('%12s %5s'):format(report.cell(row, i, samples[server], base))
    end
    print_line(server.title, cells)
  end
  print_notes(row)
end

local function is_missed(figure, value, target)
  if figure.more_is_better then
    return value < target
  end
  return value > target
end

-- Whether a server of net must be ahead of another: one of the same Lua, or of none.
local function is_rival(server, other)
  return other.is_peer and (not other.lua or other.lua == server.lua)
end

-- Calls miss(text, ...) for each target of a figure that a server of net misses.
local function judge(row, name, number, server, servers, samples, miss)
  local figure, ours = figures[name], samples[server]
  local target = row.targets and row.targets[server.lua] and row.targets[server.lua][name]
  local ratio = medians.ratio(ours, samples[servers[1]], number)
  if target and is_missed(figure, ratio, target) then
    miss('%.2f times C, the target is %.2f', ratio, target)
  end
  local limit = row.limits and row.limits[server.lua] and row.limits[server.lua][name]
  local value = medians.figure(ours, number)
  if limit and is_missed(figure, value, limit) then
    miss('%.0f, the limit is %.0f', value, limit)
  end
  for _, other in ipairs(servers) do
    ratio = medians.ratio(ours, samples[other], number)
    if row.ahead_in == name and is_rival(server, other) and is_missed(figure, ratio, 1) then
      miss('%.2f times %s', ratio, other.title)
    end
  end
end

function report.add_missed(missed, row, servers, samples)
  for _, server in ipairs(servers) do
    for number, name in ipairs(server.name == 'net' and row.figures or {}) do
      judge(row, name, number, server, servers, samples, function(text, ...)
        missed[#missed + 1] = ('%s, %s, %s: '):format(row.name, server.title, figures[name].title) .. text:format(...)
      end)
    end
  end
end

return report
