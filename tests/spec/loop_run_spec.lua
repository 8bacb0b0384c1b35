-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack
local task = loops.task

after_each(loops.assert_idle)

describe('loop.run', function()
  it('returns true and what the function returns', function()
    expect(loop.run(function() end)):to_be(true)
    expect(loop.run(loops.odd_values)):to_be(true, nil, false, 'x', nil)
  end)

  it('returns what this function returns, whatever the one before did', function()
    local function returns(...)
      local values, expected = loops.pack(...), loops.pack(true, ...)
      assert.same(expected, loops.pack(loop.run(function()
        return unpack(values, 1, values.n)
      end)))
    end
    returns(true)
    returns()
    returns(true)
    returns(5)
    returns(true)
    returns(true, nil)
    returns(true)
    returns(nil)
    returns(false)
  end)

  it('hands its arguments to the function', function()
    expect(loop.run(function(...)
      return select('#', ...), ...
    end, loops.odd_values())):to_be(true, 4, nil, false, 'x', nil)
  end)

  it('returns false and the error when the function fails', function()
    local failure = {}
    local reported = 0
    local before = loop.onerror(function()
      reported = reported + 1
    end)
    expect(loop.run(error, 'text', 0)):to_be(false, 'text')
    local ok, err = loop.run(error, failure)
    assert.is_false(ok)
    assert.equal(failure, err)
    expect(loop.run(error, nil)):to_be(false, nil)
    loop.onerror(before)
    assert.equal(3, reported)
  end)

  it('returns when all tasks have ended', function()
    local log = {}
    local function late()
      loop.sleep(0.02)
      table.insert(log, 'second')
      loop.spawn(function()
        loop.sleep(0.02)
        table.insert(log, 'third')
      end)
    end
    expect(loop.run(function()
      loop.spawn(late)
      table.insert(log, 'first')
      return 'result'
    end)):to_be(true, 'result')
    assert.same({ 'first', 'second', 'third' }, log)
  end)

  it('also runs what was spawned before', function()
    local log = {}
    local early = loop.spawn(table.insert, log, 'early')
    expect(loop.run(table.insert, log, 'function')):to_be(true)
    assert.same({ 'early', 'function' }, log)
    assert.equal('done', early:status())
  end)

  it('can be called again and again', function()
    for i = 1, 100 do
      expect(loop.run(function()
        loop.later()
        return i
      end)):to_be(true, i)
    end
  end)

  it('can be called in a coroutine of the program', function()
    local results = coroutine.wrap(function()
      coroutine.yield('begun')
      return loops.pack(loop.run(function()
        loop.sleep(0.001)
        return 'result'
      end))
    end)
    assert.equal('begun', results())
    assert.same(loops.pack(true, 'result'), results())
  end)

  it('refuses what is no function, by its own name', function()
    loops.raised("bad argument #1 to 'run' (function expected, got number)", function()
      loop.run(1)
    end)
  end)
end)

describe('loop.run, called while the loop runs,', function()
  -- What run() did when it was called by `call(try)`, where try() calls it.
  local function attempt(call)
    local has_run, raised = false, nil
    call(function()
      raised = raised
        or loops.pack(pcall(loop.run, function()
          has_run = true
        end))
    end)
    return raised, has_run
  end

  local function assert_refused(raised)
    assert.is_table(raised, 'run() was not called')
    assert.is_false(raised[1], 'nothing was raised')
    assert.is_truthy(raised[2]:find('the loop is running already', 1, true), raised[2])
  end

  it('raises an error in a task', function()
    assert_refused(attempt(loops.run))
  end)

  it('raises it in the line of the program', function()
    local ok, err = pcall(loops.run, function()
      loop.run(print)
    end)
    assert.is_false(ok)
    assert.is_truthy(err:find('loop_run_spec%.lua:%d+: the loop is running already$'), err)
  end)

  it('does not call its function, nor later', function()
    local _, has_run = attempt(loops.run)
    assert.is_false(has_run)
  end)

  it('raises an error in a generator of a task', function()
    assert_refused(attempt(function(try)
      loops.run(function()
        coroutine.wrap(try)()
      end)
    end))
  end)

  it('raises an error in the hook for errors', function()
    assert_refused(attempt(function(try)
      local before = loop.onerror(try)
      loop.run(error, 'reported')
      loop.onerror(before)
    end))
  end)

  it('raises an error in that hook after it cancelled a task of a group that had not begun', function()
    assert_refused(attempt(function(try)
      local before = loop.onerror(function()
        loop.group():spawn(error, 'never begun'):cancel()
        try()
      end)
      loop.run(error, 'reported')
      loop.onerror(before)
    end))
  end)

  it('raises an error in the handler of a <close> variable of a task that failed', function()
    if not loops.has_close then
      return pending('this version has no <close> variables')
    end
    assert_refused(attempt(function(try)
      local failing = loops.compiled(
        [[
        local handler = ...
        return function()
          local variable <close> = setmetatable({}, { __close = handler })
          error('reported')
        end]],
        try
      )
      loops.reported(loop.spawn, failing)
    end))
  end)

  it('leaves the loop as it was', task(function()
    local other = loop.spawn(function()
      loop.sleep(0.01)
      return 'undisturbed'
    end)
    loop.later()
    assert.is_false((pcall(loop.run, print)))
    assert.is_false((pcall(loop.step, loop, 0)))
    expect(other:join()):to_be(true, 'undisturbed')
  end))
end)

