-- SPDX-License-Identifier: MIT
-- pcall and xpcall that a wait can pass through on every Lua. Only plain 5.1 needs more than its own.

local scheduler = require('llsocket.scheduler')
local coroutines = require('net.coroutines')

local create, status, yield = coroutine.create, coroutine.status, coroutine.yield

local can_yield_across_pcall = coroutine.wrap(function()
  return pcall(yield, true)
end)()

-- across_waits(poller, fn, ...): pcall(fn, ...) around waits of that poller, or none if it blocks. In other loops than
-- ours nothing can be caught on plain 5.1: there it does not catch.
--
-- noted(note, fn, ...): pcall(fn, ...), but when the function fails, note(failure) is called where it did. On plain 5.1
-- it is called afterwards, with the coroutine that failed.

if can_yield_across_pcall then
  return {
    pcall = pcall,
    xpcall = xpcall,
    across_waits = function(_, fn, ...)
      return pcall(fn, ...)
    end,
    noted = function(note, fn, ...)
      return xpcall(fn, note, ...)
    end,
  }
end

local protected = {}

-- Hands on whatever the function yields, until it returns or fails.
local function finished(thread, ok, ...)
  if status(thread) == 'suspended' then
    return finished(thread, coroutines.resume(thread, yield(...)))
  end
  return ok, ...
end

local function is_callable(value)
  local meta = getmetatable(value)
  return type(value) == 'function' or type(meta) == 'table' and meta.__call ~= nil
end

local function call(fn, ...)
  local thread = create(function(...)
    return fn(...)
  end)
  return thread, finished(thread, coroutines.resume(thread, ...))
end

local function without_thread(_, ...)
  return ...
end

function protected.pcall(...)
  if select('#', ...) == 0 then
    error("bad argument #1 to 'pcall' (value expected)", 2)
  elseif not is_callable((...)) then
    return pcall(...)
  end
  return without_thread(call(...))
end

-- The handler runs after the function has ended; debug.traceback nevertheless tells where it failed.
local function handled(handler, thread, ok, ...)
  if ok then
    return ok, ...
  end
  if handler == debug.traceback then
    return false, debug.traceback(thread, (...))
  end
  local handled_well, result = pcall(handler, ...)
  if not handled_well then
    result = 'error in error handling'
  end
  return false, result
end

function protected.xpcall(fn, handler, ...)
  return handled(handler, call(fn, ...))
end

function protected.across_waits(poller, fn, ...)
  if poller and not scheduler.running() then
    return true, fn(...)
  end
  return protected.pcall(fn, ...)
end

local function told(note, thread, ok, ...)
  if not ok then
    note((...), thread)
  end
  return ok, ...
end

function protected.noted(note, fn, ...)
  return told(note, call(fn, ...))
end

return protected
