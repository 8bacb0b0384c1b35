-- net.loop inside of the loop of libuv: its tasks and the callbacks of libuv take turns.
-- Run: ./dev lua 5.4 examples/embedding/luv.lua
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local loop = require('net.loop')
local uv = require('luv')

-- Lets the loop go on when one of its descriptors is ready, or a deadline has come, until none of its tasks is left.
local function embed()
  local poll, timer, prepare = uv.new_poll(assert(loop:fd())), uv.new_timer(), uv.new_prepare()

  local function step()
    if loop:step(0) == 0 then
      poll:close()
      timer:close()
      prepare:close()
    end
  end

  poll:start('r', step)
  prepare:start(function() -- libuv is about to wait, and nobody else resumes a task before that
    local sec = loop:timeout()
    timer:stop()
    if sec then
      timer:start(math.ceil(sec * 1000), 0, step)
    end
  end)
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
  print(count .. ' messages came through libuv')
end)

embed()
uv.run()
