-- A tour of net.loop: 10,000 tasks, each on its own socketpair, send back what they hear, and wait ten seconds at most.
-- Where `ulimit -n` is too low, and 20,000 just is, those that do not fit have their turn when the others have ended.
-- Run: ./dev lua 5.4 examples/loop_tour.lua [-n COUNT]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local loop = require('net.loop')

local WAIT_SEC, ROUNDS = 10, 10 -- each task hears something ten times
local on_terminal = os.execute('test -t 1') -- true, or 0 in Lua 5.1
local echoes = 0

-- A task: until the other end is closed. Returns why it ended before that.
local function echo(sock)
  local msg, err, timeout = loop.recv(sock, WAIT_SEC)
  while msg do
    loop.send(sock, WAIT_SEC, msg)
    msg, err, timeout = loop.recv(sock, WAIT_SEC)
  end
  sock:close()
  return err or timeout and 'nothing came in time'
end

-- Begins so many tasks, or as many as fit: the other ends of their pairs.
local function begin(group, count)
  local ends = {}
  for i = 1, count do
    local pair, err = llsocket.socket.pair(llsocket.SOCK_STREAM, 0, true)
    if not pair then
      return i > 1 and ends or error(tostring(err), 0)
    end
    ends[i] = pair[1]
    group:spawn(echo, pair[2])
    loop.later() -- it runs now, until it waits
  end
  return ends
end

local function talk(ends)
  for round = 1, ROUNDS do
    for i, sock in ipairs(ends) do
      assert(loop.send(sock, WAIT_SEC, round .. ' ' .. i), 'the task has ended before its time')
    end
    for i, sock in ipairs(ends) do
      assert(loop.recv(sock, WAIT_SEC) == round .. ' ' .. i, 'no echo, or not in time')
      echoes = echoes + 1
    end
  end
end

local function show_progress(total)
  while (on_terminal == true or on_terminal == 0) and loop.sleep(0.1) do
    io.write(('%d of %d echoes\r'):format(echoes, total))
    io.flush()
  end
end

local function tour(count)
  local start, kb, group = loop.now(), collectgarbage('count'), loop.group()
  local ticker = loop.spawn(show_progress, count * ROUNDS)
  local left, most, longest_sec = count
  while left > 0 do
    local ends = begin(group, left)
    talk(ends)
    if not most then
      most, longest_sec = #ends, loop.stats().longest_step
      collectgarbage() -- takes longer than any step so far
      kb = (collectgarbage('count') - kb) / most
    end
    for _, sock in ipairs(ends) do
      sock:close()
      local _, ok, failure = group:await() -- a task that ended, which need not be the one on this pair
      assert(ok and not failure, failure)
    end
    left = left - #ends
  end
  ticker:cancel()
  local sec = loop.now() - start
  print(('%d tasks, %d at once; %d echoes in %.2f s, %.0f a second; %.1f KB of Lua memory a task; longest step %.1f ms')
    :format(count, most, echoes, sec, echoes / sec, kb, longest_sec * 1e3))
end

local count = tonumber(arg[1] == '-n' and arg[2] or not arg[1] and 10000)
if not count or count < 1 or count % 1 ~= 0 then
  io.stderr:write('usage: loop_tour.lua [-n COUNT], where COUNT is a whole number from 1\n')
  os.exit(2)
end
collectgarbage() -- what loading left behind
os.exit(loop.run(tour, count) and 0 or 1) -- the loop has told what failed
