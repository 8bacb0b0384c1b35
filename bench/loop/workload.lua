-- SPDX-License-Identifier: MIT
-- What the loops of bench/loop have in common.

local llsocket = require('llsocket')

local workload = {
  batch = 100, -- so many tasks are spawned before others get their turn
  far_sec = 1000000, -- a deadline that never comes
  message = ('x'):rep(64),
}

-- How long the task with that number sleeps, of `count`: all differ, in no order, and wake within half a second, after
-- half a second in which all of them fall asleep.
function workload.nap_sec(number, count)
  return 0.5 + number * 7919 % count / count / 2
end

function workload.nothing() end

-- The two sockets of a stream pair.
function workload.new_pair()
  local socks = assert(llsocket.socket.pair(llsocket.SOCK_STREAM))
  return socks[1], socks[2]
end

-- A connected socket; the other end is a bare descriptor, which takes no memory of the process.
function workload.new_socket()
  local sock, other = workload.new_pair()
  other:unwrap()
  return sock
end

return workload
