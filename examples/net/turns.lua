-- Two tasks that share one connection. Methods with "sync" in their names let them in one after the other, so messages
-- stay whole. Without, the second task that has to wait is told EBUSY.
-- Run: ./dev lua 5.4 examples/net/turns.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local unix, loop = net.stream.unix, net.loop

local SIZE = 1000000 -- of a message, which does not fit at once: who sends it has to wait

-- Two tasks that call a method, each with a long message.
local function send_both(sock, method)
  local tasks = {}
  for i, letter in ipairs({ 'a', 'b' }) do
    tasks[i] = loop.spawn(function()
      return sock[method](sock, letter:rep(SIZE))
    end)
  end
  return tasks
end

local function letters(str)
  return (str:gsub('a+', 'a'):gsub('b+', 'b'))
end

assert(loop.run(function()
  local socks = assert(unix.pair())
  local a, b = socks[1], socks[2]

  local tasks = send_both(a, 'sendsync')
  print('in turn: ' .. letters(b:readn(2 * SIZE)))
  assert(tasks[1]:join() and tasks[2]:join())

  tasks = send_both(a, 'send')
  print('not in turn: ' .. letters(b:readn(SIZE)))
  local _, len, err = tasks[2]:join()
  assert(len == nil)
  print('the second task: ' .. err:match('^%[(%u+)'))

  -- Who asks first is served first. A turn is one call: use locks (net.loop) for several.
  for i = 1, 2 do
    loop.spawn(function()
      print(('reader %d: %s'):format(i, b:recvsync(5)))
    end)
  end
  loop.later() -- now both wait
  a:send('firstother')
end))
