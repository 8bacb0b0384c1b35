-- SPDX-License-Identifier: MIT
-- Results of generation 1, checked while memory may be short: the functions here allocate nothing but for a failure.

local errno = require('llsocket.errno')
local v1 = require('llsocket.v1')

local numbers = {}

local ENOMEM = errno.ENOMEM.code

local fds = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
local count = 0

local function fail(code)
  if code == ENOMEM then
    error('ENOMEM', 0)
  end
  error('failed: ' .. tostring(code), 0)
end

function numbers.check(value, code)
  if not value then
    fail(code)
  end
  return value
end

-- Takes a descriptor, for `release` to close.
function numbers.keep(fd, code)
  if not fd then
    fail(code)
  end
  count = count + 1
  fds[count] = fd
  return fd
end

-- The call succeeded, so it had no result.
function numbers.done(code)
  if code then
    fail(code)
  end
end

-- The call failed with this error.
function numbers.fails(name, value, code)
  if value ~= nil or code ~= errno[name].code then
    fail(code)
  end
end

function numbers.release()
  for i = 1, count do
    v1.close(fds[i])
  end
end

return numbers
