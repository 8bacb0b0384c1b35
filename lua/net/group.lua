-- SPDX-License-Identifier: MIT
-- Tasks that belong together: spawned by a group, and collected one by one as they end.

local Group = {}
Group.__index = Group
Group.__name = 'net.loop.group'

local groups = {}

-- The group of a task that was not collected yet. A group that nobody uses any more forgets its tasks.
local group_of = setmetatable({}, { __mode = 'kv' })

-- The class over the functions spawn, suspend, running and resume of a scheduler.
function groups.over(tasks)
  local function check_group(value, method)
    if getmetatable(value) ~= Group then
      error(("bad argument #1 to '%s' (%s expected, got %s)"):format(method, Group.__name, type(value)), 3)
    end
  end

  local function wake(group)
    local waiter = group.waiter
    group.waiter = nil
    if waiter then
      tasks.resume(waiter)
    end
  end

  function Group:spawn(fn, ...)
    check_group(self, 'spawn')
    local task = tasks.spawn(fn, ...)
    task:observe()
    group_of[task] = self
    self.living[task] = true
    self.count = self.count + 1
    return task
  end

  -- The oldest that has ended, which is in the group no longer.
  local function collect(group)
    local task = group.ended[group.first]
    group.ended[group.first] = nil
    group.first = group.first + 1
    group.count = group.count - 1
    return task, task:results()
  end

  function Group:await(seconds)
    check_group(self, 'await')
    if self.waiter then
      error('another task awaits this group already', 2)
    end
    if self.count > 0 and not self.ended[self.first] then
      self.waiter = tasks.running()
      local ok, err, timeout = tasks.suspend(seconds)
      self.waiter = nil
      if not ok then
        return nil, err, timeout
      end
    end
    if self.count == 0 then
      return nil
    end
    return collect(self)
  end

  function Group:cancel()
    check_group(self, 'cancel')
    for task in pairs(self.living) do
      task:cancel()
    end
  end

  function Group:size()
    check_group(self, 'size')
    return self.count
  end

  Group.__len = Group.size

  function groups.new()
    return setmetatable({ living = {}, ended = {}, first = 1, last = 0, count = 0 }, Group)
  end

  -- To be told when a task of any group has ended.
  function groups.ended(task)
    local group = group_of[task]
    if not group then
      return
    end
    group_of[task] = nil
    group.living[task] = nil
    group.last = group.last + 1
    group.ended[group.last] = task
    wake(group)
  end

  return groups
end

return groups
