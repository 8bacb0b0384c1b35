-- SPDX-License-Identifier: MIT
-- waiting(name, fn [, succeeds]): a function of that name which does what the C function does, and raises what its wait
-- is to raise where the C function itself cannot. `succeeds`: it gives true alone; nil, err; or nil, nil, true.

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

-- The same without a call for the usual end.
local source_of_success = [[
local checked, %s = ...
return function(...)
  local ok, err, timeout = %s(...)
  if ok == true then
    return true
  elseif timeout then
    return nil, nil, true
  end
  return checked(ok, err)
end
]]

return function(name, fn, succeeds)
  if scheduler.has_continuations then
    return fn
  end
  local text = succeeds and source_of_success or source
  return loadstring(text:format(name, name), '=net.loop')(checked, fn)
end
