-- SPDX-License-Identifier: MIT
-- Tasks begin, wait for each other, fail and are cancelled; afterwards the loop must still run.

package.path = 'lua/?.lua;tests/support/?.lua;' .. package.path

local check = require('check')
local loop = require('net.loop')
local net = require('net')

loop.onerror(function() end)
check(loop.run(loop.sleep, 0))

-- Raises the error of a task that failed.
local function joined(task)
  local function results(ok, ...)
    check(ok, (...))
    return ...
  end
  return results(task:join())
end

return function()
  local main = loop.spawn(function()
    local group = loop.group()
    for i = 1, 3 do
      group:spawn(function(...)
        loop.later()
        return i, ...
      end, 'x')
    end
    local suspended = loop.spawn(function()
      return select(2, loop.suspend())
    end)
    local waiting = loop.spawn(function()
      return net.pcall(loop.suspend)
    end)
    local failing = loop.spawn(error, 'on purpose', 0)
    loop.later()
    loop.resume(suspended, 'value')
    waiting:cancel()
    for _ = 1, 3 do
      local _, ok, err = group:await()
      check(ok, err)
    end
    check(joined(suspended) == 'value')
    local _, err = failing:join()
    check(err == 'on purpose', err)
    joined(waiting)
    check(coroutine.wrap(function()
      return coroutine.wrap(loop.sleep)(0)
    end)())
    check(select(3, loop.timeout(0, loop.suspend)))
    loop.spawn(function()
      loop.exit('early')
    end)
    check(#tostring(loop.dump()) >= 0)
    check(loop.stats().tasks > 0)
  end)
  for _ = 1, 200 do
    if main:status() == 'done' or main:status() == 'failed' then
      break
    end
    loop:step(0)
  end
  check(main:status() ~= 'waiting', 'a task hangs')
  joined(main)
end, function()
  for _ = 1, 100 do
    for _, row in ipairs(loop.dump()) do
      row.task:cancel()
    end
    if loop:step(0) == 0 then
      break
    end
  end
  check(loop:step(0) == 0, 'tasks are left')
  check(loop.run(loop.sleep, 0))
end
