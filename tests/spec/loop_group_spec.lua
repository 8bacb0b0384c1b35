-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local task = loops.task

after_each(loops.assert_idle)

-- Sleeps, and returns what it is given.
local function after(seconds, ...)
  loop.sleep(seconds)
  return ...
end

describe('a group', function()
  it('counts the tasks that were not collected', task(function()
    local group = loop.group()
    assert.equal(0, group:size())
    local tasks = { group:spawn(after, 0), group:spawn(after, 0) }
    assert.equal(2, group:size())
    tasks[1]:join()
    tasks[2]:join()
    assert.equal(2, group:size())
    group:await()
    assert.equal(1, group:size())
    group:await()
    assert.equal(0, group:size())
  end))

  it('gives its tasks as they end, with their results', task(function()
    local group = loop.group()
    local slow, quick = group:spawn(after, 0.02, 'slow', nil), group:spawn(after, 0.001, nil, 'quick', nil)
    expect(group:await()):to_be(quick, true, nil, 'quick', nil)
    expect(group:await()):to_be(slow, true, 'slow', nil)
    expect(group:await()):to_be(nil)
    expect(group:await(0)):to_be(nil)
  end))

  it('gives tasks that ended before in the order in which they did', task(function()
    local group = loop.group()
    local tasks = {}
    for i, ms in ipairs({ 15, 5, 10 }) do
      tasks[i] = group:spawn(after, ms / 1000, i)
    end
    for i = 1, 3 do
      tasks[i]:join()
    end
    expect(group:await()):to_be(tasks[2], true, 2)
    expect(group:await()):to_be(tasks[3], true, 3)
    expect(group:await()):to_be(tasks[1], true, 1)
  end))

  it('gives the error of a task that failed, which is reported as well', function()
    local failure = {}
    local reported = loops.reported(function()
      local group = loop.group()
      local failing = group:spawn(error, failure)
      local nothing = group:spawn(error)
      local ended, ok, err = group:await()
      assert.equal(failing, ended)
      assert.is_false(ok)
      assert.equal(failure, err)
      expect(group:await()):to_be(nothing, false, nil)
    end)
    assert.equal(2, #reported)
  end)

  it('gives tasks that were cancelled, also before they began', task(function()
    local group = loop.group()
    local waiting = group:spawn(loop.suspend)
    loop.later()
    local unbegun = group:spawn(loop.suspend)
    unbegun:cancel()
    waiting:cancel()
    expect(group:await()):to_be(unbegun, false, loops.cancellation)
    expect(group:await()):to_be(waiting, false, loops.cancellation)
    expect(group:await()):to_be(nil)
  end))

  it('gives tasks that ended by exit', task(function()
    local group = loop.group()
    local leaving = group:spawn(loop.exit, 1, nil)
    expect(group:await()):to_be(leaving, true, 1, nil)
  end))

  it('gives nil, nil, true when the time is over, and the task later', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    expect(group:await(0)):to_be(nil, nil, true)
    expect(group:await(0.005)):to_be(nil, nil, true)
    expect(loop.timeout(0.005, group.await, group)):to_be(nil, nil, true)
    loop.resume(spawned, 'x')
    expect(group:await(20)):to_be(spawned, true, true, 'x')
  end))

  it('gives what has ended without waiting', task(function()
    local group = loop.group()
    local spawned = group:spawn(after, 0, 'x')
    spawned:join()
    expect(group:await(0)):to_be(spawned, true, 'x')
  end))

  it('may be spawned into while it is awaited', task(function()
    local group = loop.group()
    local second
    local first = group:spawn(function()
      loop.sleep(0.001)
      second = group:spawn(after, 0.001, 'second')
      return 'first'
    end)
    expect(group:await()):to_be(first, true, 'first')
    expect(group:await()):to_be(second, true, 'second')
  end))

  it('may be awaited by a task of its own for the others', task(function()
    local group = loop.group()
    local other = group:spawn(after, 0.001, 'other')
    local awaiting = group:spawn(function()
      return group:await()
    end)
    expect(awaiting:join()):to_be(true, other, true, 'other')
    expect(group:await()):to_be(awaiting, true, other, true, 'other')
  end))

  it('can be joined task by task as well', task(function()
    local group = loop.group()
    local spawned = group:spawn(after, 0.001, 'x')
    expect(spawned:join()):to_be(true, 'x')
    expect(group:await()):to_be(spawned, true, 'x')
  end))

  it('hands arguments to its tasks', task(function()
    local group = loop.group()
    local spawned = group:spawn(function(...)
      return select('#', ...), ...
    end, nil, 1, nil)
    expect(group:await()):to_be(spawned, true, 3, nil, 1, nil)
  end))

  it('collects a thousand tasks', task(function()
    local group = loop.group()
    for i = 1, 1000 do
      group:spawn(after, (i % 10) / 1000, i)
    end
    local sum, count = 0, 0
    while true do
      local ended, ok, i = group:await(loops.patience)
      if not ended then
        break
      end
      assert.is_true(ok)
      count, sum = count + 1, sum + i
    end
    assert.equal(1000, count)
    assert.equal(500500, sum)
  end))

  it('keeps nothing of what was collected', task(function()
    local group = loop.group()
    local weak = setmetatable({}, { __mode = 'k' })
    for _ = 1, 50 do
      weak[group:spawn(after, 0)] = true
      group:await()
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
    assert.equal(0, group:size())
  end))

  it('may be dropped while its tasks go on', task(function()
    local ended = 0
    local function spawn_and_drop()
      local group = loop.group()
      for _ = 1, 10 do
        group:spawn(function()
          loop.sleep(0.002)
          ended = ended + 1
        end)
      end
    end
    spawn_and_drop()
    collectgarbage()
    collectgarbage()
    loop.sleep(0.01)
    loops.settle()
    assert.equal(10, ended)
  end))

  it('is filled outside of run, and outlives it', function()
    local group = loop.group()
    local spawned = group:spawn(after, 0, 'x')
    assert.equal(1, group:size())
    loop.run(function() end)
    assert.equal(1, group:size())
    expect(loops.run(group.await, group)):to_be(spawned, true, 'x')
  end)

  it('is awaited only inside of a task', function()
    local group = loop.group()
    local spawned = group:spawn(after, 0, 'x')
    assert.is_false((pcall(group.await, group)))
    loop.run(function() end)
    expect(loops.run(group.await, group)):to_be(spawned, true, 'x')
  end)

  it('lets one task await at a time', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    local first = loop.spawn(group.await, group)
    loop.later()
    loops.raised('another task awaits this group already', group.await, group)
    loop.resume(spawned)
    expect(first:join()):to_be(true, spawned, true, true)
  end))

  it('can be awaited again after a wait that was cancelled', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    local first = loop.spawn(group.await, group)
    loop.later()
    first:cancel()
    first:join()
    loop.resume(spawned, 'x')
    expect(group:await(20)):to_be(spawned, true, true, 'x')
  end))

  it('can be awaited again by the task whose wait was cancelled', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    local awaiting = loop.spawn(function()
      assert.is_false((net.pcall(group.await, group)))
      return group:await(20)
    end)
    loop.later()
    awaiting:cancel()
    loops.settle()
    loop.resume(spawned, 'x')
    expect(awaiting:join()):to_be(true, spawned, true, true, 'x')
  end))

  it('can be awaited again after a call that was refused', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    assert.is_false((net.pcall(group.await, group, 'x')))
    assert.is_false((net.pcall(group.await, group, -1)))
    loop.resume(spawned)
    loops.settle()
    loop.resume(spawned, 'x')
    expect(group:await(20)):to_be(spawned, true, true, 'x')
  end))

  it('can be awaited again after an await that could not wait', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    assert.is_false((net.pcall(string.gsub, 'x', 'x', function()
      group:await()
    end)))
    loops.settle()
    loop.resume(spawned, 'x')
    expect(group:await(20)):to_be(spawned, true, true, 'x')
  end))

  it('goes on waiting when somebody resumes the task that awaits it', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    local awaiting = loop.spawn(group.await, group, 20)
    loop.later()
    loop.resume(awaiting, 'not meant for it')
    loops.settle()
    loop.resume(spawned, 'x')
    expect(awaiting:join()):to_be(true, spawned, true, true, 'x')
    assert.equal(0, group:size())
  end))

  it('that is awaited by a task which ended otherwise can be awaited again', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    if not coroutine.close then
      spawned:cancel()
      group:await()
      return
    end
    local thread
    local awaiting = loop.spawn(function()
      thread = coroutine.create(function()
        group:await()
      end)
      coroutine.resume(thread)
    end)
    loop.later()
    coroutine.close(thread)
    awaiting:cancel()
    awaiting:join()
    loop.resume(spawned, 'x')
    expect(group:await(20)):to_be(spawned, true, true, 'x')
  end))
