-- SPDX-License-Identifier: MIT
-- waiting(name, fn): a function of that name which does what the C function does, and raises what its wait is to raise
-- where the C function itself cannot.

local scheduler = require('llsocket.scheduler')

local raise_tag = scheduler.raise_tag

local function checked(first, ...)
  if first == raise_tag then
    error((...), 0)
  end
  return first, ...
end

-- Errors do not show it: its chunk has the name that glue/kit/arguments.hpp knows.
local source = [[
local checked, %s = ...
return function(...)
  return checked(%s(...))
end
]]

return function(name, fn)
  if scheduler.has_continuations then
    return fn
  end
  return loadstring(source:format(name, name), '=net.loop')(checked, fn)
end
