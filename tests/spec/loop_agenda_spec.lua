-- SPDX-License-Identifier: MIT
local agenda = require('net.poller.agenda')
local expect = require('expect')

describe('an agenda', function()
  local tasks, now, changes, resumed

  before_each(function()
    now, changes, resumed = 0, 0, {}
    tasks = agenda.new(function()
      return now
    end, coroutine.yield, function(wait)
      table.insert(resumed, wait)
      assert(coroutine.resume(wait.task))
    end, function()
      changes = changes + 1
    end)
  end)

  -- A wait of a task of its own, after which `finally` is called.
  local function pause(sec, finally)
    local wait = {}
    wait.task = coroutine.create(function()
      tasks:pause(wait, sec)
      if finally then
        finally(wait)
      end
    end)
    assert(coroutine.resume(wait.task))
    return wait
  end

  local function turn()
    tasks:poll()
    return tasks:run()
  end

  it('has nothing to do at first', function()
    expect(tasks:due()):to_be(nil)
    expect(turn()):to_be(false)
  end)

  it('lets a wait go on when its time is over', function()
    local wait = pause(2.5)
    expect(tasks:due()):to_be(2.5)
    now = 2
    expect(tasks:due()):to_be(0.5)
    expect(turn()):to_be(false)
    now = 3
    expect(tasks:due()):to_be(0)
    expect(turn()):to_be(true)
    assert.same({ wait }, resumed)
    expect(tasks:due()):to_be(nil)
    expect(turn()):to_be(false)
  end)

  it('lets a wait go on when it is woken, once', function()
    local wait = pause(5)
    tasks:wake(wait)
    tasks:wake(wait)
    expect(tasks:due()):to_be(0)
    expect(turn()):to_be(true)
    tasks:wake(wait)
    now = 10
    expect(turn()):to_be(false)
    assert.same({ wait }, resumed)
  end)

  it('lets a wait go on once that is woken when its time is over', function()
    local last
    local first = pause(1, function()
      tasks:wake(last)
    end)
    last = pause(2)
    now = 3
    turn()
    turn()
    assert.same({ first, last }, resumed)
  end)

  it('looks at no deadline before there was a poll', function()
    tasks:poll()
    local wait = pause(0)
    expect(tasks:run()):to_be(false)
    expect(tasks:due()):to_be(0)
    expect(turn()):to_be(true)
    assert.same({ wait }, resumed)
  end)

  it('leaves what becomes ready in a turn for the next one', function()
    local count = 0
    local function again()
      count = count + 1
      if count < 3 then
        tasks:wake(pause(nil, again))
      end
    end
    tasks:wake(pause(nil, again))
    for turns = 1, 3 do
      expect(turn()):to_be(true)
      assert.equal(turns, count)
    end
    expect(turn()):to_be(false)
  end)

  it('loses nobody when one raises an error', function()
    local waits = {}
    for i = 1, 3 do
      waits[i] = pause(nil, i == 2 and error or nil)
      tasks:wake(waits[i])
    end
    assert.is_false(pcall(turn))
    expect(tasks:due()):to_be(0)
    expect(turn()):to_be(true)
    assert.same(waits, resumed)
  end)

  it('tells when something is due earlier than before', function()
    local first = pause(5)
    assert.equal(1, changes)
    pause(6)
    assert.equal(1, changes)
    pause(4)
    assert.equal(2, changes)
    tasks:wake(first)
    assert.equal(3, changes)
  end)

  it('keeps the order of any deadlines', function()
    local state = 2024
    local function random(n)
      state = state * 16807 % 2147483647
      return state % n + 1
    end

    local waiting, count = {}, 0
    for _ = 1, 3000 do
      if random(3) > 1 then
        local wait = pause(random(200))
        waiting[#waiting + 1] = wait
      elseif waiting[1] then
        tasks:wake(table.remove(waiting, random(#waiting)))
      end
      if random(5) == 1 then
        now = now + random(10)
      end
      turn()
      local earliest = math.huge
      for i = #waiting, 1, -1 do
        assert.equal(waiting[i].deadline <= now, coroutine.status(waiting[i].task) == 'dead')
        if waiting[i].deadline <= now then
          table.remove(waiting, i)
          count = count + 1
        else
          earliest = math.min(earliest, waiting[i].deadline)
        end
      end
      assert.equal(earliest - now, tasks:due() or math.huge)
    end
    assert.is_true(count > 500)
  end)
end)