end)

describe('group:cancel', function()
  it('cancels all its tasks, and no others', task(function()
    local group = loop.group()
    local other = loop.spawn(loop.suspend, 0.01)
    for _ = 1, 5 do
      group:spawn(loop.suspend)
    end
    loop.later()
    for _ = 1, 5 do
      group:spawn(loop.suspend)
    end
    group:cancel()
    for _ = 1, 10 do
      local ended, ok, err = group:await(20)
      assert.equal('cancelled', ended:status())
      assert.is_false(ok)
      assert.equal(loops.cancellation, err)
    end
    expect(group:await()):to_be(nil)
    expect(other:join()):to_be(true, nil, nil, true)
  end))

  it('of a group without tasks does nothing', task(function()
    local group = loop.group()
    group:cancel()
    local spawned = group:spawn(after, 0, 'x')
    expect(group:await()):to_be(spawned, true, 'x')
    group:cancel()
  end))

  it('by a task of the group cancels that as well, at its next wait', task(function()
    local group = loop.group()
    local went_on = false
    local cancelling = group:spawn(function()
      group:cancel()
      went_on = true
      loop.sleep(0)
      error('it went on')
    end)
    expect(group:await()):to_be(cancelling, false, loops.cancellation)
    assert.is_true(went_on)
  end))

  it('wakes who awaits', task(function()
    local group = loop.group()
    local spawned = group:spawn(loop.suspend)
    local awaiting = loop.spawn(group.await, group)
    loop.later()
    group:cancel()
    expect(awaiting:join()):to_be(true, spawned, false, loops.cancellation)
  end))
end)

describe('the methods of a group', function()
  it('want a group', function()
    local group = loop.group()
    for _, name in ipairs({ 'spawn', 'await', 'cancel', 'size' }) do
      local text = ("bad argument #1 to '%s' (net.loop.group expected, got table)"):format(name)
      local message = loops.raised(text, function()
        local _ = group[name]({})
      end)
      assert.is_truthy(message:find('loop_group_spec.lua:%d+: '), message)
    end
  end)

  it('refuse to spawn what is no function, and count nothing', task(function()
    local group = loop.group()
    assert.is_false((pcall(group.spawn, group, 1)))
    assert.is_false((pcall(group.spawn, group)))
    assert.equal(0, group:size())
    expect(group:await()):to_be(nil)
  end))
end)
