-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')

local task, pair = loops.task, loops.pair

after_each(loops.assert_idle)

describe('loop.now', function()
  it('is a number of seconds that never goes back', function()
    local before = loop.now()
    for _ = 1, 1000 do
      local now = loop.now()
      assert.is_true(now >= before)
      before = now
    end
  end)
end)

describe('loop.sleep', function()
  it('gives true when the time is over, and not before', task(function()
    assert.is_true(loops.seconds(function()
      expect(loop.sleep(0.03)):to_be(true)
    end) >= 0.03)
  end))

  it('takes fractions of a millisecond', task(function()
    assert.is_true(loops.seconds(function()
      for _ = 1, 10 do
        loop.sleep(0.0001)
      end
    end) >= 0.001)
  end))

  it('wakes sleepers in the order of their deadlines', task(function()
    local log = {}
    for _, ms in ipairs({ 30, 10, 20, 0, 40 }) do
      loop.spawn(function()
        loop.sleep(ms / 1000)
        log[#log + 1] = ms
      end)
    end
    loop.sleep(0.2)
    assert.same({ 0, 10, 20, 30, 40 }, log)
  end))

  it('lets others run while it sleeps', task(function()
    local turns = 0
    local other = loop.spawn(function()
      while true do
        turns = turns + 1
        loop.sleep(0.001)
      end
    end)
    loop.sleep(0.05)
    other:cancel()
    assert.is_true(turns > 1)
  end))

  it('of no time is a turn for all others that are ready', task(function()
    local log = {}
    for i = 1, 3 do
      loop.spawn(function()
        table.insert(log, i)
        expect(loop.sleep(0)):to_be(true)
        table.insert(log, 10 * i)
      end)
    end
    loop.sleep(0)
    assert.same({ 1, 2, 3 }, log)
    loop.sleep(0)
    assert.same({ 1, 2, 3, 10, 20, 30 }, log)
  end))

  it('keeps the processor idle', task(function()
    local before = os.clock()
    loop.sleep(0.2)
    assert.is_true(os.clock() - before < 0.15)
  end))

  it('must be told how long', task(function()
    loops.raised("bad argument #1 to 'sleep' (number expected, got no value)", function()
      loop.sleep()
    end)
    loops.raised("bad argument #1 to 'sleep' (number expected, got nil)", function()
      loop.sleep(nil)
    end)
  end))
end)

describe('loop.later', function()
  it('gives true', task(function()
    expect(loop.later()):to_be(true)
    expect(loop.later('ignored')):to_be(true)
  end))

  it('lets all others run that are ready', task(function()
    local turns = 0
    for _ = 1, 500 do
      loop.spawn(function()
        turns = turns + 1
      end)
    end
    loop.later()
    assert.equal(500, turns)
  end))

  it('lets sleepers and descriptors have their turn', task(function()
    local a, b = pair()
    local slept, was_read
    loop.spawn(function()
      slept = loop.sleep(0.001)
    end)
    loop.spawn(function()
      was_read = loop.recv(a)
    end)
    b:send('x')
    local deadline = loop.now() + loops.patience
    while not (slept and was_read) and loop.now() < deadline do
      loop.later()
    end
    assert.is_true(slept)
    assert.equal('x', was_read)
  end))

  it('gives true also after the deadline of a timeout', task(function()
    loop.timeout(0, function()
      expect(loop.later()):to_be(true)
    end)
  end))
end)

describe('loop.suspend', function()
  it('gives true and the values that the task is resumed with', task(function()
    local results
    local spawned = loop.spawn(function()
      results = loops.pack(loop.suspend())
    end)
    loop.later()
    expect(loop.resume(spawned, nil, 'x', nil)):to_be(true)
    spawned:join()
    assert.same(loops.pack(true, nil, 'x', nil), results)
  end))

  it('gives nil, nil, true when its time is over', task(function()
    expect(loop.suspend(0)):to_be(nil, nil, true)
    expect(loop.suspend(0.001)):to_be(nil, nil, true)
  end))

  it('hands on as many values as fit on a stack', task(function()
    local many = {}
    for i = 1, 5000 do
      many[i] = i
    end
    local spawned = loop.spawn(function()
      return select('#', loop.suspend())
    end)
    loop.later()
    loop.resume(spawned, (table.unpack or unpack)(many))
    expect(spawned:join()):to_be(true, 5001)
  end))

  it('keeps the values while collections run', task(function()
    local spawned = loop.spawn(function()
      return select(2, loop.suspend())
    end)
    loop.later()
    loop.resume(spawned, ('x'):rep(100), { 'y' })
    loops.collect()
    local ok, text, object = spawned:join()
    assert.is_true(ok)
    assert.equal(('x'):rep(100), text)
    assert.same({ 'y' }, object)
  end))
end)

describe('loop.resume', function()
  it('is a method of the task as well', task(function()
    local spawned = loop.spawn(loop.suspend)
    loop.later()
    expect(spawned:resume('x')):to_be(true)
    expect(spawned:join()):to_be(true, true, 'x')
  end))

  it('is false for a task that is not suspended, which goes on undisturbed', task(function()
    local a = pair()
    local unbegun = loop.spawn(loop.sleep, 0)
    expect(loop.resume(unbegun, 'x')):to_be(false)
    local sleeping, reading = loop.spawn(loop.sleep, 0.01), loop.spawn(loop.readable, a, 0.01)
    local joining = loop.spawn(sleeping.join, sleeping)
    loop.later()
    for _, spawned in ipairs({ sleeping, reading, joining, loop.running() }) do
      expect(loop.resume(spawned, 'x')):to_be(false)
    end
    expect(sleeping:join()):to_be(true, true)
    expect(reading:join()):to_be(true, nil, nil, true)
    expect(joining:join()):to_be(true, true, true)
    expect(loop.resume(sleeping)):to_be(false)
  end))

  it('a second time is false, and the values of the first arrive', task(function()
    local spawned = loop.spawn(loop.suspend)
    loop.later()
    expect(loop.resume(spawned, 'first')):to_be(true)
    expect(loop.resume(spawned, 'second')):to_be(false)
    expect(spawned:join()):to_be(true, true, 'first')
  end))

  it('is false once the time of the suspended task was over', task(function()
    local spawned = loop.spawn(loop.suspend, 0)
    spawned:join()
    expect(loop.resume(spawned)):to_be(false)
  end))

  it('works outside of run', function()
    local spawned = loop.spawn(loop.suspend)
    loop:step(0)
    expect(loop.resume(spawned, 'x')):to_be(true)
    loop.run(function() end)
    expect(spawned:join()):to_be(true, true, 'x')
  end)

  it('wants a task', function()
    loops.raised("bad argument #1 to 'resume' (net.loop.task expected, got table)", function()
      loop.resume({})
    end)
  end)
end)
