-- SPDX-License-Identifier: MIT
-- Deadlines: times of the loop's clock, in seconds. One that is nil never comes.

local scheduler = require('llsocket.scheduler')

local now = scheduler.now

local deadline = {}

-- The deadline in so many seconds; nil: none.
function deadline.after(seconds)
  return seconds and now() + seconds
end

-- The same, or that of loop.timeout if it is nearer: for whoever shares work out to other tasks.
function deadline.of_task(seconds)
  local left = scheduler.left()
  return deadline.after(left and seconds and math.min(left, seconds) or left or seconds)
end

-- For how many seconds one may wait: 0 when it has passed; nil: as long as it takes.
function deadline.left(due)
  return due and math.max(due - now(), 0)
end

function deadline.has_passed(due)
  return due ~= nil and now() >= due
end

return deadline
