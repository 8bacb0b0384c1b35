-- SPDX-License-Identifier: MIT
-- The samples of ./dev bench calls as a table, and what they miss. Samples are the seconds of a turn in each round, at
-- 'c' and by library and Lua.

local median = require('bench.median')

local report = {}

-- The median over the rounds of one program's time divided by another's.
local function ratio_of(samples, others)
  local ratios = {}
  for round, seconds in ipairs(samples) do
    ratios[round] = seconds / others[round]
  end
  return median(ratios)
end

local function cell(samples, c_samples)
  if not samples then
    return ('%16s'):format('-')
  end
  return ('%7.0f ns %5.2f'):format(median(samples) * 1e9, ratio_of(samples, c_samples))
end

local function line(title, luas, cell_of)
  local cells = {}
  for i, lua in ipairs(luas) do
    cells[i] = cell_of(lua)
  end
  print((('%-12s'):format(title) .. table.concat(cells, ' ')))
end

function report.print(row, count, luas, libraries, samples)
  print(('%s: %s, %d times'):format(row.name, row.title, count))
  print(('%-12s%7.0f ns'):format('C', median(samples.c) * 1e9))
  line('', luas, function(lua)
    return ('%16s'):format('Lua ' .. lua)
  end)
  for _, library in ipairs(libraries) do
    line(library.title, luas, function(lua)
      return cell(samples[library.name][lua], samples.c)
    end)
  end
  for _, note in ipairs(row.notes) do
    print('- ' .. note)
  end
  print()
end

local function add_missed_target(missed, row, lua, ratio)
  local target = row.targets and row.targets[lua]
  if target and ratio > target then
    missed[#missed + 1] = ('%s, Lua %s: %.2f times C, the target is %.2f'):format(row.name, lua, ratio, target)
  end
end

local function add_missed_peer(missed, row, lua, ratio, title)
  if ratio > 1 then
    missed[#missed + 1] = ('%s, Lua %s: %.2f times %s'):format(row.name, lua, ratio, title)
  end
end

local function add_missed_limit(missed, row, lua, ratio, library)
  if ratio > library.limit then
    missed[#missed + 1] = ('%s, Lua %s: %s takes %.2f times llsocket, the limit is %.2f'):format(
      row.name, lua, library.title, ratio, library.limit)
  end
end

function report.add_missed(missed, row, luas, libraries, samples)
  for _, lua in ipairs(luas) do
    local ours = samples.llsocket[lua]
    add_missed_target(missed, row, lua, ratio_of(ours, samples.c))
    for _, library in ipairs(libraries) do
      local peer = samples[library.name][lua]
      if peer and library.limit then
        add_missed_limit(missed, row, lua, ratio_of(peer, ours), library)
      elseif peer and library.name ~= 'llsocket' then
        add_missed_peer(missed, row, lua, ratio_of(ours, peer), library.title)
      end
    end
  end
end

return report
