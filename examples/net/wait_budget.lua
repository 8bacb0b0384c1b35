-- Hooks (onwaitrecv, onwaitsend) that give each connection a budget of waits. A client that sends its line a byte at a
-- time is left when that is spent, however many calls the program makes. Each call has a deadline as well, so that no
-- client keeps a connection for longer than ten times that.
-- Run: ./dev lua 5.4 examples/net/wait_budget.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local unix, loop = net.stream.unix, net.loop

local WAITS, DEADLINE_MSEC = 10, 2000

-- Is called before a wait, with the context and the milliseconds that are left of the deadline. With false as its first
-- result it refuses the wait: the call returns nil and the second.
local function spend(budget)
  budget.waits = budget.waits - 1
  if budget.waits < 0 then
    return false, 'the budget is spent'
  end
  return true
end

-- Sends lines back in capitals.
local function answer(sock)
  local budget = { waits = WAITS }
  sock:onwaitrecv(spend, budget)
  sock:onwaitsend(spend, budget)
  sock:deadlines(DEADLINE_MSEC, DEADLINE_MSEC)
  local line, err, timeout = sock:readline()
  while line do
    sock:send(line:upper() .. '\n')
    line, err, timeout = sock:readline()
  end
  print(err or timeout and 'the time is over' or 'the client is done')
  sock:close()
end

local function quick(sock)
  sock:send('a line\n')
  print(sock:readline())
end

local function slow(sock)
  while sock:send('x') do -- until the other end is closed
    loop.sleep(0.001)
  end
end

assert(loop.run(function()
  for _, talk in ipairs({ quick, slow }) do
    local socks = assert(unix.pair())
    local answering = loop.spawn(answer, socks[1])
    talk(socks[2])
    socks[2]:close()
    assert(answering:join())
  end
end))
