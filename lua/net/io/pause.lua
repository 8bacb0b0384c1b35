-- SPDX-License-Identifier: MIT
-- Some sockets count as writable when they are not: of room for datagrams in the full queue of a unix socket the kernel
-- tells only whoever is connected to it. Who waited in vain again and again tries now and then instead.

local deadline = require('net.deadline')

local MOST_VAIN, GLANCE_SEC = 8, 0.01

local pause = {}

-- After so many attempts in a row at which nothing went: true; nil, nil, true when the deadline has passed; or nil and
-- a string. doze(sock, seconds) answers alike.
function pause.once(vain, due, doze, sock)
  if vain > 1 and deadline.has_passed(due) then
    return nil, nil, true
  elseif vain > MOST_VAIN then
    return doze(sock, deadline.left(due))
  end
  return true
end

-- Sleeps for a moment, by sleep(seconds), or for less.
function pause.glance(sleep, seconds)
  return sleep(math.min(GLANCE_SEC, seconds or GLANCE_SEC))
end

-- Such a function where there is none but sleep(seconds).
function pause.by(sleep)
  return function(_, seconds)
    return pause.glance(sleep, seconds)
  end
end

return pause
