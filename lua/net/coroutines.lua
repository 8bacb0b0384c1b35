-- SPDX-License-Identifier: MIT
-- Coroutines of a program inside of tasks. When one of them waits, it is the task that waits: whoever resumed the
-- coroutine yields as well, and hands on what comes back.

local scheduler = require('llsocket.scheduler')

local create, status, yield = coroutine.create, coroutine.status, coroutine.yield
local standard_resume = coroutine.resume
local step = scheduler.coresume

local coroutines = {}

-- Coroutines in the middle of a wait, which only those who hand it on may resume.
local in_wait = setmetatable({}, { __mode = 'k' })

local passed

local function go_on(thread, ...)
  in_wait[thread] = nil
  return passed(thread, step(thread, ...))
end

-- nil instead of true or false tells of a wait.
function passed(thread, ok, ...)
  if ok == nil then
    in_wait[thread] = true
    return go_on(thread, yield())
  end
  return ok, ...
end

-- coroutine.resume
function coroutines.resume(thread, ...)
  if type(thread) ~= 'thread' then
    local _, failure = pcall(standard_resume, thread)
    error(failure, 2)
  elseif in_wait[thread] then
    return false, 'cannot resume non-suspended coroutine'
  elseif status(thread) ~= 'suspended' then
    return standard_resume(thread, ...) -- which tells why it does not
  end
  return passed(thread, step(thread, ...))
end

local resume = coroutines.resume

-- Where whoever called a wrapped coroutine stands, as error() writes it. Four levels up from here.
local function position()
  local caller = debug.getinfo(4, 'Sl')
  local is_known = caller and caller.currentline > 0
  return is_known and ('%s:%d: '):format(caller.short_src, caller.currentline) or ''
end

-- Some Luas put the position also before a number.
local positions_numbers = type(select(2, pcall(coroutine.wrap(function()
  error(42, 0)
end)))) == 'string'

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
  if type(failure) == 'string' or positions_numbers and type(failure) == 'number' then
    failure = position() .. failure
  end
  error(failure, 0)
end

-- coroutine.wrap
function coroutines.wrap(fn)
  local ok, thread = pcall(create, fn)
  if not ok then
    error((thread:gsub("'create'", "'wrap'"):gsub("'%?'", "'wrap'")), 2)
  end
  return function(...)
    return select(1, results_of(thread, resume(thread, ...))) -- no tail call, for position()
  end
end

local library = coroutine
local replacements = { resume = coroutines.resume, wrap = coroutines.wrap }
local originals

-- Puts these functions into the library `coroutine`.
function coroutines.replace()
  originals = {}
  for name, replacement in pairs(replacements) do
    originals[name], library[name] = library[name], replacement
  end
end

-- Puts back what was there, unless somebody else has replaced it meanwhile.
function coroutines.restore()
  for name, replacement in pairs(replacements) do
    if library[name] == replacement then
      library[name] = originals[name]
    end
  end
end

return coroutines