describe('a deadlock', function()
  it('is an error of run, which counts the tasks', function()
    local task_a = loop.spawn(loop.suspend)
    local ok, err = pcall(loop.run, function()
      task_a:join()
    end)
    assert.is_false(ok)
    assert.is_truthy(err:find('deadlock: all tasks (2) wait for each other', 1, true), err)
    for _, row in ipairs(loop.dump()) do
      row.task:cancel()
    end
    expect(loop.run(function() end)):to_be(true)
    assert.equal('cancelled', task_a:status())
  end)

  it('is found among tasks that join each other', function()
    local a, b
    a = loop.spawn(function()
      b:join()
    end)
    b = loop.spawn(function()
      a:join()
    end)
    assert.is_false((pcall(loop.run, function() end)))
    a:cancel()
    expect(loop.run(function() end)):to_be(true)
    assert.equal('cancelled', a:status())
    assert.equal('done', b:status())
  end)

  it('is found when a group is awaited whose tasks wait', function()
    local group = loop.group()
    group:spawn(loop.suspend)
    assert.is_false((pcall(loop.run, group.await, group)))
    group:cancel()
    expect(loop.run(function() end)):to_be(true)
  end)

  it('is found when a lock is waited for that is never given back', function()
    local a = loops.pair()
    local owner = loop.spawn(function()
      loop.read_lock(a)
      loop.suspend()
    end)
    local waiter = loop.spawn(loop.read_lock, a)
    assert.is_false((pcall(loop.run, function() end)))
    owner:cancel()
    expect(loop.run(function() end)):to_be(true)
    assert.is_true((select(2, waiter:join())))
  end)

  it('leaves the functions of coroutines as they were', function()
    local resume, wrap = coroutine.resume, coroutine.wrap
    local waiting = loop.spawn(loop.suspend)
    assert.is_false((pcall(loop.run, function() end)))
    assert.equal(resume, coroutine.resume)
    assert.equal(wrap, coroutine.wrap)
    waiting:cancel()
    loop.run(function() end)
  end)

  it('is none while a deadline, a descriptor or a sleeper can end a wait', function()
    local a, b = loops.pair()
    expect(loop.run(function()
      local suspended = loop.spawn(loop.suspend, 0.02)
      local sleeper = loop.spawn(function()
        loop.sleep(0.04)
        b:send('x')
      end)
      local reader = loop.spawn(loop.readable, a)
      assert.same(loops.pack(true, nil, nil, true), loops.pack(suspended:join()))
      assert.same(loops.pack(true, true), loops.pack(reader:join()))
      assert.same(loops.pack(true), loops.pack(sleeper:join()))
    end)):to_be(true)
  end)
end)

describe('loop.exit', function()
  it('ends the task with these results', task(function()
    local spawned = loop.spawn(function()
      loop.exit(loops.odd_values())
      error('it went on')
    end)
    expect(spawned:join()):to_be(true, loops.odd_values())
    assert.equal('done', spawned:status())
    expect(loop.spawn(loop.exit):join()):to_be(true)
  end))

  it('ends the function of run', function()
    expect(loop.run(function()
      loop.exit('result')
    end)):to_be(true, 'result')
  end)

  it('ends the task from deep inside, through net.pcall and generators', task(function()
    local spawned = loop.spawn(function()
      net.pcall(function()
        coroutine.wrap(function()
          net.pcall(coroutine.wrap(loop.exit), 'from deep inside')
        end)()
      end)
      error('it went on')
    end)
    expect(spawned:join()):to_be(true, 'from deep inside')
  end))

  it('ends the task inside of a timeout', task(function()
    expect(loop.spawn(loop.timeout, 20, loop.exit, 'result'):join()):to_be(true, 'result')
  end))

  it('wakes who joins', task(function()
    local spawned = loop.spawn(function()
      loop.sleep(0.005)
      loop.exit('late')
    end)
    expect(spawned:join()):to_be(true, 'late')
  end))

  it('is an error outside of a task', function()
    loops.raised('this is not inside a task; tasks begin with run() or spawn()', loop.exit, 1)
  end)

  if loops.has_close then
    local closing = loops.compiled([[
      local loop = require('net.loop')
      return function(handler, ...)
        local variable <close> = setmetatable({}, { __close = handler })
        loop.exit(...)
      end]])

    it('closes the <close> variables', task(function()
      local closed = 0
      local spawned = loop.spawn(closing, function()
        closed = closed + 1
      end, 'result')
      expect(spawned:join()):to_be(true, 'result')
      assert.equal(1, closed)
    end))

    it('gives its results even if the handler of a <close> variable fails, which is told', function()
      local reported = loops.reported(function()
        local spawned = loop.spawn(closing, function()
          error('in the handler', 0)
        end, 'result')
        expect(spawned:join()):to_be(true, 'result')
      end)
      assert.equal(1, #reported)
      assert.equal('in the handler', reported[1][1])
    end)
  end
end)
