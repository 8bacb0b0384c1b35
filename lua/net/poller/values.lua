-- SPDX-License-Identifier: MIT
-- What goes into the functions of pollers and locks, and what comes out: the same for all of them.

local errno = require('llsocket').errno

local values = {}

local MAX_INTEGER = 2147483647

-- Blames the caller of the function `name`, which asked here.
local function argument_error(index, name, message)
  error(("bad argument #%d to '%s' (%s)"):format(index, name, message), 4)
end

local function fd_of(socket)
  return socket:fd()
end

-- The descriptor that the first argument of the function `name` means, which is a number or a socket; negative if the
-- socket is closed.
function values.descriptor(value, name)
  if type(value) == 'number' then
    if value % 1 ~= 0 then
      argument_error(1, name, 'number has no integer representation')
    elseif value < 0 or value > MAX_INTEGER then
      argument_error(1, name, ('out of range (0 to %d)'):format(MAX_INTEGER))
    end
    return value
  end
  local ok, fd = pcall(fd_of, value)
  if fd == 'not enough memory' then
    error(fd, 0)
  elseif not ok or type(fd) ~= 'number' then
    argument_error(1, name, 'socket or integer expected, got ' .. type(value))
  end
  return fd
end

function values.check_seconds(sec, index, name)
  if type(sec) ~= 'number' then
    argument_error(index, name, 'number expected, got ' .. type(sec))
  elseif not (sec >= 0 and sec <= MAX_INTEGER) then -- also NaN
    argument_error(index, name, ('out of range (0 to %d)'):format(MAX_INTEGER))
  end
end

-- The text of an error, given by its name, in the call `op`.
function values.failure(name, op)
  local kind = errno[name]
  return ('[%s:%d][%s] %s'):format(kind.name, kind.code, op, kind.message)
end

return values
