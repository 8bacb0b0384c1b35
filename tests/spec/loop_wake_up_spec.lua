-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')

local resume = coroutine.resume -- taken before the loop runs
local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

describe('a coroutine that waits', function()
  -- Its stack was all that kept them.
  it('may be taken off by others, and what it sends stays as it was', function()
    local reported = loops.reported(function()
      local a, b = loops.pair()
      local thread
      local sender = loop.spawn(function()
        thread = coroutine.running()
        loop.send(a, nil, ('xyz'):rep(1000000))
      end)
      loop.later()
      assert.equal('waiting', sender:status())
      resume(thread)
      for i = 1, 10 do
        collectgarbage()
        assert.equal(1000000, #tostring(i % 10):rep(1000000))
      end
      local received, bytes = {}, 0
      while bytes < 3000000 do
        received[#received + 1] = assert(loop.recv(b, 20, 65536))
        bytes = bytes + #received[#received]
      end
      assert.is_true(table.concat(received) == ('xyz'):rep(1000000), 'other bytes came')
      assert.is_false((sender:join(20)))
    end)
    assert.equal(1, #reported)
  end)

  -- I1, I2
  it('wakes at once when another closes its socket, and the loop can end', function()
    local before = loop.now()
    loops.run(function()
      local a = pair()
      network.fill(a)
      local reader, writer = loop.spawn(loop.recv, a), loop.spawn(loop.send, a, nil, 'x')
      loops.settle()
      a:close()
      expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'recv'))
      expect(writer:join()):to_be(true, nil, failure('ECANCELED', 'send'))
      assert.same({}, loop.stats().waits)
    end)
    assert.is_true(loop.now() - before < loops.patience)
    assert.equal(0, loop.stats().timers)
  end)

  -- I4
  it('wakes once when its time is over and the event comes in the same moment', task(function()
    for _ = 1, 50 do
      local a, b = pair()
      local reader = loop.spawn(function()
        local first = loops.pack(loop.recv(a, 0.001))
        local before = loop.now()
        local slept = loops.pack(loop.sleep(0.003)) -- what a second wake-up would end
        return first, slept, loop.now() - before
      end)
      loop.later()
      local before = loop.now()
      while loop.now() < before + 0.0015 do
      end
      b:send('x')
      local _, first, slept, seconds = reader:join()
      assert.same(loops.pack(true), slept)
      assert.is_true(seconds >= 0.003, seconds)
      if first[1] then
        assert.same(loops.pack('x'), first)
      else
        assert.same(loops.pack(nil, nil, true), first)
        expect(loop.recv(a, 20)):to_be('x')
      end
      expect(loop.recv(a, 0)):to_be(nil, nil, true)
      a:close()
      b:close()
    end
  end))

  -- I4
  it('prefers the event that came in time to the deadline that passed meanwhile', task(function()
    local a, b = pair()
    local reader = loop.spawn(loop.recv, a, 0.005)
    loop.later()
    b:send('x')
    local before = loop.now()
    while loop.now() < before + 0.01 do
    end
    expect(reader:join()):to_be(true, 'x')
  end))

  -- I4
  it('wakes once when it is resumed, cancelled and out of time in the same moment', task(function()
    for _ = 1, 20 do
      local log = {}
      local suspended = loop.spawn(function()
        log[#log + 1] = loops.pack(net.pcall(loop.suspend, 0.001))
        log[#log + 1] = loops.pack(loop.sleep(0.002))
      end)
      loop.later()
      local before = loop.now()
      while loop.now() < before + 0.0015 do
      end
      assert.is_true(loop.resume(suspended, 'x'))
      assert.is_false(loop.resume(suspended, 'y'))
      suspended:cancel()
      suspended:join()
      assert.equal(2, #log)
      assert.same(loops.pack(false, loops.cancellation), log[1])
      assert.same(loops.pack(true), log[2])
    end
  end))

  -- I5
  it('and was out of time leaves its socket to the next, who gets the event', task(function()
    local a, b = pair()
    for i = 1, 10 do
      expect(loop.recv(a, 0.001)):to_be(nil, nil, true)
      local reader = loop.spawn(loop.recv, a, 20)
      loop.later()
      b:send(tostring(i))
      expect(reader:join()):to_be(true, tostring(i))
    end
  end))

  -- I7
  it('gets its event although another fails with its own', function()
    local results = {}
    local reported = loops.reported(function()
      local others, tasks = {}, {}
      for i = 1, 3 do
        local a, b = pair()
        others[i] = b
        tasks[i] = loop.spawn(function()
          results[i] = loop.recv(a, 20)
          if i == 1 then
            error('reported')
          end
        end)
      end
      loop.later()
      for i = 1, 3 do
        others[i]:send(tostring(i))
      end
      for i = 1, 3 do
        tasks[i]:join()
      end
    end)
    assert.same({ '1', '2', '3' }, results)
    assert.equal(1, #reported)
  end)

  -- I8
  it('again after its time was over finds nothing left of the wait before', task(function()
    local is_last = false
    local suspended = loop.spawn(function()
      local results = {}
      for i = 1, 5 do
        results[i] = loops.pack(loop.suspend(0.001))
      end
      is_last = true
      results[6] = loops.pack(loop.suspend(20))
      return results
    end)
    while not is_last do
      loop.sleep(0.001)
    end
    loop.resume(suspended, 'x')
    local _, results = suspended:join()
    for i = 1, 5 do
      assert.same(loops.pack(nil, nil, true), results[i])
    end
    assert.same(loops.pack(true, 'x'), results[6])
  end))

  -- I10
  it('for a lock and gives up is never its owner', task(function()
    local a = pair()
    loop.write_lock(a)
    local impatient = loop.spawn(function()
      local tried = loops.pack(loop.write_lock(a, 0))
      local waited = loops.pack(loop.write_lock(a, 0.001))
      loop.suspend()
      return tried, waited, (loop.write_unlock(a))
    end)
    loop.sleep(0.005)
    loop.write_unlock(a)
    loop.resume(impatient)
    local _, tried, waited, unlocked = impatient:join()
    assert.same(loops.pack(nil, nil, true), tried)
    assert.same(loops.pack(nil, nil, true), waited)
    assert.is_nil(unlocked)
    assert.is_true((loop.write_lock(a, 0)))
    loop.write_unlock(a)
  end))
end)

describe('a chain of wake-ups', function()
  -- I11
  it('of a hundred thousand takes a constant stack', task(function()
    local count = 100000
    local a, b
    local turns = 0
    local function play(other)
      while turns < count do
        turns = turns + 1
        loop.resume(other())
        loop.suspend()
      end
      loop.resume(other())
    end
    a = loop.spawn(play, function() return b end)
    b = loop.spawn(play, function() return a end)
    a:join()
    b:join()
    assert.is_true(turns >= count)
  end))

  -- I11
  it('of a function that ends with a call of itself costs no more each time', task(function()
    local function wait(times)
      loop.later()
      if times == 0 then
        return 'end'
      end
      return wait(times - 1)
    end
    assert.equal('end', wait(200000))
  end))

  it('through tasks that join each other takes a constant stack', task(function()
    local last = loop.spawn(loop.later)
    for _ = 1, 30000 do
      local before = last
      last = loop.spawn(function()
        before:join()
      end)
    end
    expect(last:join()):to_be(true)
  end))

  -- I11
  it('through a lock takes a constant stack', task(function()
    local a = pair()
    loop.read_lock(a)
    local owners = 0
    for _ = 1, 10000 do
      loop.spawn(function()
        assert(loop.read_lock(a))
        owners = owners + 1
        loop.read_unlock(a)
      end)
    end
    loop.later()
    loop.read_unlock(a)
    assert.is_true((loop.read_lock(a)))
    assert.equal(10000, owners)
    loop.read_unlock(a)
  end))

  -- I11
  it('of tasks that spawn each other takes a constant stack', function()
    local count = 0
    local function next_one()
      count = count + 1
      if count < 100000 then
        loop.spawn(next_one)
      end
    end
    loops.run(next_one)
    assert.equal(100000, count)
  end)

  -- I11
  it('of cancelled tasks that cancel each other takes a constant stack', task(function()
    local tasks = {}
    for i = 1, 10000 do
      tasks[i] = loop.spawn(function()
        local ok, err = net.pcall(loop.suspend)
        if tasks[i + 1] then
          tasks[i + 1]:cancel()
        end
        return ok, err
      end)
    end
    loop.later()
    tasks[1]:cancel()
    expect(tasks[10000]:join()):to_be(true, false, loops.cancellation)
  end))
end)
