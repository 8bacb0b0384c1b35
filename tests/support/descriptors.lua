-- SPDX-License-Identifier: MIT
-- What the kernel says about the descriptors of this process.

local descriptors = {}

local highest = 255

local function information(fd)
  local file = io.open('/proc/self/fdinfo/' .. fd)
  if not file then
    return nil
  end
  local text = file:read('*a')
  file:close()
  return text
end

function descriptors.is_open(fd)
  return information(fd) ~= nil
end

-- Forgets the code that LuaJIT has compiled: it holds the closures that it was compiled for, and all that they hold.
local forget_code = jit and jit.flush or function() end

-- All open descriptors, as a list of numbers.
function descriptors.open()
  local open = {}
  for fd = 0, highest do
    if descriptors.is_open(fd) then
      open[#open + 1] = fd
    end
  end
  return open
end

-- The same when objects that were dropped are collected.
function descriptors.list()
  forget_code()
  collectgarbage()
  collectgarbage()
  return descriptors.open()
end

local function has_flag(fd, flag)
  local octal = information(fd):match('flags:%s*(%d+)')
  return math.floor(tonumber(octal, 8) / flag) % 2 == 1
end

function descriptors.is_close_on_exec(fd)
  return has_flag(fd, 524288) -- O_CLOEXEC
end

function descriptors.is_nonblocking(fd)
  return has_flag(fd, 2048) -- O_NONBLOCK
end

-- Calls `open`, which opens one descriptor, and returns its results after the descriptor's number.
function descriptors.of(open)
  local before = {}
  for _, fd in ipairs(descriptors.list()) do
    before[fd] = true
  end
  local function number(...)
    for fd = 0, highest do
      if not before[fd] and descriptors.is_open(fd) then
        return fd, ...
      end
    end
  end
  return number(open())
end

return descriptors
