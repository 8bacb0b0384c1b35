-- SPDX-License-Identifier: MIT
-- The samples of a contest as tables, and what they miss. Samples are the numbers of each round by library and Lua.

local medians = require('bench.medians')

local report = {}

local seconds = { factor = 1e9, format = '%7.0f ns' }
local bytes = { factor = 1, format = '%7.0f B ' }
local counted = { factor = 1, format = '%7.2f   ', has_no_ratio = true } -- by 0, often

local only_figure = { { number = 1 } }

-- Whether the row tells of the library.
function report.has(row, library)
  return not library.row or library.row == row.name
end

local function unit_of(row)
  return row.bytes and bytes or row.counted and counted or seconds
end

local function cell(samples, base, number, unit)
  if not samples then
    return ('%16s'):format('-')
  end
  local ratio = unit.has_no_ratio and '' or ('%.2f'):format(medians.ratio(samples, base, number))
  return (unit.format .. ' %5s'):format(medians.figure(samples, number) * unit.factor, ratio)
end

local function line(title, luas, cell_of)
  local cells = {}
  for i, lua in ipairs(luas) do
    cells[i] = cell_of(lua)
  end
  print((('%-12s'):format(title) .. table.concat(cells, ' '):gsub(' +$', '')))
end

local function print_figure(bench, row, luas, samples, figure)
  if not bench.has_no_lua then
    line(figure.title or '', luas, function(lua)
      return ('%16s'):format('Lua ' .. lua)
    end)
  end
  for _, library in ipairs(bench.libraries) do
    if report.has(row, library) then
      line(library.title, library.words and { luas[1] } or luas, function(lua)
        return cell(samples[library.name][lua], samples[bench.base][lua], figure.number, unit_of(row))
      end)
    end
  end
end

local function print_notes(bench, row)
  for _, library in ipairs(bench.libraries) do
    local reason = row.lacking and row.lacking[library.name]
    if reason then
      print(('- %s: %s'):format(library.title, reason))
    end
  end
  for _, note in ipairs(row.notes or {}) do
    print('- ' .. note)
  end
  print()
end

function report.print(bench, row, times, luas, samples)
  print(('%s: %s, %s'):format(row.name, row.title, times))
  for _, figure in ipairs(row.figures or only_figure) do
    print_figure(bench, row, luas, samples, figure)
  end
  print_notes(bench, row)
end

-- Each rule returns what of the row is missed on a Lua: a format and its arguments; nothing if all is well.

local function miss_target(bench, row, figure, lua, samples)
  local target = row.targets and row.targets[lua]
  local ratio = target and medians.ratio(samples[bench.ours][lua], samples[bench.base][lua], figure.number)
  if target and ratio > target then
    return '%.2f times the base, the target is %.2f', ratio, target
  end
end

local function miss_limit(bench, row, figure, lua, samples)
  local limit = row.limits and row.limits[lua]
  local value = limit and medians.figure(samples[bench.ours][lua], figure.number)
  if limit and value > limit then
    return '%.0f, the limit is %.0f', value, limit
  end
end

local function miss_library(library, figure, ours, others)
  local ratio = medians.ratio(ours, others, figure.number)
  if not library.limit and ratio > 1 then
    return '%.2f times %s', ratio, library.title
  end
  ratio = medians.ratio(others, ours, figure.number)
  if library.limit and ratio > library.limit then
    return '%s takes %.2f times what we take, the limit is %.2f', library.title, ratio, library.limit
  end
end

local function adder(missed, row, figure, lua)
  return function(text, ...)
    if text then
      local what = row.name .. (figure.title and ' ' .. figure.title or '')
      missed[#missed + 1] = ('%s, Lua %s: '):format(what, lua) .. text:format(...)
    end
  end
end

local function add_missed_on(missed, bench, row, figure, lua, samples)
  local add = adder(missed, row, figure, lua)
  add(miss_target(bench, row, figure, lua, samples))
  add(miss_limit(bench, row, figure, lua, samples))
  for _, library in ipairs(bench.libraries) do
    local others = samples[library.name][lua]
    if others and library.name ~= bench.ours and not library.words then
      add(miss_library(library, figure, samples[bench.ours][lua], others))
    end
  end
end

function report.add_missed(missed, bench, row, luas, samples)
  for _, figure in ipairs(row.figures or only_figure) do
    for _, lua in ipairs(luas) do
      if not figure.told then
        add_missed_on(missed, bench, row, figure, lua, samples)
      end
    end
  end
end

return report
