-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')

local unpack = table.unpack or unpack
local task = loops.task
local cancellation = loops.cancellation

after_each(loops.assert_idle)

describe('loop.spawn', function()
  it('begins tasks when the loop gets to them, in order', task(function()
    local log = {}
    for i = 1, 200 do
      loop.spawn(table.insert, log, i)
    end
    assert.same({}, log)
    loops.settle()
    assert.equal(200, #log)
    for i = 1, 200 do
      assert.equal(i, log[i])
    end
  end))

  it('hands its arguments to the function', task(function()
    local seen
    local spawned = loop.spawn(function(...)
      seen = loops.pack(...)
    end, loops.odd_values())
    spawned:join()
    assert.same(loops.pack(loops.odd_values()), seen)
  end))

  it('takes as many arguments as fit on a stack', task(function()
    local many = {}
    for i = 1, 5000 do
      many[i] = i
    end
    local counting = loop.spawn(function(...)
      loop.later()
      return select('#', ...), (select(5000, ...))
    end, unpack(many))
    expect(counting:join()):to_be(true, 5000, 5000)
  end))

  it('refuses what is no function', function()
    for _, value in ipairs({ 1, 'x', true, {}, setmetatable({}, { __call = print }) }) do
      loops.raised(("bad argument #1 to 'spawn' (function expected, got %s)"):format(type(value)), function()
        loop.spawn(value)
      end)
    end
    loops.raised("bad argument #1 to 'spawn' (function expected, got no value)", function()
      loop.spawn()
    end)
  end)

  it('takes functions of C', task(function()
    expect(loop.spawn(math.max, 1, 3, 2):join()):to_be(true, 3)
    expect(loop.spawn(loop.sleep, 0.001):join()):to_be(true, true)
    expect(loop.spawn(loop.suspend, 0.001):join()):to_be(true, nil, nil, true)
  end))

  it('makes ten thousand tasks that all wait at once', task(function()
    local ended = 0
    for _ = 1, 10000 do
      loop.spawn(function()
        loop.sleep(0.01)
        ended = ended + 1
      end)
    end
    loop.later()
    loop.sleep(0.02)
    while ended < 10000 do
      loop.sleep(0.001)
    end
  end))
end)

describe('a task', function()
  it('has a number of its own, which grows', task(function()
    local a, b = loop.spawn(function() end), loop.spawn(function() end)
    assert.is_true(loop.running():id() < a:id())
    assert.is_true(a:id() < b:id())
    assert.equal(0, a:id() % 1)
  end))

  it('tells its number and its state as a text', task(function()
    local spawned = loop.spawn(function() end)
    local id = spawned:id()
    assert.equal(('net.loop.task: %d, ready'):format(id), tostring(spawned))
    spawned:join()
    assert.equal(('net.loop.task: %d, done'):format(id), tostring(spawned))
  end))

  it('has a status at any time', task(function()
    local a = loops.pair()
    local inside
    local spawned = loop.spawn(function()
      inside = loop.running():status()
      loop.readable(a)
    end)
    assert.equal('ready', spawned:status())
    loop.later()
    assert.equal('running', inside)
    assert.equal('waiting', spawned:status())
    assert.equal('running', loop.running():status())
    loop.unwait(a)
    spawned:join()
    assert.equal('done', spawned:status())
  end))

  it('is ready again while it lets others run', task(function()
    local spawned = loop.spawn(function()
      loop.later()
    end)
    local seen
    loop.spawn(function()
      seen = spawned:status()
    end)
    spawned:join()
    assert.equal('ready', seen)
  end))

  it('has failed, or was cancelled, or is done in the end', function()
    loops.reported(function()
      local failing, waiting, returning =
        loop.spawn(error, 'x'), loop.spawn(loop.suspend), loop.spawn(function() end)
      loops.settle()
      waiting:cancel()
      loops.settle()
      assert.equal('failed', failing:status())
      assert.equal('cancelled', waiting:status())
      assert.equal('done', returning:status())
    end)
  end)

  it('is what running() gives in it, and in its generators', task(function()
    local spawned, inside, in_generator
    spawned = loop.spawn(function()
      inside = loop.running()
      in_generator = coroutine.wrap(function()
        loop.later()
        return loop.running()
      end)()
    end)
    spawned:join()
    assert.equal(spawned, inside)
    assert.equal(spawned, in_generator)
    assert.is_not_equal(spawned, loop.running())
  end))

  it('is not what runs outside of the loop', function()
    expect(loop.running()):to_be()
    local spawned = loop.spawn(loop.sleep, 0)
    loop:step(0)
    expect((loop.running())):to_be(nil)
    loop.run(function() end)
    assert.equal('done', spawned:status())
  end)

  it('may not yield to nobody', function()
    local reported = loops.reported(function()
      local ok, err = loop.spawn(coroutine.yield, 'x'):join()
      assert.is_false(ok)
      assert.is_truthy(err:find('a task yielded', 1, true), err)
    end)
    assert.equal(1, #reported)
  end)

  it('refuses to be something else in its methods', function()
    local spawned = loop.spawn(function() end)
    for _, name in ipairs({ 'id', 'status', 'cancel', 'resume' }) do
      loops.raised(("bad argument #1 to '%s' (net.loop.task expected, got table)"):format(name), function()
        loops.compiled(('local task = ... local _ = task.%s({})'):format(name), spawned)
      end)
    end
    loop.run(function() end)
  end)

  it('is collected when it has ended and nobody uses it', task(function()
    local weak = setmetatable({}, { __mode = 'k' })
    for _ = 1, 100 do
      weak[loop.spawn(loop.sleep, 0)] = true
    end
    loops.settle()
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end))

  it('keeps what it has in its variables until it ends, and no longer', task(function()
    local weak = setmetatable({}, { __mode = 'k' })
    local spawned = loop.spawn(function()
      local object = {}
      weak[object] = true
      loop.suspend()
      return #object
    end)
    loop.later()
    collectgarbage()
    assert.is_not_nil(next(weak))
    loop.resume(spawned)
    spawned:join()
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end))
end)

describe('task:join', function()
  it('gives true and the results', task(function()
    expect(loop.spawn(loops.odd_values):join()):to_be(true, nil, false, 'x', nil)
    expect(loop.spawn(function() end):join()):to_be(true)
  end))

  it('gives them again, and to everybody', task(function()
    local spawned = loop.spawn(function()
      loop.sleep(0.005)
      return 'result', nil
    end)
    local joiners = {}
    for i = 1, 20 do
      joiners[i] = loop.spawn(spawned.join, spawned)
    end
    for i = 1, 20 do
      expect(joiners[i]:join()):to_be(true, true, 'result', nil)
    end
    expect(spawned:join()):to_be(true, 'result', nil)
    expect(spawned:join(0)):to_be(true, 'result', nil)
  end))

  it('gives false and the error of a task that failed', function()
    local failure = setmetatable({}, { __tostring = error })
    loops.reported(function()
      local ok, err = loop.spawn(error, failure):join()
      assert.is_false(ok)
      assert.equal(failure, err)
      expect(loop.spawn(error):join()):to_be(false, nil)
      expect(loop.spawn(error, false):join()):to_be(false, false)
    end)
  end)

  it('gives nil, nil, true when its time is over, and the task goes on', task(function()
    local spawned = loop.spawn(function()
      loop.suspend()
      return 'result'
    end)
    expect(spawned:join(0)):to_be(nil, nil, true)
    expect(spawned:join(0.005)):to_be(nil, nil, true)
    assert.equal('waiting', spawned:status())
    loop.resume(spawned)
    expect(spawned:join(20)):to_be(true, 'result')
  end))

  it('works outside of a task when the task has ended, and else is an error', function()
    local spawned = loop.spawn(loops.odd_values)
    loops.raised('this is not inside a task; tasks begin with run() or spawn()', spawned.join, spawned)
    loop.run(function() end)
    expect(spawned:join()):to_be(true, loops.odd_values())
  end)

  it('of the task itself is an argument error', task(function()
    local message = loops.raised("(a task cannot join itself)", function()
      loop.running():join()
    end)
    assert.is_truthy(message:find("'join'", 1, true), message)
  end))

  it('wakes in the order in which it was called', task(function()
    local log = {}
    local spawned = loop.spawn(loop.suspend)
    for i = 1, 10 do
      loop.spawn(function()
        spawned:join()
        log[#log + 1] = i
      end)
    end
    loop.later()
    loop.resume(spawned)
    loops.settle()
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, log)
  end))

  it('of a task that was cancelled while it joins wakes only others', task(function()
    local spawned = loop.spawn(loop.suspend)
    local a, b = loop.spawn(spawned.join, spawned), loop.spawn(spawned.join, spawned)
    loop.later()
    a:cancel()
    expect(a:join()):to_be(false, cancellation)
    loop.resume(spawned, 'x')
    expect(b:join()):to_be(true, true, true, 'x')
  end))

  it('hands on many results', task(function()
    local many = {}
    for i = 1, 5000 do
      many[i] = i
    end
    local spawned = loop.spawn(function()
      loop.later()
      return unpack(many)
    end)
    local results = loops.pack(spawned:join())
    assert.equal(5001, results.n)
    assert.equal(5000, results[5001])
  end))

  it('goes through a long chain of tasks', task(function()
    local last = loop.spawn(function()
      loop.later()
      return 'the end'
    end)
    for _ = 1, 1000 do
      local before = last
      last = loop.spawn(function()
        return select(2, before:join())
      end)
    end
    expect(last:join()):to_be(true, 'the end')
  end))
end)
