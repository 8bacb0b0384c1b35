-- net.loop inside of a controller of cqueues: its tasks and the coroutines of cqueues take turns.
-- Run: ./dev lua 5.4 examples/embedding/cqueues.lua
-- SPDX-License-Identifier: MIT

local cqueues = require('cqueues')
local llsocket = require('llsocket')
local loop = require('net.loop')

-- Lets the loop go on when one of its descriptors is ready, or a deadline has come, until none of its tasks is left.
-- A coroutine of cqueues that resumes or spawns a task would have to wake this one.
local function embedded()
  local ready = { pollfd = assert(loop:fd()), events = 'r' }
  while loop:step(0) > 0 do
    cqueues.poll(ready, loop:timeout())
  end
  cqueues.cancel(ready.pollfd)
end

local ends = assert(llsocket.socket.pair(llsocket.SOCK_STREAM, nil, true))

loop.spawn(function()
  for i = 1, 3 do
    loop.sleep(0.01)
    loop.send(ends[1], nil, 'message ' .. i)
  end
  ends[1]:close()
end)

loop.spawn(function()
  local count = 0
  while loop.recv(ends[2]) do
    count = count + 1
  end
  print(count .. ' messages came through cqueues')
end)

local controller = cqueues.new()
controller:wrap(embedded)
assert(controller:loop())
