-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack
local task, pair, slow_values = loops.task, loops.pair, loops.slow_values

after_each(loops.assert_idle)

local is_plain_5_1 = _VERSION == 'Lua 5.1' and not jit

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
    local other, turns = loops.count_turns()
    coroutine.wrap(loop.sleep)(0.02)
    other:cancel()
    assert.is_true(turns() > 0)
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
    loops.assert_sound()
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
    loops.assert_sound()
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
    loops.assert_sound()
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
      loops.assert_sound()
    end))
  end
end)
