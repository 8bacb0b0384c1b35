-- SPDX-License-Identifier: MIT
-- measure.lua MODULE ROW COUNT DIRECTORY prints the CPU time of one turn of the loop in seconds.

local here = arg[0]:match('^(.*/)') or ''

local rows = assert(loadfile(here .. arg[1] .. '.lua'))()
local loop, count = rows[arg[2]](arg[4]), tonumber(arg[3])

loop(count) -- caches and the JIT compiler are warm afterwards
local start = os.clock()
loop(count)
print(('%.12f'):format((os.clock() - start) / count))
