-- SPDX-License-Identifier: MIT
-- ./dev bench memory: what a socket costs in Lua memory.

local process = require('bench.process')

local TARGET_BYTES = 120
local COUNT = 500 -- within the usual limit of descriptors

local memory = { rows = {} }

-- Prints the table; returns a sentence for each target that is missed.
function memory.run(options)
  local missed = {}
  print('Lua memory of a socket, without what the allocator adds')
  for _, lua in ipairs(options.luas) do
    local bytes = process.numbers_of(
      process.measuring(options, 'bytes', lua, 'bench.memory.llsocket', 'socket', COUNT))[1]
    print(('Lua %-4s %6.1f bytes'):format(lua, bytes))
    if bytes > TARGET_BYTES then
      missed[#missed + 1] = ('Lua %s: a socket takes %.1f bytes, the target is %d'):format(lua, bytes, TARGET_BYTES)
    end
  end
  print()
  return missed
end

return memory
