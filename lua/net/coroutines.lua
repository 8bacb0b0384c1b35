-- SPDX-License-Identifier: MIT
-- Coroutines of a program inside of tasks. When one of them waits, it is the task that waits: whoever resumed the
-- coroutine yields as well, and hands on what comes back.

local scheduler = require('llsocket.scheduler')

local create, status, yield = coroutine.create, coroutine.status, coroutine.yield
local step = scheduler.coresume

local coroutines = {}

-- nil instead of true or false tells of a wait.
local function passed(thread, ok, ...)
  if ok == nil then
    return passed(thread, step(thread, yield()))
  end
  return ok, ...
end

-- coroutine.resume
function coroutines.resume(thread, ...)
  return passed(thread, step(thread, ...))
end

local resume = coroutines.resume

-- Where whoever called a wrapped coroutine stands, as error() writes it. Four levels up from here.
local function position()
  local caller = debug.getinfo(4, 'Sl')
  local is_known = caller and caller.currentline > 0
  return is_known and ('%s:%d: '):format(caller.short_src, caller.currentline) or ''
end

-- The error of a coroutine, which is closed where Lua can do that.
local function closed(thread, failure)
  if not coroutine.close then
    return failure
  end
  local _, last = coroutine.close(thread)
  return last
end

local function results_of(thread, ok, ...)
  if ok then
    return ...
  end
  local failure = ...
  if status(thread) == 'dead' then
    failure = closed(thread, failure) or failure
  end
  if type(failure) == 'string' then
    failure = position() .. failure
  end
  error(failure, 0)
end

-- coroutine.wrap
function coroutines.wrap(fn)
  local thread = create(fn)
  return function(...)
    return select(1, results_of(thread, resume(thread, ...))) -- no tail call, for position()
  end
end

local replaced = { resume = coroutines.resume, wrap = coroutines.wrap }

-- Calls the function while the functions of the library `coroutine` are these, and raises its errors.
function coroutines.with(fn, ...)
  local before = {}
  for name, replacement in pairs(replaced) do
    before[name], coroutine[name] = coroutine[name], replacement
  end
  local function finished(ok, ...)
    for name, replacement in pairs(replaced) do
      if coroutine[name] == replacement then
        coroutine[name] = before[name]
      end
    end
    if not ok then
      error((...), 0)
    end
    return ...
  end
  return finished(pcall(fn, ...))
end

return coroutines
