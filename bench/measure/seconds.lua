-- SPDX-License-Identifier: MIT
-- seconds.lua MODULE LOOP COUNT DIRECTORY prints the CPU time of one turn of the loop in seconds: of the whole turn,
-- then of its parts, if the loop calls the function that it is given to tell where one ends.

package.path = (arg[0]:match('^(.*/)bench/measure/') or '') .. '?.lua;' .. package.path

local count = tonumber(arg[3])
local loop = require(arg[1])[arg[2]](arg[4], count)

local function run()
  local marks = { os.clock() }
  local function mark()
    marks[#marks + 1] = os.clock()
  end
  loop(count, mark)
  mark()
  return marks
end

run() -- caches and the JIT compiler are warm afterwards
collectgarbage() -- what that left would be collected at the cost of whom it happens to
collectgarbage()
local marks = run()
local figures = { marks[#marks] - marks[1] }
for i = 2, #marks do
  figures[i] = marks[i] - marks[i - 1]
end
for i, seconds in ipairs(figures) do
  figures[i] = ('%.12f'):format(seconds / count)
end
print(table.concat(figures, ' '))
