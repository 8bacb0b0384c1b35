-- SPDX-License-Identifier: MIT
-- The medians of ./dev bench calls as a table, and what they miss. Medians are seconds of a turn, at 'c' and by library
-- and Lua.

local report = {}

local function cell(seconds, c_seconds)
  return seconds and ('%7.0f ns %5.2f'):format(seconds * 1e9, seconds / c_seconds) or ('%16s'):format('-')
end

local function line(title, luas, cell_of)
  local cells = {}
  for i, lua in ipairs(luas) do
    cells[i] = cell_of(lua)
  end
  print((('%-10s'):format(title) .. table.concat(cells, ' ')))
end

function report.print(row, count, luas, libraries, medians)
  print(('%s: %s, %d times'):format(row.name, row.title, count))
  print(('%-10s%7.0f ns'):format('C', medians.c * 1e9))
  line('', luas, function(lua)
    return ('%16s'):format('Lua ' .. lua)
  end)
  for _, library in ipairs(libraries) do
    line(library.title, luas, function(lua)
      return cell(medians[library.name][lua], medians.c)
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

local function add_missed_peer(missed, row, lua, ours, peer, title)
  if peer and ours > peer then
    missed[#missed + 1] = ('%s, Lua %s: %.2f times %s'):format(row.name, lua, ours / peer, title)
  end
end

function report.add_missed(missed, row, luas, libraries, medians)
  for _, lua in ipairs(luas) do
    local ours = medians.llsocket[lua]
    add_missed_target(missed, row, lua, ours / medians.c)
    for _, library in ipairs(libraries) do
      add_missed_peer(missed, row, lua, ours, medians[library.name][lua], library.title)
    end
  end
end

return report
