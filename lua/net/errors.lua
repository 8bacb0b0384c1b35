-- SPDX-License-Identifier: MIT
-- Errors of net are strings.

local own = require('net.own')

local errors = {}

-- By name, what sending tells when the peer is gone.
errors.is_of_gone_peer = { EPIPE = true, ECONNRESET = true }

-- What an error object of llsocket says, from the bracket on: '[EPIPE:32][send] Broken pipe'; nil if there is none.
function errors.text(err)
  return err and tostring(err):match('%[.*')
end

local function is_own(caller)
  return caller.source:sub(1, #own.sources) == own.sources or own.functions[caller.func]
end

-- Where the program called a function of net: 'file:line: '.
local function position()
  local level = 3
  local caller = debug.getinfo(level, 'Slf')
  while caller and (caller.what == 'tail' or is_own(caller)) do
    level = level + 1
    caller = debug.getinfo(level, 'Slf')
  end
  return caller and caller.currentline > 0 and ('%s:%d: '):format(caller.short_src, caller.currentline) or ''
end

-- Raises an error in the line of the program that called a function of net.
function errors.raise(message)
  error(position() .. message, 0)
end

-- The same, for an argument of the function `name`.
function errors.argument(index, name, message)
  errors.raise(("bad argument #%d to '%s' (%s)"):format(index, name, message))
end

-- Raises an error unless an argument is of this type.
function errors.check_type(value, expected, index, name)
  if type(value) ~= expected then
    errors.argument(index, name, ('%s expected, got %s'):format(expected, type(value)))
  end
end

-- The same for one that may be nil.
function errors.check_optional(value, expected, index, name)
  if value ~= nil then
    errors.check_type(value, expected, index, name)
  end
end

-- Raises an error of a function that the method `name` calls, with the arguments of its own behind `before` others.
function errors.hand_on(name, before, err)
  local index, problem = tostring(err):match("bad argument #(%d+) to '[^']*' %((.*)%)$")
  if index then
    errors.argument(index - before, name, problem)
  end
  error(err, 0)
end

-- What pcall gave of a function that the method `name` called with `before` arguments before its own: the results, or
-- the error raised anew.
function errors.answer(name, before, ok, ...)
  if not ok then
    errors.hand_on(name, before, (...))
  end
  return ...
end

-- Calls the method of an object that the method `name` of the program's calls with its own arguments.
function errors.call(name, object, ...)
  local first, second = errors.answer(name, 1, pcall(object[name], object, ...))
  return first, second
end

return errors
