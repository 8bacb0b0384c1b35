-- SPDX-License-Identifier: MIT
local descriptors = require('descriptors')
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack
local task = loops.task
local cancellation = loops.cancellation

after_each(loops.assert_idle)

-- What not every function that takes values would hand on.
local function odd_values()
  return nil, false, 'x', nil
end

describe('loop.run', function()
  it('returns true and what the function returns', function()
    expect(loop.run(function() end)):to_be(true)
    expect(loop.run(odd_values)):to_be(true, nil, false, 'x', nil)
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
    end, odd_values())):to_be(true, 4, nil, false, 'x', nil)
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
    end, odd_values())
    spawned:join()
    assert.same(loops.pack(odd_values()), seen)
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
    expect(loop.spawn(odd_values):join()):to_be(true, nil, false, 'x', nil)
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
    local spawned = loop.spawn(odd_values)
    loops.raised('this is not inside a task; tasks begin with run() or spawn()', spawned.join, spawned)
    loop.run(function() end)
    expect(spawned:join()):to_be(true, odd_values())
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

describe('the hook for errors', function()
  it('gets the error, a traceback and the task', function()
    local failure = {}
    local failing
    local function culprit()
      error(failure)
    end
    local reported = loops.reported(function()
      failing = loop.spawn(function()
        loop.later()
        culprit()
        return 'no tail call'
      end)
    end)
    assert.equal(1, #reported)
    local err, traceback, from = unpack(reported[1], 1, 3)
    assert.equal(failure, err)
    assert.equal(failing, from)
    assert.is_truthy(traceback:find('culprit', 1, true), traceback)
    assert.is_truthy(traceback:find('loop_run_spec.lua', 1, true), traceback)
  end)

  it('is told of each task that fails, also of one that is joined', function()
    local reported = loops.reported(function()
      local a, b = loop.spawn(error, 'a'), loop.spawn(error, 'b')
      a:join()
      b:join()
    end)
    assert.equal(2, #reported)
  end)

  it('is returned when another takes its place', function()
    local function hook() end
    local default = loop.onerror(hook)
    assert.is_function(default)
    assert.equal(hook, loop.onerror())
    assert.equal(hook, loop.onerror(nil))
    assert.is_not_equal(hook, loop.onerror())
    assert.equal(loop.onerror(), loop.onerror(default))
  end)

  it('must be a function', function()
    loops.raised("bad argument #1 to 'onerror' (function expected, got number)", function()
      loop.onerror(1)
    end)
  end)

  -- H11
  it('stays the same when another is refused', function()
    local told = 0
    local function hook()
      told = told + 1
    end
    local default = loop.onerror(hook)
    for _, value in ipairs({ 1, 'x', {}, true, false, coroutine.create(hook) }) do
      assert.is_false((pcall(loop.onerror, value)))
      assert.equal(hook, loop.onerror())
    end
    loop.run(error, 'reported')
    loop.onerror(default)
    assert.equal(1, told)
  end)

  it('writes to standard error at first', function()
    local written = loops.output([[
      local function culprit()
        error('the message')
      end
      print(loop.run(function()
        loop.sleep(0)
        culprit()
        return 1
      end))]])
    assert.is_truthy(written:find('net.loop.task: 1, failed: [^\n]*the message\nstack traceback:'), written)
    assert.is_truthy(written:find('culprit', 1, true), written)
    assert.is_truthy(written:find('false\t[^\n]*the message'), written)
  end)

  it('is not told of a task that was cancelled', function()
    local reported = loops.reported(function()
      local waiting = loop.spawn(loop.suspend)
      loop.later()
      waiting:cancel()
      local unbegun = loop.spawn(loop.suspend)
      unbegun:cancel()
      waiting:join()
      unbegun:join()
    end)
    assert.same({}, reported)
  end)

  it('may spawn tasks, cancel and resume them, and look at the one that failed', function()
    local suspended, spawned, status, results
    local before = loop.onerror(function(_, _, failed)
      status = failed:status()
      results = loops.pack(failed:join())
      spawned = loop.spawn(loop.sleep, 0.001)
      suspended:resume('by the hook')
    end)
    local main = loops.pack(loop.run(function()
      suspended = loop.spawn(loop.suspend)
      loop.later()
      loop.spawn(error, 'reported', 0)
      return select(3, suspended:join())
    end))
    loop.onerror(before)
    assert.same(loops.pack(true, 'by the hook'), main)
    assert.equal('failed', status)
    assert.same(loops.pack(false, 'reported'), results)
    assert.equal('done', spawned:status())
  end)

  it('cannot wait', function()
    local raised
    local before = loop.onerror(function()
      raised = select(2, pcall(loop.sleep, 0))
    end)
    loop.run(error, 'reported')
    loop.onerror(before)
    assert.is_truthy(raised:find('this is not inside a task', 1, true), raised)
  end)
end)

describe('loop.exit', function()
  it('ends the task with these results', task(function()
    local spawned = loop.spawn(function()
      loop.exit(odd_values())
      error('it went on')
    end)
    expect(spawned:join()):to_be(true, odd_values())
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

-- One row for each function that waits: it begins a wait that nothing ends.
local function waits()
  local a, b = loops.pair()
  local full = loops.pair()
  repeat
    local n = full:send(('x'):rep(65536))
  until n == 0
  local listener = loops.listener()
  local sleeper
  return {
    sleep = function() loop.sleep(3600) end,
    suspend = function() loop.suspend() end,
    readable = function() loop.readable(a) end,
    writable = function() loop.writable(full) end,
    recv = function() loop.recv(b) end,
    recv_much = function() loop.recv(b, nil, 1000000) end,
    recvfrom = function() loop.recvfrom(b) end,
    send = function() loop.send(full, nil, ('x'):rep(65536)) end,
    accept = function() loop.accept(listener) end,
    relay = function() loop.relay(a, nil, full) end,
    sigwait = function() loop.sigwait(nil, 'SIGUSR1') end,
    join = function()
      sleeper = loop.spawn(loop.sleep, 3600)
      local ok, err = net.pcall(sleeper.join, sleeper)
      sleeper:cancel()
      if not ok then
        error(err, 0)
      end
    end,
    ['a lock'] = function()
      local owner = loop.spawn(function()
        loop.read_lock(a)
        loop.sleep(3600)
      end)
      loop.later()
      local ok, err = net.pcall(loop.read_lock, a)
      owner:cancel()
      if not ok then
        error(err, 0)
      end
    end,
    ['group:await'] = function()
      local group = loop.group()
      group:spawn(loop.sleep, 3600)
      local ok, err = net.pcall(group.await, group)
      group:cancel()
      if not ok then
        error(err, 0)
      end
    end,
    generator = function()
      coroutine.wrap(function()
        coroutine.wrap(loop.sleep)(3600)
      end)()
    end,
    timeout = function()
      loop.timeout(3600, loop.suspend)
    end,
    ['net.pcall'] = function()
      local ok, err = net.pcall(loop.suspend)
      if not ok then
        error(err, 0)
      end
    end,
  }
end

describe('task:cancel', function()
  for name in pairs(waits()) do
    it('ends the wait in ' .. name, task(function()
      local wait = waits()[name]
      local spawned = loop.spawn(wait)
      loops.settle()
      assert.equal('waiting', spawned:status())
      expect(spawned:cancel()):to_be(true)
      expect(spawned:join()):to_be(false, cancellation)
      assert.equal('cancelled', spawned:status())
      expect(spawned:cancel()):to_be(false)
    end))
  end

  it('ends the wait for others to run', task(function()
    local spawned = loop.spawn(function()
      while true do
        loop.later()
      end
    end)
    loop.later()
    loop.later()
    spawned:cancel()
    expect(spawned:join()):to_be(false, cancellation)
  end))

  it('raises the error where the task waits, and it can go on', task(function()
    local seen = {}
    local spawned = loop.spawn(function()
      for i = 1, 3 do
        local ok, err = net.pcall(loop.suspend)
        seen[i] = ok or err
      end
      return 'went on'
    end)
    for _ = 1, 3 do
      loops.settle()
      assert.is_true(spawned:cancel())
    end
    expect(spawned:join()):to_be(true, 'went on')
    assert.same({ cancellation, cancellation, cancellation }, seen)
    assert.equal('done', spawned:status())
  end))

  it('twice raises one error', task(function()
    local caught = 0
    local spawned = loop.spawn(function()
      local ok = net.pcall(loop.suspend)
      caught = caught + (ok and 0 or 1)
      return loop.sleep(0.001)
    end)
    loop.later()
    assert.is_true(spawned:cancel())
    assert.is_true(spawned:cancel())
    expect(spawned:join()):to_be(true, true)
    assert.equal(1, caught)
  end))

  it('ends a task that has not begun, whose function is never called', task(function()
    local has_begun = false
    local spawned = loop.spawn(function()
      has_begun = true
    end)
    local joiner = loop.spawn(spawned.join, spawned)
    expect(spawned:cancel()):to_be(true)
    assert.equal('cancelled', spawned:status())
    expect(spawned:join()):to_be(false, cancellation)
    expect(joiner:join()):to_be(true, false, cancellation)
    expect(spawned:cancel()):to_be(false)
    assert.is_false(has_begun)
  end))

  it('drops the arguments of a task that has not begun', task(function()
    local weak = setmetatable({}, { __mode = 'k' })
    local function spawn_with_garbage()
      local object = {}
      weak[object] = true
      return loop.spawn(function() end, object)
    end
    local spawned = spawn_with_garbage()
    spawned:cancel()
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
    assert.equal('cancelled', spawned:status())
  end))

  it('of the task that calls raises the error at its next wait', task(function()
    local before_wait = false
    local spawned = loop.spawn(function()
      assert(loop.running():cancel())
      before_wait = true
      loop.sleep(0)
      error('it went on')
    end)
    expect(spawned:join()):to_be(false, cancellation)
    assert.is_true(before_wait)
  end))

  it('of a task that never waits again changes nothing', task(function()
    local spawned = loop.spawn(function()
      loop.running():cancel()
      return 'result'
    end)
    expect(spawned:join()):to_be(true, 'result')
    assert.equal('done', spawned:status())
  end))

  it('of a task that has ended is false', function()
    local reported = loops.reported(function()
      local failed, returned = loop.spawn(error, 'x'), loop.spawn(function() end)
      loops.settle()
      expect(failed:cancel()):to_be(false)
      expect(returned:cancel()):to_be(false)
    end)
    assert.equal(1, #reported)
  end)

  it('works outside of run', function()
    local unbegun, waiting = loop.spawn(loop.suspend), loop.spawn(loop.suspend)
    unbegun:cancel()
    loop:step(0)
    expect(waiting:cancel()):to_be(true)
    loop.run(function() end)
    expect(unbegun:join()):to_be(false, cancellation)
    expect(waiting:join()):to_be(false, cancellation)
  end)

  it('is no cancellation when the task fails with another error', function()
    local reported = loops.reported(function()
      local spawned = loop.spawn(function()
        net.pcall(loop.suspend)
        error('another', 0)
      end)
      loop.later()
      spawned:cancel()
      expect(spawned:join()):to_be(false, 'another')
      assert.equal('failed', spawned:status())
    end)
    assert.equal(1, #reported)
  end)

  it('is a cancellation when the error is raised once more', task(function()
    local spawned = loop.spawn(function()
      local _, err = net.pcall(loop.suspend)
      loop.sleep(0)
      error(err, 0)
    end)
    loop.later()
    spawned:cancel()
    expect(spawned:join()):to_be(false, cancellation)
    assert.equal('cancelled', spawned:status())
  end))

  it('throws away what its wait came to in the same moment, and raises once', task(function()
    local a, b = loops.pair()
    local waits_after = 0
    local spawned = loop.spawn(function()
      local results = loops.pack(net.pcall(loop.suspend))
      local slept = loop.sleep(0.001)
      waits_after = waits_after + (slept and 1 or 0)
      return unpack(results, 1, results.n)
    end)
    loop.later()
    expect(loop.resume(spawned, 1, 2, 3)):to_be(true)
    expect(spawned:cancel()):to_be(true)
    expect(spawned:join()):to_be(true, false, cancellation)
    assert.equal(1, waits_after)

    local reader = loop.spawn(loop.recv, a)
    loop.later()
    b:send('x')
    reader:cancel()
    expect(reader:join()):to_be(false, cancellation)
    expect(loop.recv(a)):to_be('x')
  end))

  it('loses no descriptor of a connection that was accepted in the same moment', function()
    local before = descriptors.list()
    for _ = 1, 20 do
      loops.run(function()
        local listener, address = loops.listener()
        local llsocket = require('llsocket')
        local accepting = loop.spawn(loop.accept, listener)
        loop.later()
        local client = llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
        client:connect(address)
        loop.spawn(accepting.cancel, accepting)
        accepting:join()
        listener:close()
        client:close()
      end)
    end
    assert.same(before, descriptors.list())
  end)

  if loops.has_close then
    it('closes the <close> variables of the task', task(function()
      local closed = {}
      local waiting = loops.compiled([[
        local loop = require('net.loop')
        return function(handler)
          local variable <close> = setmetatable({}, { __close = handler })
          loop.suspend()
        end]])
      local spawned = loop.spawn(waiting, function(_, err)
        closed[#closed + 1] = err
      end)
      loop.later()
      spawned:cancel()
      expect(spawned:join()):to_be(false, cancellation)
      assert.same({ cancellation }, closed)
    end))
  end
end)
