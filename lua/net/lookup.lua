-- SPDX-License-Identifier: MIT
-- The addresses of a host for a connection that a task makes, as they come: a name server that is slow, or fails, for
-- one family does not hold up the other (RFC 8305, section 3).

local llsocket = require('llsocket')
local scheduler = require('llsocket.scheduler')
local deadline = require('net.deadline')
local loop = require('net.loop')
local protected = require('net.protected')

local AF_INET, AF_INET6, AF_UNSPEC = llsocket.AF_INET, llsocket.AF_INET6, llsocket.AF_UNSPEC

-- How long, in seconds, to wait for all addresses before each family is looked up by itself as well.
local RESOLUTION_DELAY = 0.05

-- What may be otherwise for one family.
local is_passing = { EAI_AGAIN = true, EAI_FAIL = true, EAI_SYSTEM = true }

local lookup = {}

-- Whether a look-up by itself may give what this one, which failed, did not.
local function may_differ(err)
  return err ~= nil and is_passing[err:match('^%[([%u_]+)')] or false
end

local function await_first(group, due, begin)
  begin(AF_UNSPEC)
  local is_alone, err = false, nil
  while true do
    local left = deadline.left(due)
    local wait = is_alone and left or math.min(left or RESOLUTION_DELAY, RESOLUTION_DELAY)
    local task, ok, list, failure = group:await(wait)
    if task and ok and list then
      return list
    elseif task then
      err = err or failure
    end
    if deadline.has_passed(due) then
      return nil, err, true
    elseif not is_alone and (not task or may_differ(err)) and scheduler.lookups_have_room() then
      is_alone = true
      begin(AF_INET6)
      begin(AF_INET)
    elseif group:size() == 0 then
      return nil, err
    end
  end
end

-- The first addresses until the deadline, which must be one of the task (deadline.of_task): a list, while look-ups that
-- are still under way go on in the group; their results are those of loop.getaddrinfo. Else nil, what is wrong, and
-- true if the time was over. Who cancels the group ends it.
function lookup.first(group, due, host, port, socktype, protocol)
  local ok, list, err, timeout = protected.pcall(await_first, group, due, function(family)
    group:spawn(loop.getaddrinfo, deadline.left(due), host, port, family, socktype, protocol)
  end)
  if not ok or not list then
    group:cancel()
  end
  if not ok then
    error(list, 0)
  end
  return list, err, timeout
end

return lookup
