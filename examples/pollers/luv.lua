-- An echo server and its clients in the loop of libuv.
-- Run: ./dev lua 5.4 examples/pollers/luv.lua
-- SPDX-License-Identifier: MIT

local poller = require('net.poller')
local uv = require('luv')

local start = dofile((arg[0]:gsub('[^/]+$', 'echo.lua')))

poller.use(require('net.poller.luv'))

-- libuv has no tasks: a coroutine that a callback begins is one.
local function spawn(task)
  local timer = uv.new_timer()
  timer:start(0, 0, function()
    timer:close()
    coroutine.wrap(task)()
  end)
end

start(spawn, print)
uv.run()
