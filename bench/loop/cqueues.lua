-- SPDX-License-Identifier: MIT
-- The loops of bench/loop with cqueues: row name -> function() that makes the loop.

local condition = require('cqueues.condition')
local cqueues = require('cqueues')
local socket = require('cqueues.socket')
local workload = require('bench.loop.workload')

local function run(fn)
  local cq = cqueues.new()
  cq:wrap(fn, cq)
  assert(cq:loop())
end

-- Lets all new tasks run till their first wait: they begin after those that sleep for 0 seconds go on.
local function wait_for_new_tasks()
  cqueues.sleep(0)
  cqueues.sleep(0)
end

local function spawn()
  return function(count)
    run(function(cq)
      for i = 1, count do
        cq:wrap(workload.nothing)
        if i % workload.batch == 0 then
          cqueues.sleep(0)
        end
      end
    end)
  end
end

local function switch()
  return function(count)
    local function task()
      for _ = 1, count / 2 do
        cqueues.sleep(0)
      end
    end
    run(function(cq)
      cq:wrap(task)
      task()
    end)
  end
end

local function sleepers()
  return function(count, asleep)
    run(function(cq)
      for i = 1, count do
        cq:wrap(cqueues.sleep, workload.nap_sec(i, count))
      end
      wait_for_new_tasks()
      asleep()
    end)
  end
end

local function deadlines()
  return function(count, armed)
    run(function(cq)
      local woken = condition.new()
      for _ = 1, count do
        cq:wrap(woken.wait, woken, workload.far_sec)
      end
      wait_for_new_tasks()
      armed()
      woken:signal()
    end)
  end
end

local function pingpong()
  local message = workload.message
  return function(count)
    local a, b = assert(socket.pair('stream'))
    a:setmode('bn', 'bn')
    b:setmode('bn', 'bn')
    run(function(cq)
      cq:wrap(function()
        for _ = 1, count do
          b:write(b:read(#message))
        end
      end)
      for _ = 1, count do
        a:write(message)
        assert(#a:read(#message) == #message)
      end
    end)
  end
end

local function parked()
  return function(count, all_parked)
    run(function(cq)
      for _ = 1, count do
        local sock = assert(socket.fdopen(workload.new_socket():unwrap()))
        cq:wrap(sock.xread, sock, #workload.message, 'bn', workload.far_sec)
      end
      wait_for_new_tasks()
      all_parked()
    end)
  end
end

return {
  spawn = spawn,
  switch = switch,
  sleepers = sleepers,
  deadlines = deadlines,
  pingpong = pingpong,
  parked = parked,
}
