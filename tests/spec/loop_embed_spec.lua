-- SPDX-License-Identifier: MIT
-- A loop that a host drives: its steps, how long it may wait, the descriptor to watch, and what it counts.
local descriptors = require('descriptors')
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')

local pair, task = loops.pair, loops.task

local has_fd = loop:fd() ~= nil

after_each(loops.assert_idle)

describe('loop:step', function()
  it('gives the number of tasks that are left', function()
    assert.equal(0, loop:step())
    local spawned = loop.spawn(loop.suspend)
    assert.equal(1, loop:step())
    local sleeper = loop.spawn(loop.sleep, 3600)
    assert.equal(2, loop:step(0))
    sleeper:cancel()
    loop.resume(spawned)
    loops.finish()
    assert.equal(0, loop:step())
  end)

  it('runs what is ready, and does not wait without a time', function()
    local turns = 0
    local spawned = loop.spawn(function()
      turns = turns + 1
      loop.suspend()
      turns = turns + 1
    end)
    loop:step()
    assert.equal(1, turns)
    loop:step()
    assert.equal(1, turns)
    loop.resume(spawned)
    loops.finish()
    assert.equal(2, turns)
  end)

  it('waits no longer than it is told', function()
    local spawned = loop.spawn(loop.suspend)
    loop:step(0)
    local before = loop.now()
    assert.equal(1, loop:step(0.02))
    assert.is_true(loop.now() - before >= 0.02)
    spawned:cancel()
    loops.finish()
  end)

  it('returns when something happened', function()
    local a, b = pair()
    local reader = loop.spawn(loop.recv, a)
    loop:step(0)
    b:send('x')
    local before = loop.now()
    while loop:step(20) > 0 do
    end
    assert.is_true(loop.now() - before < loops.patience)
    expect(reader:join()):to_be(true, 'x')
  end)

  it('returns when a sleeper wakes', function()
    loop.spawn(loop.sleep, 0.01)
    while loop:step(20) > 0 do
    end
  end)

  it('takes a loop or not', function()
    local sleeper = loop.spawn(loop.sleep, 3600)
    assert.equal(1, loop.step(0))
    sleeper:cancel()
    loops.finish()
    assert.equal(0, loop.step())
  end)

  it('returns at once when there are no tasks', function()
    local before = loop.now()
    assert.equal(0, loop:step(3600))
    assert.is_true(loop.now() - before < loops.patience)
  end)

  it('does not take a deadlock for an error, since the host can resume tasks', function()
    local spawned = loop.spawn(loop.suspend)
    assert.equal(1, loop:step(0.001))
    assert.equal(1, loop:step(0.001))
    assert.is_true(loop.resume(spawned, 'x'))
    loops.finish()
    expect(spawned:join()):to_be(true, true, 'x')
  end)

  it('refuses a wrong time, by its own name', function()
    for value, text in pairs({
      x = 'number expected, got string',
      [-1] = 'out of range (0 to 2147483647)',
      [math.huge] = 'out of range (0 to 2147483647)',
    }) do
      local message = loops.raised(("bad argument #1 to 'step' (%s)"):format(text), function()
        local _ = loop:step(value)
      end)
      assert.is_truthy(message:find('loop_embed_spec.lua:%d+: '), message)
    end
  end)

  it('and run can take turns', function()
    local log = {}
    loop.spawn(function()
      table.insert(log, 'begun')
      loop.sleep(0.001)
      table.insert(log, 'ended')
    end)
    loop:step(0)
    loop.run(table.insert, log, 'run')
    assert.same({ 'begun', 'run', 'ended' }, log)
  end)

  it('in a task is an error', task(function()
    local ok, err = pcall(loop.step, loop)
    assert.is_false(ok)
    assert.is_truthy(err:find('the loop is running already', 1, true), err)
  end))

  it('can be called in a coroutine of the host', function()
    local spawned = loop.spawn(function()
      return coroutine.wrap(loop.sleep)(0.001)
    end)
    coroutine.wrap(loops.finish)()
    expect(spawned:join()):to_be(true, true)
  end)
end)

describe('loop:timeout', function()
  it('is nil when only an event can bring something to do', function()
    expect((loop:timeout())):to_be(nil)
    local a = pair()
    local suspended, reader = loop.spawn(loop.suspend), loop.spawn(loop.readable, a)
    loop:step(0)
    expect((loop:timeout())):to_be(nil)
    suspended:cancel()
    reader:cancel()
    loops.finish()
  end)

  it('is 0 when a task is ready', function()
    loop.spawn(loop.later)
    expect(loop:timeout()):to_be(0)
    loops.finish()
    local suspended = loop.spawn(loop.suspend)
    loop:step(0)
    loop.resume(suspended)
    expect(loop:timeout()):to_be(0)
    loops.finish()
    local cancelled = loop.spawn(loop.suspend)
    loop:step(0)
    cancelled:cancel()
    expect(loop:timeout()):to_be(0)
    loops.finish()
  end)

  it('is 0 when a wait was ended by the host', function()
    local a = pair()
    local reader = loop.spawn(loop.readable, a)
    loop:step(0)
    loop.unwait(a)
    expect(loop:timeout()):to_be(0)
    loops.finish()
    local other = loop.spawn(loop.readable, a)
    loop:step(0)
    a:close()
    expect(loop:timeout()):to_be(0)
    loops.finish()
    assert.equal('done', reader:status())
    assert.equal('done', other:status())
  end)

  it('is the time until the nearest deadline', function()
    local sleeper, other = loop.spawn(loop.sleep, 3600), loop.spawn(loop.suspend, 7200)
    loop:step(0)
    local left = loop:timeout()
    assert.is_true(left > 3500 and left <= 3600)
    sleeper:cancel()
    loop:step(0)
    loop:step(0)
    left = loop:timeout()
    assert.is_true(left > 3600 and left <= 7200)
    other:cancel()
    loops.finish()
  end)

  it('is 0 when a deadline has passed', function()
    loop.spawn(loop.sleep, 0.001)
    loop:step(0)
    local before = loop.now()
    while loop.now() < before + 0.002 do
    end
    expect(loop:timeout()):to_be(0)
    loops.finish()
  end)
end)

