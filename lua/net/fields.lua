-- SPDX-License-Identifier: MIT
-- Checks of tables of options.

local errors = require('net.errors')

local fields = {}

fields.MOST_MSEC = 2147483647

local is_of = {
  boolean = function(value)
    return type(value) == 'boolean'
  end,
  integer = function(value)
    return type(value) == 'number' and value % 1 == 0
  end,
  number = function(value)
    return type(value) == 'number' and value == value
  end,
  port = function(value)
    return type(value) == 'string' or type(value) == 'number' and value % 1 == 0
  end,
  string = function(value)
    return type(value) == 'string'
  end,
  ['function'] = function(value)
    return type(value) == 'function'
  end,
  resumption = function(value)
    return getmetatable(value) == 'net.tls.resumption'
  end,
}

local names = { port = 'string or integer', resumption = 'net.tls.resumption' }

local function check_text(value, field, index, name)
  if type(value) == 'string' and value:find('%z') then
    errors.argument(index, name, ("field '%s': string contains NUL"):format(field))
  end
end

local function check_port(port, index, name)
  local number = tonumber(port)
  if number and not (number >= 0 and number <= 65535) then
    errors.argument(index, name, "field 'port': out of range (0 to 65535)")
  end
end

-- Raises an argument error unless `options` is a table whose fields, where they are there, are of these kinds. What
-- else is in there is for others.
function fields.check(options, kinds, index, name)
  errors.check_type(options, 'table', index, name)
  for field, kind in pairs(kinds) do
    local value = options[field]
    if value ~= nil and not is_of[kind](value) then
      local expected = names[kind] or kind
      errors.argument(index, name, ("field '%s': %s expected, got %s"):format(field, expected, type(value)))
    end
  end
  if kinds.port then
    check_text(options.host, 'host', index, name)
    check_text(options.port, 'port', index, name)
    check_port(options.port, index, name)
  end
  return options
end

-- The path of a unix socket: `path`, or as older programs call it `pathname`.
function fields.path(options, index, name)
  fields.check(options, { path = 'string', pathname = 'string' }, index, name)
  local path = options.path or options.pathname
  if not path then
    errors.argument(index, name, "field 'path': string expected, got nil")
  end
  return path
end

-- A time limit in milliseconds, the argument or a field of it, as seconds; nil if there is none.
function fields.seconds(msec, index, name, field)
  if msec == nil then
    return nil
  end
  errors.check_type(msec, 'number', index, name)
  if not (msec >= 0 and msec <= fields.MOST_MSEC) then -- also NaN
    local where = field and ("field '%s': "):format(field) or ''
    errors.argument(index, name, ('%sout of range (0 to %d)'):format(where, fields.MOST_MSEC))
  end
  return msec / 1000
end

return fields
