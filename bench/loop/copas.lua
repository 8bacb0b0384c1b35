-- SPDX-License-Identifier: MIT
-- The loops of bench/loop with Copas: row name -> function(directory) that makes the loop.

package.path = package.path .. ';/usr/share/lua/5.2/?.lua' -- Debian has none for 5.3 and 5.4; this runs there too

local copas = require('copas')
local unix_pair = require('bench.unix_pair')
local workload = require('bench.loop.workload')

local function spawn()
  return function(count)
    copas.addthread(function()
      for _ = 1, count do
        copas.addthread(workload.nothing)
      end
    end)
  end
end

local function pingpong(directory)
  local receive, send, message = copas.receive, copas.send, workload.message
  local a, b = unix_pair(directory .. '/copas')
  a:settimeout(0)
  b:settimeout(0)
  copas.autoclose = false
  return function(count)
    local busy = 2
    copas.addthread(function()
      for _ = 1, count do
        send(b, receive(b, #message))
      end
      busy = busy - 1
    end)
    copas.addthread(function()
      for _ = 1, count do
        send(a, message)
        assert(#receive(a, #message) == #message)
      end
      busy = busy - 1
    end)
    while busy > 0 do
      copas.step()
    end
  end
end

return { spawn = spawn, pingpong = pingpong }
