-- SPDX-License-Identifier: MIT
-- Taken before the loop is there.
local standard = { resume = coroutine.resume, wrap = coroutine.wrap, running = coroutine.running }

local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack

local task, pair, slow_values = loops.task, loops.pair, loops.slow_values

after_each(loops.assert_idle)

describe('the coroutine of a task', function()
  -- A task that waits by `wait`, and its coroutine.
  local function waiting_task(wait, ...)
    local thread
    local spawned = loop.spawn(function(...)
      thread = coroutine.running()
      return wait(...)
    end, ...)
    loop.later()
    return spawned, thread
  end

  for name, resume in pairs({ ['coroutine.resume'] = 'resume', ['the coroutine.resume of before'] = 'standard' }) do
    it('that is resumed by ' .. name .. ' does no harm to the loop', function()
      local written, status = loops.child(([[
        local standard = coroutine.resume
        loop.onerror(function() end)
        print(loop.run(function()
          local thread
          local spawned = loop.spawn(function()
            thread = coroutine.running()
            loop.suspend()
            loop.sleep(0.001)
          end)
          loop.later()
          loop.resume(spawned, 1, 2, 3)
          local resume = '%s' == 'resume' and coroutine.resume or standard
          resume(thread, 'x')
          resume(thread, 'y')
          spawned:join(20)
          local sleeper = loop.spawn(function()
            thread = coroutine.running()
            loop.sleep(0.001)
          end)
          loop.later()
          resume(thread)
          sleeper:join(20)
          return loop.sleep(0.01)
        end))]]):format(resume))
      assert.equal(0, status, written)
      assert.equal('true\ttrue\n', written)
    end)
  end

  it('is its own, whether it waits or not', task(function()
    local threads = {}
    for i = 1, 4 do
      loop.spawn(function()
        threads[i] = coroutine.running()
        if i % 2 == 0 then
          loop.later()
        end
      end)
    end
    loop.sleep(0.001)
    for i, thread in ipairs(threads) do
      assert.equal('dead', coroutine.status(thread))
      for j = 1, i - 1 do
        assert.is_true(thread ~= threads[j], i .. ' has that of ' .. j)
      end
    end
  end))

  if setfenv then
    it('has the globals of the one that spawns', task(function()
      local mine, before = {}, getfenv(0)
      local inherited, other
      loop.spawn(function()
        setfenv(0, mine)
        loop.spawn(function()
          inherited = getfenv(0)
        end)
      end)
      loop.spawn(function()
        other = getfenv(0)
      end)
      loop.sleep(0.001)
      assert.equal(mine, inherited)
      assert.equal(before, other)
    end))
  end

  if not jit then -- which has one hook for all
    it('has the hook of the one that runs the loop, and of no other task', function()
      local function hook() end
      local function count()
        return (select(3, debug.gethook())) or 0
      end
      local inside, outside
      loop.run(function() end)
      debug.sethook(hook, '', 1000000)
      loop.run(function()
        inside = count()
        debug.sethook(hook, '', 2000000)
      end)
      debug.sethook()
      loop.run(function()
        outside = count()
      end)
      assert.same({ 1000000, 0 }, { inside, outside })
    end)
  end

  it('is refused while it waits', task(function()
    local spawned, thread = waiting_task(loop.suspend)
    loop.resume(spawned, 1, 2, 3)
    local ok, err = coroutine.resume(thread, 'x')
    assert.is_false(ok)
    assert.is_truthy(err:find('cannot resume', 1, true), err)
    expect(spawned:join()):to_be(true, true, 1, 2, 3)
  end))

  it('is refused by wrapped functions as well', task(function()
    expect(coroutine.resume(coroutine.running())):to_be(standard.resume(coroutine.running()))
  end))

  if coroutine.close then
    it('may be closed by another task while it waits: the task fails', function()
      local reported = loops.reported(function()
        local spawned, thread = waiting_task(loop.sleep, 0.01)
        assert(coroutine.close(thread))
        assert.is_false((spawned:join(20)))
        loops.assert_sound()
      end)
      assert.equal(1, #reported)
    end)
  end
end)

describe('the coroutine of a task that has ended', function()
  local function nothing() end

  -- The coroutine of a task that does not ask for it, when that has ended.
  local function coroutine_of(fn, ...)
    local thread
    loop.spawn(function(...)
      thread = standard.running()
      return fn(...)
    end, ...):join(20)
    return thread
  end

  local returning = {
    ['has not waited'] = nothing,
    ['has waited'] = loop.later,
    ['has given values'] = function(...) return 1, nil, ... end,
    ['could not exit'] = function(...)
      net.pcall(string.gsub, 'x', 'x', loop.exit)
      return ...
    end,
  }

  for how, fn in pairs(returning) do
    it('runs another, which gets but its own values, if it ' .. how, task(function()
      for _, values in ipairs({ { n = 0 }, { n = 2, 'a', nil } }) do
        local thread = coroutine_of(fn, unpack(values, 1, values.n))
        local got
        assert.equal(thread, coroutine_of(function(...)
          got = loops.pack(...)
          loop.later()
        end, unpack(values, 1, values.n)))
        assert.same(values, got)
      end
    end))
  end

  local ending = {
    ['was asked for'] = function() coroutine.running() end,
    ['has failed'] = function() error('x') end,
    ['has exited'] = loop.exit,
    ['was cancelled'] = function()
      loop.running():cancel()
      loop.later()
    end,
  }
  if not jit then -- which has one hook for all
    ending['has a hook'] = function() debug.sethook(nothing, '', 1000000) end
  end

  for how, fn in pairs(ending) do
    it('runs no other if it ' .. how, function()
      loops.reported(function()
        for values = 0, 1 do
          local thread = coroutine_of(function() return fn() end, unpack({}, 1, values))
          for _ = 1, 3 do
            assert.is_not_equal(thread, coroutine_of(loop.later, unpack({}, 1, values)))
          end
        end
      end)
    end)
  end
end)

describe('coroutine.resume and coroutine.wrap as they were before the loop ran', function()
  for name, call in pairs({
    resume = function(fn)
      local ok, err = standard.resume(coroutine.create(fn))
      assert.is_false(ok)
      return err
    end,
    wrap = function(fn)
      local ok, err = net.pcall(standard.wrap(fn))
      assert.is_false(ok)
      return err
    end,
  }) do
    it(('give a clear error when something waits in a %s'):format(name), task(function()
      for _, wait in ipairs({
        function() loop.sleep(0) end,
        function() loop.later() end,
        function() loop.suspend() end,
        function() loop.exit() end,
        function() loop.recv((pair())) end,
        function() coroutine.wrap(loop.sleep)(0) end,
      }) do
        local err = call(wait)
        assert.is_truthy(err:find('take net.loop.coresume or net.loop.cowrap', 1, true), err)
        loops.assert_sound()
      end
    end))
  end

  it('work for what does not wait', task(function()
    local generator = standard.wrap(function()
      coroutine.yield(1)
      coroutine.yield(2)
    end)
    assert.equal(1, generator())
    assert.equal(2, generator())
    loops.assert_sound()
  end))

  it('can be replaced by net.loop.coresume and net.loop.cowrap', task(function()
    local generator = loop.cowrap(slow_values)
    assert.equal('a', generator('a'))
    local thread = coroutine.create(slow_values)
    expect(loop.coresume(thread, 'a')):to_be(true, 'a')
  end))
end)

describe('net.loop.coresume and net.loop.cowrap', function()
  it('are what coroutine.resume and coroutine.wrap are in a task', task(function()
    assert.equal(loop.coresume, coroutine.resume)
    assert.equal(loop.cowrap, coroutine.wrap)
    assert.is_not_equal(loop.coresume, standard.resume)
  end))

  it('work outside of the loop like those', function()
    local generator = loop.cowrap(function(...)
      return 'end', coroutine.yield(...)
    end)
    expect(generator(1, nil)):to_be(1, nil)
    expect(generator(2, nil)):to_be('end', 2, nil)
    expect(loop.coresume(coroutine.create(function(err)
      error(err, 0)
    end), 'x')):to_be(false, 'x')
  end)
end)
