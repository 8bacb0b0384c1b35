-- SPDX-License-Identifier: MIT
-- Some sockets count as writable when they are not: of room for datagrams in the full queue of a unix socket the kernel
-- tells only whoever is connected to it. Who waited in vain again and again tries now and then instead.
--
-- pause(vain, due, sleep), after so many attempts in a row at which nothing went, gives true; nil, nil, true when the
-- deadline has passed; or nil and a string. sleep(seconds) answers alike.

local deadline = require('net.deadline')

local MOST_VAIN, GLANCE_SEC = 8, 0.01

return function(vain, due, sleep)
  if vain > 1 and deadline.has_passed(due) then
    return nil, nil, true
  elseif vain > MOST_VAIN then
    return sleep(math.min(GLANCE_SEC, deadline.left(due) or GLANCE_SEC))
  end
  return true
end
