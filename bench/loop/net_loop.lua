-- SPDX-License-Identifier: MIT
-- The loops of bench/loop with net.loop: row name -> function() that makes the loop.

local loop = require('net.loop')
local workload = require('bench.loop.workload')

local function run(fn)
  assert(loop.run(fn))
end

local function spawn()
  return function(count)
    run(function()
      for i = 1, count do
        loop.spawn(workload.nothing)
        if i % workload.batch == 0 then
          loop.later()
        end
      end
    end)
  end
end

local function switch()
  return function(count)
    local function task()
      for _ = 1, count / 2 do
        loop.sleep(0)
      end
    end
    loop.spawn(task)
    run(task)
  end
end

local function sleepers()
  return function(count, asleep)
    run(function()
      for i = 1, count do
        loop.spawn(loop.sleep, workload.nap_sec(i, count))
      end
      loop.later()
      asleep()
    end)
  end
end

local function deadlines()
  return function(count, armed)
    run(function()
      local tasks = {}
      for i = 1, count do
        tasks[i] = loop.spawn(loop.suspend, workload.far_sec)
      end
      loop.later()
      armed()
      for i = 1, count do
        tasks[i]:resume()
      end
    end)
  end
end

local function pingpong()
  local recv, send, message = loop.recv, loop.send, workload.message
  return function(count)
    local a, b = workload.new_pair()
    loop.spawn(function()
      for _ = 1, count do
        send(b, nil, recv(b, nil, #message))
      end
    end)
    run(function()
      for _ = 1, count do
        send(a, nil, message)
        assert(#recv(a, nil, #message) == #message)
      end
    end)
  end
end

local function parked()
  return function(count, all_parked)
    run(function()
      for _ = 1, count do
        loop.spawn(loop.recv, workload.new_socket(), workload.far_sec, #workload.message)
      end
      loop.later()
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
