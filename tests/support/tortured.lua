-- SPDX-License-Identifier: MIT
-- What the torture of the loop has in common: tasks that must end one way or the other, and what must be possible
-- afterwards.

local check = require('check')
local loop = require('net.loop')

local tortured = {}

-- Raises the error beside a result that is not what it should be.
function tortured.expect(expected, result, err)
  check(result == expected, err or 'another result')
end

-- The results of a task; raises its error if it failed.
function tortured.joined(task)
  local function results(ok, ...)
    check(ok, (...))
    return ...
  end
  return results(task:join())
end

-- Runs the function as a task, in so many turns at most, each of which waits so many seconds at most. Raises its error.
function tortured.run(fn, turns, sec)
  local main = loop.spawn(fn)
  for _ = 1, turns do
    if main:status() == 'done' or main:status() == 'failed' then
      break
    end
    loop:step(sec)
  end
  check(main:status() ~= 'waiting', 'a task hangs')
  tortured.joined(main)
end

-- Cancels what is left; then the loop must still run.
function tortured.release()
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

return tortured
