-- SPDX-License-Identifier: MIT
-- The results of a bench as bars, drawn by gnuplot. A panel, which is drawn if its row was measured, has
--
-- row, figure, title
-- is_ratio   the figures are divided by those of the first server

local medians = require('bench.medians')

local plot = {}

local WIDTH, PANEL_HEIGHT, COLUMNS = 960, 320, 2

local colours = { net = 0x1f6feb, c = 0x444444 }
local OTHERS = 0xb8b8b8

-- One Lua of each kind is enough for a picture.
local drawn_luas = { ['5.4'] = true, jit = true }

local function index_of(list, value)
  for i, each in ipairs(list) do
    if each == value then
      return i
    end
  end
  return nil
end

local function values_of(panel, result)
  local values, number = {}, index_of(result.row.figures, panel.figure)
  local base = result.samples[result.servers[1]]
  for _, server in ipairs(result.servers) do
    local samples = result.samples[server]
    if not server.lua or drawn_luas[server.lua] then
      local value = panel.is_ratio and medians.ratio(samples, base, number) or medians.figure(samples, number)
      values[#values + 1] = { title = server.title, value = value, colour = colours[server.name] or OTHERS }
    end
  end
  return values
end

-- gnuplot's block of data: title, place, length and colour of each bar.
local function data_of(values)
  local lines = {}
  for i, each in ipairs(values) do
    lines[i] = ('"%s" %d %.4f %d'):format(each.title, #values - i, each.value, each.colour)
  end
  return table.concat(lines, '\n')
end

local function longest(values)
  local most = 0
  for _, each in ipairs(values) do
    most = math.max(most, each.value)
  end
  return most
end

local head = [[
set terminal svg size %d,%d dynamic font "sans-serif,12" background "white"
set output '%s'
set multiplot layout %d,%d
set style fill solid
set border 2
set tics scale 0
unset xtics
unset key
]]

local panel_script = [[
$bars << end
%s
end
set title "%s"
set xrange [0:%f]
set yrange [-0.6:%f]
plot $bars using 3:2:(0):3:($2-0.38):($2+0.38):4:ytic(1) with boxxyerror lc rgb variable, \
  $bars using 3:2:(sprintf(" %s", $3)) with labels left
]]

local ROOM_FOR_NUMBERS = 1.15

local function script_of(panel, values)
  return panel_script:format(data_of(values), panel.title, longest(values) * ROOM_FOR_NUMBERS, #values - 0.4,
    panel.is_ratio and '%.2f' or '%.0f')
end

local function panel_scripts(panels, results)
  local scripts = {}
  for _, panel in ipairs(panels) do
    for _, result in ipairs(results) do
      if result.row.name == panel.row then
        scripts[#scripts + 1] = script_of(panel, values_of(panel, result))
      end
    end
  end
  return scripts
end

-- Writes the picture to the path.
function plot.write(path, panels, results)
  local scripts = panel_scripts(panels, results)
  local rows = math.ceil(#scripts / COLUMNS)
  if rows == 0 then
    return
  end
  local gnuplot <close> = assert(io.popen('gnuplot', 'w'))
  gnuplot:write(head:format(WIDTH, rows * PANEL_HEIGHT, (path:gsub("'", "''")), rows, COLUMNS), table.concat(scripts))
  assert(gnuplot:close(), 'gnuplot failed')
end

return plot
