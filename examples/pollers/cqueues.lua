-- An echo server and its clients in a controller of cqueues.
-- Run: ./dev lua 5.4 examples/pollers/cqueues.lua
-- SPDX-License-Identifier: MIT

local cqueues = require('cqueues')
local poller = require('net.poller')

local start = dofile((arg[0]:gsub('[^/]+$', 'echo.lua')))

poller.use(require('net.poller.cqueues'))

local controller = cqueues.new()

start(function(task)
  controller:wrap(task)
end, print)

assert(controller:loop())
