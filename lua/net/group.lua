-- SPDX-License-Identifier: MIT
-- Tasks that belong together: spawned by a group, and collected one by one as they end.

local scheduler = require('llsocket.scheduler')
local deadline = require('net.deadline')
local protected = require('net.protected')
local values = require('net.poller.values')
local waiting = require('net.waiting')

local suspend = waiting('suspend', scheduler.suspend)
local this_coroutine = coroutine.running

local Group = {}
Group.__index = Group
Group.__name = 'net.loop.group'

local groups = {}

-- The group of a task that was not collected yet. A group that nobody uses any more forgets its tasks.
local group_of = setmetatable({}, { __mode = 'kv' })

local function check_group(value, method)
  if getmetatable(value) ~= Group then
    error(("bad argument #1 to '%s' (%s expected, got %s)"):format(method, Group.__name, type(value)), 3)
  end
end

local function add(group, task)
  scheduler.observe(task)
  group_of[task] = group
  group.living[task] = true
  group.count = group.count + 1
end

function Group:spawn(fn, ...)
  check_group(self, 'spawn')
  if type(fn) ~= 'function' then
    error(("bad argument #1 to 'spawn' (function expected, got %s)"):format(type(fn)), 2)
  end
  local task = scheduler.spawn(fn, ...)
  local added, err = pcall(add, self, task)
  if not added then
    task:cancel()
    error(err, 0)
  end
  return task
end

-- The oldest that has ended, which is in the group no longer.
local function collect(group)
  local task = group.ended[group.first]
  group.ended[group.first] = nil
  group.first = group.first + 1
  group.count = group.count - 1
  return task, scheduler.results(task)
end

-- Lets the caller wait until a task of the group has ended: true; else what suspend() gives. Somebody may resume it
-- without need.
local function wait_for_end(group, seconds)
  local due = deadline.after(seconds)
  local resumed, err, timeout = true, nil, nil
  while resumed and group.count > 0 and not group.ended[group.first] do
    resumed, err, timeout = suspend(deadline.left(due))
  end
  return resumed, err, timeout
end

-- Whether another task waits in await(). One whose coroutine there was closed by somebody goes on without it.
local function is_awaited(group)
  local waiter = group.waiter
  if not waiter or waiter == scheduler.running() or waiter:status() ~= 'waiting' then
    return false
  elseif coroutine.status(group.coroutine) == 'dead' then
    group.waiter, group.coroutine = nil, nil
    waiter:resume()
    return false
  end
  return true
end

function Group:await(seconds)
  check_group(self, 'await')
  if seconds ~= nil then
    values.check_seconds(seconds, 1, 'await')
  end
  if not scheduler.running() then
    error("cannot use 'await' here: this is not inside a task; tasks begin with run() or spawn()", 2)
  elseif is_awaited(self) then
    error('another task awaits this group already', 2)
  end
  self.waiter, self.coroutine = scheduler.running(), this_coroutine()
  local ok, resumed, err, timeout = protected.pcall(wait_for_end, self, seconds)
  self.waiter, self.coroutine = nil, nil
  if not ok then
    error(resumed, 0)
  elseif not resumed then
    return nil, err, timeout
  elseif self.count == 0 then
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

function groups.new()
  return setmetatable({ living = {}, ended = {}, first = 1, last = 0, count = 0 }, Group)
end

-- To be told when a task of any group has ended; again when memory ran out meanwhile.
function groups.ended(task)
  local group = group_of[task]
  if not group then
    return
  end
  if group.living[task] then
    group.ended[group.last + 1] = task
    group.last = group.last + 1
    group.living[task] = nil
  end
  if group.waiter then
    group.waiter:resume()
    if coroutine.status(group.coroutine) == 'dead' then
      group.waiter, group.coroutine = nil, nil
    end
  end
  group_of[task] = nil
end

return groups
