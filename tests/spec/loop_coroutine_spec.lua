-- SPDX-License-Identifier: MIT
-- Taken before the loop is there.
local standard = { resume = coroutine.resume, wrap = coroutine.wrap, running = coroutine.running }

local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack
local task, pair = loops.task, loops.pair

after_each(loops.assert_idle)

local is_plain_5_1 = _VERSION == 'Lua 5.1' and not jit

-- A generator that waits before each of its values.
local function slow_values(...)
  for i = 1, select('#', ...) do
    loop.sleep(0.001)
    coroutine.yield((select(i, ...)))
  end
  return 'end'
end

-- Whether the task can use generators and waits as if nothing had been.
local function assert_sound()
  local values = {}
  local generator = coroutine.wrap(function()
    for i = 1, 3 do
      coroutine.yield(i)
    end
  end)
  for i = 1, 3 do
    values[i] = generator()
  end
  assert.same({ 1, 2, 3 }, values)
  assert.equal('running', loop.running():status())
  expect(loop.sleep(0.001)):to_be(true)
  expect(loop.suspend(0.001)):to_be(nil, nil, true)
  expect(coroutine.wrap(loop.sleep)(0.001)):to_be(true)
  local a, b = pair()
  b:send('x')
  expect(loop.recv(a, 20)):to_be('x')
end

