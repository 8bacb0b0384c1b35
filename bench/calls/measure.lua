-- SPDX-License-Identifier: MIT
-- measure.lua MODULE ROW COUNT DIRECTORY prints the CPU time of one turn of the loop in seconds: the median of slices,
-- so that a moment in which the machine was busy does not count.

local here = arg[0]:match('^(.*/)') or ''
package.path = here .. '../../?.lua;' .. package.path

local median = require('bench.median')

local SLICES = 10

local rows = assert(loadfile(here .. arg[1] .. '.lua'))()
local loop, turns = rows[arg[2]](arg[4]), math.floor(arg[3] / SLICES)

loop(turns)
local samples = {}
for i = 1, SLICES do
  local start = os.clock()
  loop(turns)
  samples[i] = os.clock() - start
end
print(('%.12f'):format(median(samples) / turns))
