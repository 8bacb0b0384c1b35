-- SPDX-License-Identifier: MIT
-- Tasks begin, wait for each other, fail and are cancelled; afterwards the loop must still run.

package.path = 'lua/?.lua;tests/support/?.lua;' .. package.path

local check = require('check')
local loop = require('net.loop')
local net = require('net')
local tortured = require('tortured')

local joined = tortured.joined

loop.onerror(function() end)
check(loop.run(loop.sleep, 0))

return function()
  tortured.run(function()
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
  end, 200, 0)
end, tortured.release
