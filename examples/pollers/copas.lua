-- An echo server and its clients in the loop of Copas.
-- Run: ./dev lua jit examples/pollers/copas.lua
-- SPDX-License-Identifier: MIT

local copas = require('copas')
local poller = require('net.poller')

local start = dofile((arg[0]:gsub('[^/]+$', 'echo.lua')))

poller.use(require('net.poller.copas')) -- before the first thread is added

local is_done = false

start(copas.addthread, function(text)
  print(text)
  is_done = true
end)

while not is_done do
  copas.step()
end
