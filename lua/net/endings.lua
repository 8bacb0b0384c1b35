-- SPDX-License-Identifier: MIT
-- Who is told when a task has ended.

local scheduler = require('llsocket.scheduler')

local endings = {}

local callbacks = {} -- by task

-- Has tell(task) called, outside of tasks, when the task ends. There is one for each task.
function endings.observe(task, tell)
  callbacks[task] = tell
  scheduler.observe(task)
end

-- To be called when a task has ended; again when memory ran out meanwhile.
function endings.ended(task)
  local tell = callbacks[task]
  if tell then
    tell(task)
    callbacks[task] = nil
  end
end

return endings