describe('a generator in a task', function()
  it('waits, and its values pass', task(function()
    local generator = coroutine.wrap(slow_values)
    local values = {}
    repeat
      local value = generator('a', 'b', 'c')
      values[#values + 1] = value
    until value == 'end'
    assert.same({ 'a', 'b', 'c', 'end' }, values)
  end))

  it('waits in coroutine.resume', task(function()
    local generator = coroutine.create(slow_values)
    expect(coroutine.resume(generator, 'a', 'b')):to_be(true, 'a')
    expect(coroutine.resume(generator)):to_be(true, 'b')
    expect(coroutine.resume(generator)):to_be(true, 'end')
    expect(coroutine.resume(generator)):to_be(false, 'cannot resume dead coroutine')
  end))

  it('gets and gives values that are nil', task(function()
    local generator = coroutine.wrap(function(...)
      loop.sleep(0)
      local first = loops.pack(coroutine.yield(...))
      loop.sleep(0)
      local second = loops.pack(coroutine.yield(unpack(first, 1, first.n)))
      loop.sleep(0)
      return unpack(second, 1, second.n)
    end)
    expect(generator(nil, 1, nil)):to_be(nil, 1, nil)
    expect(generator()):to_be()
    expect(generator(nil)):to_be(nil)
  end))

  it('lets others run while it waits', task(function()
    local turns = 0
    local other = loop.spawn(function()
      while true do
        loop.later()
        turns = turns + 1
      end
    end)
    coroutine.wrap(loop.sleep)(0.02)
    other:cancel()
    assert.is_true(turns > 0)
  end))

  it('gets the results of every kind of wait', task(function()
    local a, b = pair()
    local main = loop.running()
    local generator = coroutine.wrap(function()
      coroutine.yield(loops.pack(loop.suspend()))
      coroutine.yield(loops.pack(loop.suspend(0.001)))
      coroutine.yield(loops.pack(loop.recv(a, 0.001)))
      coroutine.yield(loops.pack(loop.readable(a)))
      coroutine.yield(loops.pack(loop.recv(a)))
      coroutine.yield(loops.pack(loop.spawn(loop.later):join()))
    end)
    loop.spawn(function()
      loop.resume(main, nil, 'x', nil)
    end)
    assert.same(loops.pack(true, nil, 'x', nil), generator())
    assert.same(loops.pack(nil, nil, true), generator())
    assert.same(loops.pack(nil, nil, true), generator())
    loop.spawn(b.send, b, 'text')
    assert.same(loops.pack(true), generator())
    assert.same(loops.pack('text'), generator())
    assert.same(loops.pack(true, true), generator())
  end))

  it('waits in a generator in a generator', task(function()
    local function nested(depth)
      return coroutine.wrap(function(...)
        if depth == 0 then
          slow_values(...)
          return 'end'
        end
        local inner = nested(depth - 1)
        local value = inner(...)
        while value ~= 'end' do
          loop.later()
          coroutine.yield(value .. depth)
          value = inner()
        end
        return 'end'
      end)
    end
    local outer = nested(5)
    assert.equal('a12345', outer('a', 'b'))
    assert.equal('b12345', outer())
    assert.equal('end', outer())
  end))

  it('may wait as often as it likes', task(function()
    local generator = coroutine.wrap(function()
      for _ = 1, 200000 do
        loop.later()
      end
      return 'end'
    end)
    assert.equal('end', generator())
  end))

  it('drives a for loop, where this Lua lets an iterator wait', task(function()
    local values = {}
    local ok, err = net.pcall(function()
      for value in coroutine.wrap(function()
        slow_values('a', 'b')
      end) do
        values[#values + 1] = value
      end
    end)
    if is_plain_5_1 then
      assert.is_false(ok)
      assert.is_string(err)
    else
      assert.is_true(ok, err)
      assert.same({ 'a', 'b' }, values)
    end
    assert_sound()
  end))

  it('drives a for loop on every Lua when it does not wait', task(function()
    local values = {}
    for value in coroutine.wrap(function()
      coroutine.yield('a')
      coroutine.yield('b')
    end) do
      values[#values + 1] = value
    end
    assert.same({ 'a', 'b' }, values)
  end))

  it('ends with the error of what it does, after a wait', task(function()
    local failure = {}
    local generator = coroutine.create(function()
      loop.sleep(0)
      error(failure)
    end)
    local ok, err = coroutine.resume(generator)
    assert.is_false(ok)
    assert.equal(failure, err)
    assert.equal('dead', coroutine.status(generator))
    assert_sound()
  end))

  it('sees the cancellation of its task where it waits', task(function()
    local seen
    local spawned = loop.spawn(function()
      coroutine.wrap(function()
        local ok, err = net.pcall(loop.suspend)
        seen = { ok, err }
        loop.suspend()
      end)()
      error('it went on')
    end)
    loop.later()
    spawned:cancel()
    loops.settle()
    assert.same({ false, loops.cancellation }, seen)
    assert.equal('waiting', spawned:status())
    spawned:cancel()
    expect(spawned:join()):to_be(false, loops.cancellation)
    assert.equal('cancelled', spawned:status())
  end))

  it('may be dropped in the middle', task(function()
    for _ = 1, 100 do
      local generator = coroutine.wrap(slow_values)
      generator('a', 'b')
    end
    collectgarbage()
    assert_sound()
  end))

  it('may be taken over by another task between its values', task(function()
    local generator = coroutine.wrap(slow_values)
    assert.equal('a', generator('a', 'b', 'c'))
    local other = loop.spawn(generator)
    expect(other:join()):to_be(true, 'b')
    assert.equal('c', generator())
  end))

  it('may go on outside of the loop between its values, but not wait there', function()
    local generator = loop.cowrap(function()
      coroutine.yield(loop.sleep(0))
      coroutine.yield('outside')
      local ok, err = net.pcall(loop.sleep, 0)
      coroutine.yield(ok and 'it waited' or err)
      return loop.sleep(0)
    end)
    assert.is_true(loops.run(generator))
    assert.equal('outside', generator())
    assert.is_truthy(generator():find('this is not inside a task', 1, true))
    assert.is_true(loops.run(generator))
  end)

  it('which waits in one task is refused in another, and goes on undisturbed', task(function()
    local slept
    local generator = coroutine.create(function(value)
      slept = loops.pack(loop.sleep(0.01))
      coroutine.yield(value)
      return 'end'
    end)
    local first = loop.spawn(coroutine.resume, generator, 'first')
    loop.later()
    expect(coroutine.resume(generator, 'second')):to_be(false, 'cannot resume non-suspended coroutine')
    expect(first:join()):to_be(true, true, 'first')
    assert.same(loops.pack(true), slept)
    expect(coroutine.resume(generator)):to_be(true, 'end')
  end))

  it('which waits in one task is refused outside of the loop', function()
    local generator = coroutine.create(function()
      return (loop.suspend())
    end)
    local waiting = loop.spawn(function()
      return coroutine.resume(generator)
    end)
    loop:step(0)
    expect(loop.coresume(generator)):to_be(false, 'cannot resume non-suspended coroutine')
    loop.resume(waiting)
    loop.run(function() end)
    expect(waiting:join()):to_be(true, true, true)
  end)

  if coroutine.close then
    it('may be closed by another task while it waits', task(function()
      local generator = coroutine.create(function()
        loop.sleep(0.01)
        error('it went on')
      end)
      local waiting = loop.spawn(coroutine.resume, generator)
      loop.later()
      assert(coroutine.close(generator))
      local ok, resumed = waiting:join()
      assert.is_true(ok)
      assert.is_false(resumed)
      assert_sound()
    end))
  end
end)

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
        assert_sound()
      end)
      assert.equal(1, #reported)
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
        assert_sound()
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
    assert_sound()
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

describe('the library of coroutines', function()
  it('is as before when run returns', function()
    loop.run(function() end)
    assert.equal(standard.resume, coroutine.resume)
    assert.equal(standard.wrap, coroutine.wrap)
    assert.equal(standard.running, coroutine.running)
  end)

  it('is as before when the function failed', function()
    local before = loop.onerror(function() end)
    loop.run(error)
    loop.onerror(before)
    assert.equal(standard.resume, coroutine.resume)
    assert.equal(standard.wrap, coroutine.wrap)
  end)

  it('is as before between the steps of a host, and after a run that was refused', function()
    local spawned = loop.spawn(function()
      assert.is_false((pcall(loop.run, print)))
      assert.equal(loop.coresume, coroutine.resume)
      loop.sleep(0.001)
    end)
    while loop:step(1) > 0 do
      assert.equal(standard.resume, coroutine.resume)
      assert.equal(standard.wrap, coroutine.wrap)
    end
    expect(spawned:join()):to_be(true)
  end)

  it('keeps what somebody else put there meanwhile', function()
    local library = coroutine
    local function other() end
    loop.run(function()
      rawset(library, 'wrap', other)
    end)
    assert.equal(other, coroutine.wrap)
    assert.equal(standard.resume, coroutine.resume)
    rawset(library, 'wrap', standard.wrap)
    loop.run(function() end)
    assert.equal(standard.wrap, coroutine.wrap)
  end)
end)

-- What the function gives with the functions of the standard and with those of the loop, as texts.
local function side_by_side(fn)
  local function results(library)
    local packed = loops.pack(net.pcall(fn, library))
    for i = 1, packed.n do
      packed[i] = tostring(packed[i])
    end
    return table.concat(packed, ' | ')
  end
  return results(standard), results({ resume = loop.coresume, wrap = loop.cowrap })
end

describe('the replaced functions', function()
  local cases = {
    ['an error with a position'] = function(library)
      local value = library.wrap(function()
        error('message')
      end)()
      return value
    end,
    ['an error without one'] = function(library)
      local value = library.wrap(function()
        error('message', 0)
      end)()
      return value
    end,
    ['an error that blames another level'] = function(library)
      local value = library.wrap(function()
        error('message', 2)
      end)()
      return value
    end,
    ['an error of Lua'] = function(library)
      local value = library.wrap(function()
        local nothing = loops.nothing
        nothing()
      end)()
      return value
    end,
    ['an error that is a number'] = function(library)
      local value = library.wrap(function()
        error(42)
      end)()
      return value
    end,
    ['an error that is a number without a position'] = function(library)
      local value = library.wrap(function()
        error(42, 0)
      end)()
      return value
    end,
    ['an error that is nil'] = function(library)
      local value = library.wrap(error)()
      return value
    end,
    ['an error that is false'] = function(library)
      local value = library.wrap(error)(false)
      return value
    end,
    ['an error that is a table'] = function(library)
      local value = library.wrap(error)(setmetatable({}, {
        __tostring = function()
          return 'a table'
        end,
      }))
      return value
    end,
    ['an error of a function of C'] = function(library)
      local value = library.wrap(error)('message')
      return value
    end,
    ['an error in a chunk'] = function(library)
      local value = library.wrap((loadstring or load)('error("message")', '=chunk'))()
      return value
    end,
    ['an error in a generator in a generator'] = function(library)
      local value = library.wrap(function()
        local inner = library.wrap(function()
          error('message')
        end)()
        return inner
      end)()
      return value
    end,
    ['an error in a for loop'] = function(library)
      for _ in library.wrap(function()
        coroutine.yield(1)
        error('message')
      end) do
      end
    end,
    ['an error in a function that pcall calls'] = function(library)
      return pcall(library.wrap(function()
        error('message')
      end))
    end,
    ['an error in a function that string.gsub calls'] = function(library)
      return pcall(string.gsub, 'text', '.', library.wrap(function()
        error('message')
      end))
    end,
    ['a generator that has ended'] = function(library)
      local generator = library.wrap(function() end)
      generator()
      local value = generator()
      return value
    end,
    ['a generator that has failed'] = function(library)
      local generator = library.wrap(error)
      pcall(generator)
      local value = generator()
      return value
    end,
    ['a coroutine that has ended'] = function(library)
      local thread = coroutine.create(function() end)
      library.resume(thread)
      return library.resume(thread)
    end,
    ['a coroutine that has failed'] = function(library)
      local thread = coroutine.create(error)
      library.resume(thread, 'message')
      return library.resume(thread)
    end,
    ['the coroutine itself'] = function(library)
      local thread
      thread = coroutine.create(function()
        return library.resume(thread)
      end)
      return library.resume(thread)
    end,
    ['the coroutine that resumed this one'] = function(library)
      local outer
      outer = coroutine.create(function()
        return library.resume(coroutine.create(function()
          return library.resume(outer)
        end))
      end)
      return library.resume(outer)
    end,
    ['the status from inside'] = function(library)
      local outer
      outer = coroutine.create(function()
        return coroutine.status(outer), library.wrap(function()
          return coroutine.status(outer)
        end)()
      end)
      return library.resume(outer)
    end,
    ['values in and out'] = function(library)
      local thread = coroutine.create(function(...)
        local first = loops.pack(coroutine.yield(select('#', ...), ...))
        return first.n, unpack(first, 1, first.n)
      end)
      local before = loops.pack(library.resume(thread, nil, 1, nil))
      local after = loops.pack(library.resume(thread, nil, nil))
      return before.n, before[2], before[3], before[4], before[5], after.n, after[2], after[3], after[4]
    end,
    ['many values'] = function(library)
      local thread = coroutine.create(function(...)
        return select('#', ...), unpack({}, 1, 7000)
      end)
      return select('#', library.resume(thread, unpack({}, 1, 7000)))
    end,
    ['a traceback of a coroutine that failed'] = function(library)
      local thread = coroutine.create(function()
        local nothing = loops.nothing
        nothing()
      end)
      library.resume(thread)
      return debug.traceback(thread)
    end,
    ['wrap of what is no function'] = function(library)
      local value = library.wrap(1)
      return value
    end,
    ['wrap of nothing'] = function(library)
      local value = library.wrap()
      return value
    end,
    ['resume of what is no coroutine'] = function(library)
      local value = library.resume(1)
      return value
    end,
    ['resume of nothing'] = function(library)
      local value = library.resume()
      return value
    end,
    ['a stack that overflows'] = function(library)
      local function endless()
        return 1 + endless()
      end
      local ok, err = library.resume(coroutine.create(endless))
      return ok, (tostring(err):match('[^\n]*'))
    end,
    ['coroutines without end in each other'] = function(library)
      if jit then
        return -- it has no limit, and no stack would do
      end
      local function endless()
        local ok, err = library.resume(coroutine.create(endless))
        return ok and err or err
      end
      return endless()
    end,
  }

  if _VERSION ~= 'Lua 5.2' and _VERSION ~= 'Lua 5.3' then -- which say that it is dead
    cases['a generator that calls itself'] = function(library)
      local generator
      generator = library.wrap(function()
        local value = generator()
        return value
      end)
      local value = generator()
      return value
    end
  end

  if loops.has_close then
    cases['an error while a variable is closed'] = loops.compiled([[
      return function(library)
        local log = {}
        local ok, err = pcall(library.wrap(function()
          local outer <close> = setmetatable({}, { __close = function(_, err) log[#log + 1] = tostring(err) end })
          local inner <close> = setmetatable({}, { __close = function() error('closing', 0) end })
          error('message')
        end))
        return ok, err, table.concat(log, ';')
      end]])
    cases['an error of nil while a variable is closed'] = loops.compiled([[
      return function(library)
        return pcall(library.wrap(function()
          local variable <close> = setmetatable({}, { __close = function() error() end })
          error('message')
        end))
      end]])
    cases['a coroutine that was closed'] = function(library)
      local thread = coroutine.create(coroutine.yield)
      library.resume(thread)
      local closed = coroutine.close(thread)
      return closed, library.resume(thread)
    end
  end

  for name, case in pairs(cases) do
    it('do as the standard ones in a task: ' .. name, task(function()
      local expected, given = side_by_side(case)
      assert.equal(expected, given)
      assert_sound()
    end))

    it('do as the standard ones outside of the loop: ' .. name, function()
      local expected, given = side_by_side(case)
      assert.equal(expected, given)
    end)
  end
end)

-- Calls of functions of C, metamethods and iterators through which something waits; each returns what it came to.
local function unless_failed(ok, result)
  if not ok then
    error(result, 0)
  end
  return result
end

local crossings = {
  ['pcall'] = function(wait)
    return unless_failed(pcall(wait))
  end,
  ['xpcall'] = function(wait)
    return unless_failed(xpcall(wait, tostring))
  end,
  ['table.sort'] = function(wait)
    table.sort({ 3, 2, 1 }, function(a, b)
      wait()
      return a < b
    end)
    return 'waited'
  end,
  ['string.gsub'] = function(wait)
    return (string.gsub('x', 'x', function()
      return wait()
    end))
  end,
  ['string.gsub with a generator'] = function(wait)
    return (string.gsub('x', 'x', coroutine.wrap(wait)))
  end,
  ['table.sort with a generator in it'] = function(wait)
    table.sort({ 2, 1 }, function(a, b)
      coroutine.wrap(wait)()
      return a < b
    end)
    return 'waited'
  end,
  ['load'] = function(wait)
    local pieces = { 'return ', "'waited'" }
    local chunk, err = load(function()
      wait()
      return table.remove(pieces, 1)
    end)
    return unless_failed(chunk, err or chunk)()
  end,
  ['require'] = function(wait)
    package.preload['a module of this test'] = wait
    local ok, result = pcall(require, 'a module of this test')
    package.loaded['a module of this test'] = nil
    package.preload['a module of this test'] = nil
    return unless_failed(ok, result)
  end,
  ['the metamethod __index'] = function(wait)
    return setmetatable({}, { __index = function()
      return wait()
    end }).field
  end,
  ['the metamethod __newindex'] = function(wait)
    setmetatable({}, { __newindex = function()
      wait()
    end }).field = 1
    return 'waited'
  end,
  ['the metamethod __add'] = function(wait)
    return setmetatable({}, { __add = function()
      return wait()
    end }) + 1
  end,
  ['the metamethod __concat'] = function(wait)
    return setmetatable({}, { __concat = function()
      return wait()
    end }) .. 'x'
  end,
  ['the metamethod __eq'] = function(wait)
    local metatable = { __eq = function()
      return wait() == 'waited'
    end }
    return setmetatable({}, metatable) == setmetatable({}, metatable) and 'waited'
  end,
  ['the metamethod __lt'] = function(wait)
    local metatable = { __lt = function()
      return wait() == 'waited'
    end }
    return setmetatable({}, metatable) < setmetatable({}, metatable) and 'waited'
  end,
  ['the metamethod __call'] = function(wait)
    return setmetatable({}, { __call = function()
      return wait()
    end })()
  end,
  ['the metamethod __tostring'] = function(wait)
    return tostring(setmetatable({}, { __tostring = function()
      return wait()
    end }))
  end,
  ['an iterator'] = function(wait)
    local result
    for value in function(_, before)
      return not before and wait() or nil
    end do
      result = value
    end
    return result
  end,
}

-- Where a version cannot wait, as patterns for the names above; else it must.
local crosses_not = {
  ['Lua 5.1'] = { '^pcall', '^xpcall', '^table', '^string', '^load', '^require', '__', 'iterator' },
  ['Lua 5.2'] = { '^table', '^string', '^load', '^require', '__tostring' },
  ['Lua 5.3'] = { '^table', '^string', '^load', '^require', '__tostring' },
  ['Lua 5.4'] = { '^table', '^string', '^load', '^require', '__tostring' },
  ['LuaJIT'] = { '^table', '^string', '^load', '^require' },
}

local function can_cross(name)
  if name:find('__call', 1, true) then
    return true
  end
  for _, pattern in ipairs(crosses_not[jit and 'LuaJIT' or _VERSION]) do
    if name:find(pattern) then
      return false
    end
  end
  return true
end

-- Whether the error may be Lua's own, which names no function: 5.2 does not tell beforehand whether a coroutine can
-- yield, 5.1 not in metamethods and iterators.
local function lua_tells_first(name)
  return _VERSION == 'Lua 5.2'
    or is_plain_5_1 and (name:find('__', 1, true) ~= nil or name:find('iterator', 1, true) ~= nil)
end

describe('a wait', function()
  local waits = {
    sleep = function()
      loop.sleep(0.001)
      return 'waited'
    end,
    later = function()
      loop.later()
      return 'waited'
    end,
    suspend = function()
      loop.suspend(0.001)
      return 'waited'
    end,
    recv = function()
      loop.recv((pair()), 0.001)
      return 'waited'
    end,
    join = function()
      loop.spawn(loop.sleep, 0):join()
      return 'waited'
    end,
    exit = function()
      loop.exit('waited')
    end,
  }

  for name, cross in pairs(crossings) do
    for kind, wait in pairs(waits) do
      it(('in %s inside of %s %s'):format(
        kind,
        name,
        can_cross(name) and 'waits' or 'raises an error, and the task goes on as before'
      ), task(function()
        if can_cross(name) then
          expect(loop.spawn(cross, wait):join()):to_be(true, 'waited')
          return
        end
        local spawned = loop.spawn(function()
          local ok, err = net.pcall(cross, wait)
          assert.is_false(ok)
          assert.is_string(err)
          local clear = ("cannot use '%s' here: a C function such as pcall or table.sort is in the way"):format(kind)
          local own = lua_tells_first(name) and 'attempt to yield across [%a/-]*%s?C%-call boundary' or '^$'
          assert.is_true(err:find(clear, 1, true) ~= nil or err:find(own) ~= nil, err)
          assert_sound()
          return 'sound'
        end)
        expect(spawned:join()):to_be(true, 'sound')
        assert.equal('done', spawned:status())
      end))
    end
  end

  it('that fails so leaves nothing in the loop', task(function()
    local before = loop.stats()
    for name, cross in pairs(crossings) do
      if not can_cross(name) then
        assert.is_false((net.pcall(cross, function()
          loop.sleep(3600)
        end)))
      end
    end
    loop.later()
    local after = loop.stats()
    assert.equal(before.tasks, after.tasks)
    assert.equal(before.timers, after.timers)
  end))

  it('that fails so is not what the task is resumed for later', task(function()
    local others = {}
    for i = 1, 200 do
      others[i] = loop.spawn(function()
        for _ = 1, 5 do
          loop.later()
        end
      end)
    end
    net.pcall(table.sort, { 3, 2, 1 }, function(a, b)
      loop.sleep(0.001)
      return a < b
    end)
    local before = loop.now()
    while loop.now() < before + 0.002 do
    end
    local turns = {}
    for i = 1, 20 do
      expect(loop.later()):to_be(true)
      turns[i] = i
    end
    expect(loop.suspend(0.005)):to_be(nil, nil, true)
    assert.equal(20, #turns)
    for _, other in ipairs(others) do
      other:join()
    end
  end))

  it('through pcall on plain 5.1 is an error that tells of net.pcall', task(function()
    if not is_plain_5_1 then
      return pending('this version can wait there')
    end
    local ok, err = pcall(loop.sleep, 0)
    assert.is_false(ok)
    assert.is_truthy(err:find('for pcall take net.pcall', 1, true), err)
  end))
end)

describe('net.pcall', function()
  it('gives true and the results', task(function()
    expect(net.pcall(function(...)
      loop.sleep(0)
      return ...
    end, nil, 1, nil)):to_be(true, nil, 1, nil)
    expect(net.pcall(function() end)):to_be(true)
  end))

  it('gives false and the error', task(function()
    local failure = {}
    local ok, err = net.pcall(function()
      loop.sleep(0)
      error(failure)
    end)
    assert.is_false(ok)
    assert.equal(failure, err)
    expect(net.pcall(error)):to_be(false, nil)
    expect(net.pcall(error, 'text', 0)):to_be(false, 'text')
  end))

  it('nests', task(function()
    local function nested(depth)
      if depth == 0 then
        loop.sleep(0)
        error('message', 0)
      end
      local ok, err = net.pcall(nested, depth - 1)
      loop.later()
      assert(not ok)
      error(err .. depth, 0)
    end
    expect(net.pcall(nested, 10)):to_be(false, 'message12345678910')
  end))

  it('lets what a generator yields pass', task(function()
    local generator = coroutine.wrap(function()
      local results = loops.pack(net.pcall(function(...)
        loop.sleep(0)
        local got = coroutine.yield(...)
        loop.sleep(0)
        error(got, 0)
      end, 1, nil))
      return unpack(results, 1, results.n)
    end)
    expect(generator()):to_be(1, nil)
    expect(generator('back')):to_be(false, 'back')
  end))

  it('works outside of the loop', function()
    expect(net.pcall(math.max, 1, 2)):to_be(true, 2)
    expect(net.pcall(error, 'x', 0)):to_be(false, 'x')
    local generator = coroutine.wrap(function()
      return net.pcall(coroutine.yield, 1)
    end)
    expect(generator()):to_be(1)
    expect(generator(2)):to_be(true, 2)
  end)

  it('without a function fails as pcall does', task(function()
    local ok, err = net.pcall(nil)
    assert.is_false(ok)
    assert.equal(select(2, pcall(nil)), err)
    local raised = loops.pack(pcall(net.pcall))
    assert.is_false(raised[1])
    assert.is_truthy(raised[2]:find('bad argument #1', 1, true), raised[2])
    assert.is_truthy(raised[2]:find('value expected', 1, true), raised[2])
  end))

  it('keeps the position of errors, and the stack shallow', task(function()
    local _, err = net.pcall(function()
      error('message')
    end)
    assert.is_truthy(err:find('loop_coroutine_spec.lua:%d+: message$'), err)
    for _ = 1, 10000 do
      net.pcall(loop.later)
    end
  end))

  it('overflows no stack of C when it is nested without end', function()
    local written, status = loops.child([[
      local function endless()
        local ok, err = net.pcall(endless)
        return ok and err or err
      end
      loop.run(endless)
      endless()
      print('alive')]])
    assert.equal(0, status, written)
    assert.equal('alive\n', written)
  end)
end)

describe('net.xpcall', function()
  it('gives true and the results, and hands arguments on', task(function()
    expect(net.xpcall(function(...)
      loop.sleep(0)
      return select('#', ...)
    end, debug.traceback, nil, 1, nil)):to_be(true, 3)
  end))

  it('gives false and what the handler makes of the error', task(function()
    expect(net.xpcall(function()
      loop.sleep(0)
      error('message', 0)
    end, function(err)
      return 'handled: ' .. err, 'second'
    end)):to_be(false, 'handled: message')
  end))

  it('tells where the error was with debug.traceback as the handler', task(function()
    local function culprit()
      loop.sleep(0)
      error('message')
    end
    local ok, traceback = net.xpcall(function()
      culprit()
      return 1
    end, debug.traceback)
    assert.is_false(ok)
    assert.is_truthy(traceback:find('message', 1, true), traceback)
    assert.is_truthy(traceback:find('culprit', 1, true), traceback)
  end))

  it('gives false also when the handler fails', task(function()
    local handled = loops.pack(net.pcall(net.xpcall, error, function()
      error('in the handler')
    end, 'message'))
    assert.is_true(handled[1], tostring(handled[2]))
    assert.is_false(handled[2])
  end))

  it('lets a cancellation pass through the handler', task(function()
    local spawned = loop.spawn(net.xpcall, loop.suspend, function(err)
      return err
    end)
    loop.later()
    spawned:cancel()
    expect(spawned:join()):to_be(true, false, loops.cancellation)
  end))
end)