describe('loop:fd', function()
  if not has_fd then
    it('gives nil and the error that this backend has none', function()
      expect(loop:fd()):to_be(nil, loops.failure('ENOTSUP', 'fd'))
    end)
    return
  end

  -- What the kernel says of the descriptor of the loop, asked as another loop would.
  local function readable_within(msec)
    return require('process').is_readable(loop:fd(), msec)
  end

  it('is a descriptor that other programs do not inherit, and stays the same', function()
    local fd = loop:fd()
    assert.is_true(descriptors.is_open(fd))
    assert.is_true(descriptors.is_close_on_exec(fd))
    loop.run(loop.sleep, 0)
    assert.equal(fd, loop:fd())
    assert.equal(fd, loop.fd())
  end)

  it('is readable when a task has something to do', function()
    local a, b = pair()
    local reader = loop.spawn(loop.recv, a)
    loop:step(0)
    assert.is_false(readable_within(0))
    b:send('x')
    assert.is_true(readable_within(20000))
    loops.finish()
    expect(reader:join()):to_be(true, 'x')
    assert.is_false(readable_within(0))
  end)

  it('is readable when a name was looked up', function()
    local asking = loop.spawn(loop.getaddrinfo, nil, 'localhost', 1)
    if loop:step(0) > 0 then -- the thread may have been quick
      assert.is_true(readable_within(20000))
    end
    loops.finish()
    assert.equal('done', asking:status())
  end)

  it('is not kept readable by what nobody waits for', function()
    local a, b = pair()
    local reader = loop.spawn(loop.readable, a)
    loop:step(0)
    b:send('x')
    loops.finish()
    expect(reader:join()):to_be(true, true)
    loop:step(0)
    assert.is_false(readable_within(0))
    b:close()
    loop:step(0)
    loop:step(0)
    assert.is_false(readable_within(0))
  end)

  it('lets a host wait for the loop and for its own deadlines', function()
    local a, b = pair()
    local log = {}
    loop.spawn(function()
      for _ = 1, 3 do
        loop.sleep(0.002)
        b:send('x')
      end
      b:close()
    end)
    loop.spawn(function()
      while true do
        local text = loop.recv(a)
        log[#log + 1] = text
        if not text then
          return
        end
      end
    end)
    local deadline = loop.now() + loops.patience
    while loop:step(0) > 0 do
      assert(loop.now() < deadline, 'a task hangs')
      local left = loop:timeout()
      readable_within(left and math.ceil(left * 1000) or 20000)
    end
    assert.same({ 'x', 'x', 'x' }, log)
  end)
end)

describe('loop.stats', function()
  it('counts', function()
    local before = loop.stats()
    loops.run(function()
      local a, b = pair()
      loop.spawn(loop.suspend, 0.001)
      b:send('x')
      loop.recv(a)
      local reader = loop.spawn(loop.recv, a)
      loop.later()
      b:send('y')
      reader:join()
      local cancelled = loop.spawn(loop.readable, a)
      loop.later()
      cancelled:cancel()
      cancelled:join()
      local stats = loop.stats()
      assert.is_true(stats.tasks >= 1)
    end)
    local after = loop.stats()
    for _, name in ipairs({
      'tasks', 'spawned', 'resumed', 'timers', 'started', 'at_once', 'wakeups', 'events', 'timeouts', 'cancelled',
      'longest_step', 'kernel_tls',
    }) do
      assert.is_number(after[name], name)
    end
    assert.is_boolean(after.has_kernel_tls)
    assert.equal(0, after.tasks)
    assert.equal(before.spawned + 4, after.spawned)
    assert.is_true(after.resumed >= before.resumed + 4)
    assert.is_true(after.started > before.started)
    assert.is_true(after.at_once > before.at_once)
    assert.is_true(after.wakeups > before.wakeups)
    assert.is_true(after.events > before.events)
    assert.is_true(after.timeouts > before.timeouts)
    assert.is_true(after.cancelled > before.cancelled)
    assert.equal(0, after.timers)
  end)

  it('tells how many tasks wait for what', task(function()
    local a, b = pair()
    local tasks = {
      loop.spawn(loop.sleep, 20), loop.spawn(loop.sleep, 20), loop.spawn(loop.readable, a), loop.spawn(loop.recv, b),
      loop.spawn(loop.suspend),
    }
    loops.settle()
    local stats = loop.stats()
    assert.same({ sleep = 2, readable = 1, recv = 1, suspend = 1 }, stats.waits)
    assert.equal(6, stats.tasks)
    assert.equal(2, stats.timers)
    for _, waiting in ipairs(tasks) do
      waiting:cancel()
    end
  end))

  it('tells of no task that is not there', function()
    local stats = loop.stats()
    assert.equal(0, stats.tasks)
    assert.equal(0, stats.timers)
    assert.same({}, stats.waits)
  end)

  it('tells how long the longest step took', function()
    local spin = 0.02
    loop.run(function()
      local before = loop.now()
      while loop.now() < before + spin do
      end
    end)
    assert.is_true(loop.stats().longest_step >= spin)
  end)
end)
