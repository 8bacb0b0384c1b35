-- SPDX-License-Identifier: MIT
-- Classes: plain tables. What a class does not have itself it has from its parents, the first of which goes before
-- the second. `new` makes an instance by construct(class, ...), which a class can have of its own: it gives the
-- instance, or nil and what is wrong.

local errors = require('net.errors')

local class = {}

local function find_in(parents)
  if #parents == 1 then
    return parents[1]
  end
  return function(_, key)
    for _, parent in ipairs(parents) do
      local value = parent[key]
      if value ~= nil then
        return value
      end
    end
    return nil
  end
end

-- Lua looks for these in the class itself.
local function copy_metamethods(made, parents)
  for i = #parents, 1, -1 do
    for key, value in pairs(parents[i]) do
      if type(key) == 'string' and key:sub(1, 2) == '__' then
        made[key] = value
      end
    end
  end
end

-- A class of this name, which tostring() of its instances shows.
function class.define(name, ...)
  errors.check_type(name, 'string', 1, 'class')
  local parents = { ... }
  for i = 1, select('#', ...) do
    if type(parents[i]) ~= 'table' then
      errors.argument(i + 1, 'class', 'class expected, got ' .. type(parents[i]))
    end
  end
  local made = {}
  copy_metamethods(made, parents)
  made.__index = made
  made.__name = name
  function made.new(...)
    return made:construct(...)
  end
  return #parents > 0 and setmetatable(made, { __index = find_in(parents) }) or made
end

return class
