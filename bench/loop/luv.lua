-- SPDX-License-Identifier: MIT
-- The loops of bench/loop with luv: row name -> function() that makes the loop. A task is a coroutine that callbacks
-- resume.

local uv = require('luv')
local workload = require('bench.loop.workload')

-- Runs the function in a coroutine; its first argument resumes that.
local function start(fn, ...)
  local resume = coroutine.wrap(fn)
  resume(resume, ...)
  return resume
end

-- Ends early when somebody resumes.
local function sleep(resume, sec)
  local timer = uv.new_timer()
  timer:start(math.floor(sec * 1000), 0, resume)
  coroutine.yield()
  timer:close()
end

-- Functions that wait in a table for the next turn of the loop cost less than a timer each.
local function spawn()
  return function(count)
    local idle, fns, left = uv.new_idle(), {}, count
    idle:start(function()
      for i, fn in ipairs(fns) do
        coroutine.wrap(fn)()
        fns[i] = nil
      end
      for i = 1, math.min(left, workload.batch) do
        fns[i] = workload.nothing
      end
      left = left - #fns
      if #fns == 0 then
        idle:close()
      end
    end)
    uv.run()
  end
end

-- An idle handle, which is called in each turn of the loop, costs less than a timer that is started again and again.
local function switch()
  return function(count)
    for _ = 1, 2 do
      local idle = uv.new_idle()
      idle:start(coroutine.wrap(function()
        for _ = 1, count / 2 do
          coroutine.yield()
        end
        idle:close()
      end))
    end
    uv.run()
  end
end

local function sleepers()
  return function(count, asleep)
    for i = 1, count do
      start(sleep, workload.nap_sec(i, count))
    end
    asleep()
    uv.run()
  end
end

local function deadlines()
  return function(count, armed)
    local tasks = {}
    for i = 1, count do
      tasks[i] = start(sleep, workload.far_sec)
    end
    armed()
    for i = 1, count do
      tasks[i]()
    end
    uv.run()
  end
end

-- A stream of luv over the descriptor, which it takes.
local function open_stream(sock)
  local stream = uv.new_pipe(false)
  assert(stream:open(sock:unwrap()))
  return stream
end

local function wait_to_read(resume, sock)
  local stream = open_stream(sock)
  stream:read_start(resume)
  sleep(resume, workload.far_sec)
  stream:close()
end

local function parked()
  return function(count, all_parked)
    for _ = 1, count do
      start(wait_to_read, workload.new_socket())
    end
    all_parked()
  end
end

-- Runs the function in a coroutine, which is resumed with all that the stream receives.
local function start_reader(sock, fn)
  local stream = open_stream(sock)
  local resume = start(fn, stream)
  stream:read_start(function(err, text)
    assert(not err, err)
    resume(text)
  end)
end

local function pingpong()
  local message, yield = workload.message, coroutine.yield
  return function(count)
    local a, b = workload.new_pair()
    start_reader(b, function(_, stream)
      for _ = 1, count do
        stream:write(yield())
      end
      stream:close()
    end)
    start_reader(a, function(_, stream)
      for _ = 1, count do
        stream:write(message)
        assert(#yield() == #message)
      end
      stream:close()
    end)
    uv.run()
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
