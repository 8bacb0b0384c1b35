-- SPDX-License-Identifier: MIT
-- bytes.lua MODULE LOOP COUNT DIRECTORY prints how many bytes of Lua memory one turn of the loop takes, and how many of
-- the process, where the loop calls the function that it is given. The program ends there.

package.path = (arg[0]:match('^(.*/)bench/measure/') or '') .. '?.lua;' .. package.path

-- What the allocator took from the system and the program touched; without the files that it maps.
local function process_bytes()
  for line in io.lines('/proc/self/smaps_rollup') do
    local kib = line:match('^Anonymous:%s*(%d+) kB')
    if kib then
      return tonumber(kib) * 1024
    end
  end
  error('no Anonymous line in smaps_rollup')
end

local function used_bytes()
  collectgarbage()
  collectgarbage()
  return collectgarbage('count') * 1024, process_bytes()
end

local count = tonumber(arg[3])
local loop = require(arg[1])[arg[2]](arg[4], count)
local lua_before, process_before = used_bytes()
loop(count, function()
  local lua_after, process_after = used_bytes()
  print(('%.1f %.1f'):format((lua_after - lua_before) / count, (process_after - process_before) / count))
  os.exit(0)
end)
error('the loop did not tell when to measure')
