-- SPDX-License-Identifier: MIT
-- Coroutines of a program inside of tasks. When one of them waits, it is the task that waits: whoever resumed the
-- coroutine yields as well, and hands on what comes back.

local scheduler = require('llsocket.scheduler')

local create, status, yield = coroutine.create, coroutine.status, coroutine.yield
local standard_resume = coroutine.resume
local step, go_on, wait_mark = scheduler.coresume, scheduler.cogoon, scheduler.wait_mark
local refusal, raise_tag = scheduler.refusal, scheduler.raise_tag

local must_try = not scheduler.knows_where_to_yield

local coroutines = {}

-- nil instead of true or false tells of a wait, which the task can make.
local function waited(thread, ok, ...)
  if ok ~= nil then
    return ok, ...
  end
  return waited(thread, go_on(thread, yield(wait_mark)))
end

local passed

-- Only to try tells whether a yield is possible in Lua 5.2.
local function tried(thread, ok, ...)
  if not ok then
    return passed(thread, go_on(thread, raise_tag, (...)))
  end
  return waited(thread, go_on(thread, ...))
end

-- The same, of the first wait. Where that cannot pass, none can, and it raises an error in the coroutine.
function passed(thread, ok, ...)
  if ok ~= nil then
    return ok, ...
  end
  local reason = refusal()
  if reason then
    return passed(thread, go_on(thread, raise_tag, reason))
  elseif must_try then
    return tried(thread, pcall(yield, wait_mark))
  end
  return waited(thread, go_on(thread, yield(wait_mark)))
end

-- The coroutine for which a coroutine waits that resumed it; nil if there is none.
function coroutines.resumed_by(thread)
  for level = 0, 2 do -- first there are yield() and pcall()
    local frame = debug.getinfo(thread, level, 'f')
    if frame and (frame.func == passed or frame.func == waited) then
      return select(2, debug.getlocal(thread, level, 1))
    end
  end
  return nil
end

-- Raises what a standard function raised for the same arguments, told of the function `name`.
local function blame(name, _, failure)
  if not failure:find('^bad argument') then -- for want of memory
    error(failure, 0)
  end
  error((failure:gsub("to '[^']*'", ("to '%s'"):format(name), 1)), 3)
end

-- coroutine.resume
function coroutines.resume(...)
  local thread = ...
  if type(thread) ~= 'thread' then
    blame('resume', pcall(standard_resume, ...))
  elseif status(thread) ~= 'suspended' then
    return standard_resume(...) -- which tells why it does not
  end
  return passed(thread, step(...))
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
  local was_clean, last = coroutine.close(thread)
  if was_clean then
    return failure
  end
  return last
end

local function results_of(thread, ok, ...)
  if ok then
    return ...
  end
  local failure = ...
  if status(thread) == 'dead' then
    failure = closed(thread, failure)
  end
  if type(failure) == 'string' or positions_numbers and type(failure) == 'number' then
    failure = position() .. failure
  end
  error(failure, 0)
end

-- coroutine.wrap
function coroutines.wrap(...)
  local ok, thread = pcall(create, ...)
  if not ok then
    blame('wrap', ok, thread)
  end
  return function(...)
    return select(1, results_of(thread, resume(thread, ...))) -- no tail call, for position()
  end
end

local standard_running, expose = coroutine.running, scheduler.expose

-- coroutine.running
local function running()
  expose()
  return standard_running()
end

local library = package.loaded.coroutine
local replacements = { resume = coroutines.resume, wrap = coroutines.wrap, running = running }
local originals = {}
for name in pairs(replacements) do
  originals[name] = library[name] -- the fields are there from now on, so that replace() needs no memory
end

-- Puts these functions into the library `coroutine`.
function coroutines.replace()
  for name, replacement in pairs(replacements) do
    if library[name] ~= replacement then
      originals[name], library[name] = library[name], replacement
    end
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
