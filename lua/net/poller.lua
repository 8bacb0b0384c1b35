-- SPDX-License-Identifier: MIT
-- Where the waits of this program go: to net.loop inside a task of it; elsewhere to another loop, if one is in use and
-- runs the coroutine that calls; otherwise they block.

local locks = require('net.locks')

local poller = {}

local WAITS = { 'pollable', 'readable', 'writable', 'unwait', 'sleep', 'current', 'suspend', 'resume' }
local LOCKS = { 'read_lock', 'read_unlock', 'write_lock', 'write_unlock' }

local used

local function check_functions(adapter, names)
  for _, name in ipairs(names) do
    if type(adapter[name]) ~= 'function' then
      error(("bad argument #1 to 'use' (adapter without function '%s')"):format(name), 3)
    end
  end
end

local function has_locks(adapter)
  for _, name in ipairs(LOCKS) do
    if adapter[name] ~= nil then
      return true
    end
  end
  return false
end

local function add_locks(adapter)
  local made, unwait = locks.new(adapter), adapter.unwait
  for _, name in ipairs(LOCKS) do
    adapter[name] = made[name]
  end

  function adapter.unwait(fd)
    local was_waiting = unwait(fd)
    return made.wake(fd) or was_waiting
  end

  function adapter.forget(fd)
    local was_waiting = unwait(fd)
    return made.forget(fd) or was_waiting
  end
end

-- Uses a loop for the waits outside of net.loop; nil for none. An adapter without locks gets them, and forget(fd) as
-- well: unwait(fd) for a descriptor that is about to be closed, whose locks end with it. Returns what was used before.
-- Its functions, with waits that give true, or nil, nil, true when the time is over, or nil and a string:
--   pollable()                         whether the coroutine that calls may wait
--   readable(fd [, sec]), writable(fd [, sec])
--   unwait(fd)                         ends these waits with ECANCELED; true if there were any
--   sleep(sec), suspend([sec])
--   current()                          a handle of the coroutine that calls
--   resume(handle)                     ends its suspend(); true if it was suspended
function poller.use(adapter)
  if adapter ~= nil then
    if type(adapter) ~= 'table' then
      error(("bad argument #1 to 'use' (adapter expected, got %s)"):format(type(adapter)), 2)
    end
    check_functions(adapter, WAITS)
    if has_locks(adapter) then
      check_functions(adapter, LOCKS)
    else
      add_locks(adapter)
    end
  end
  local before = used
  used = adapter
  return before
end

-- What the calling coroutine waits with: net.loop, the adapter in use, or nil if it has to block.
function poller.current()
  local loop = package.loaded['net.loop'] -- of one that was never loaded nobody is a task
  if loop and loop.pollable() then
    return loop
  elseif used and used.pollable() then
    return used
  end
  return nil
end

return poller
