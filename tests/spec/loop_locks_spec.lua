-- SPDX-License-Identifier: MIT
local errno = require('llsocket').errno
local expect = require('expect')
local locks = require('net.locks')
local network = require('network')

local unpack = table.unpack or unpack

-- A scheduler whose clock stands still while anybody can run. What is due at one moment becomes ready together, in the
-- order in which it began to wait.
local Scheduler = {}
Scheduler.__index = Scheduler

local function new_scheduler()
  local self = setmetatable({ now = 0, ready = {}, sleeping = {} }, Scheduler)
  self.tasks = {
    current = function()
      return self.running
    end,
    suspend = function(sec)
      return self:suspend(sec)
    end,
    resume = function(task)
      return self:resume(task, true)
    end,
  }
  return self
end

function Scheduler:spawn(fn)
  local task = { thread = coroutine.create(fn), results = {} }
  table.insert(self.ready, task)
  return task
end

local function take_out(list, value)
  for i, element in ipairs(list) do
    if element == value then
      return table.remove(list, i)
    end
  end
end

function Scheduler:resume(task, ...)
  if not task.is_suspended then
    return false
  end
  task.is_suspended = false
  task.results = { ... }
  take_out(self.sleeping, task)
  table.insert(self.ready, task)
  return true
end

function Scheduler:suspend(sec)
  local task = self.running
  task.is_suspended = true
  if sec then
    task.deadline = self.now + sec
    table.insert(self.sleeping, task)
  end
  coroutine.yield()
  return task.results[1], task.results[2], task.results[3]
end

-- Cancels a task at its suspend().
function Scheduler:stop(task)
  return self:resume(task, nil, 'stopped')
end

function Scheduler:run_ready()
  while self.ready[1] do
    local turn = self.ready
    self.ready = {}
    for _, task in ipairs(turn) do
      self.running = task
      local ok, err = coroutine.resume(task.thread)
      self.running = nil
      if not ok then
        task.err = err
        assert(err == 'stopped', err)
      end
    end
  end
end

function Scheduler:wake_sleepers()
  local due = {}
  for _, task in ipairs(self.sleeping) do
    if task.deadline <= self.now then
      table.insert(due, task)
    end
  end
  for _, task in ipairs(due) do
    self:resume(task, nil, nil, true)
  end
end

function Scheduler:run()
  self:run_ready()
  while self.sleeping[1] do
    local now = math.huge
    for _, task in ipairs(self.sleeping) do
      now = math.min(now, task.deadline)
    end
    self.now = now
    self:wake_sleepers()
    self:run_ready()
  end
end

local function pack(...)
  return { n = select('#', ...), ... }
end

local LATE = pack(nil, nil, true)

local function failure(name, op)
  local kind = errno[name]
  return pack(nil, ('[%s:%d][%s] %s'):format(name, kind.code, op, kind.message))
end

local function cancelled(op)
  return failure('ECANCELED', op)
end

local scheduler, lock

before_each(function()
  scheduler = new_scheduler()
  lock = locks.new(scheduler.tasks)
end)

-- What the function returns in a task of its own, once all tasks are done.
local function in_task(fn, ...)
  local results
  local arguments = pack(...)
  scheduler:spawn(function()
    results = pack(fn(unpack(arguments, 1, arguments.n)))
  end)
  scheduler:run()
  return results
end

for _, kind in ipairs({ 'read', 'write' }) do
  local other = kind == 'read' and 'write' or 'read'
  local lock_name, unlock_name = kind .. '_lock', kind .. '_unlock'

  describe(lock_name, function()
    local acquire, unlock, log

    before_each(function()
      acquire, unlock, log = lock[lock_name], lock[unlock_name], {}
    end)

    local function note(name)
      table.insert(log, name .. '@' .. scheduler.now)
    end

    -- A task that has the lock of descriptor 5 for some seconds.
    local function hold(name, sec)
      return scheduler:spawn(function()
        expect(acquire(5)):to_be(true)
        note(name)
        scheduler:suspend(sec)
        expect(unlock(5)):to_be(true)
      end)
    end

    -- A task that tries to have it, and gives back at once what it got.
    local function try(sec)
      local attempt = {}
      attempt.task = scheduler:spawn(function()
        attempt.results = pack(acquire(5, sec))
        attempt.at = scheduler.now
        if attempt.results[1] then
          expect(unlock(5)):to_be(true)
        end
      end)
      return attempt
    end

    local function after(sec, fn)
      scheduler:spawn(function()
        scheduler:suspend(sec)
        fn()
      end)
    end

    local function is_free()
      return acquire(5, 0) and unlock(5)
    end

    it('takes a lock, and ' .. unlock_name .. ' gives it back, as often as one likes', function()
      in_task(function()
        for _ = 1, 3 do
          expect(acquire(5)):to_be(true)
          expect(unlock(5)):to_be(true)
        end
      end)
    end)

    it('is one lock for each descriptor and direction', function()
      in_task(function()
        expect(acquire(5)):to_be(true)
        expect(acquire(6)):to_be(true)
        expect(lock[other .. '_lock'](5)):to_be(true)
        scheduler:spawn(function()
          expect(acquire(5, 0)):to_be(nil, nil, true)
          expect(acquire(7)):to_be(true)
        end)
      end)
      scheduler:run()
    end)

    it('takes a socket for its descriptor', function()
      local sock = network.pair()
      in_task(function()
        expect(acquire(sock)):to_be(true)
        scheduler:spawn(function()
          expect(acquire(sock:fd(), 0)):to_be(nil, nil, true)
        end)
        scheduler:suspend(1)
        expect(unlock(sock:fd())):to_be(true)
      end)
    end)

    it('fails for a closed socket', function()
      local sock = network.pair()
      sock:close()
      assert.same(failure('EBADF', lock_name), in_task(acquire, sock))
      assert.same(failure('EBADF', lock_name), in_task(acquire, sock, 0))
      assert.same(failure('EPERM', unlock_name), in_task(unlock, sock))
    end)

    it('fails if the task has it already', function()
      in_task(function()
        expect(acquire(5)):to_be(true)
        assert.same(failure('EDEADLK', lock_name), pack(acquire(5)))
        assert.same(failure('EDEADLK', lock_name), pack(acquire(5, 0)))
        expect(unlock(5)):to_be(true)
        assert.is_true(is_free())
      end)
    end)

    it('is given back only by the task that has it', function()
      hold('owner', 1)
      assert.same(failure('EPERM', unlock_name), in_task(function()
        local results = pack(unlock(5))
        expect(acquire(5, 0)):to_be(nil, nil, true)
        return unpack(results, 1, results.n)
      end))
      assert.same(failure('EPERM', unlock_name), in_task(unlock, 5))
      assert.same(failure('EPERM', unlock_name), pack(unlock(5)))
    end)

    it('goes from hand to hand in the order of asking', function()
      for i = 1, 4 do
        hold('task ' .. i, 10)
      end
      scheduler:run()
      assert.same({ 'task 1@0', 'task 2@10', 'task 3@20', 'task 4@30' }, log)
    end)

    it('cannot be overtaken, not even by who gave it back', function()
      scheduler:spawn(function()
        for turn = 1, 3 do
          expect(acquire(5)):to_be(true)
          note('greedy ' .. turn)
          scheduler:suspend(1)
          expect(unlock(5)):to_be(true)
        end
      end)
      hold('modest', 1)
      scheduler:run()
      assert.same({ 'greedy 1@0', 'modest@1', 'greedy 2@2', 'greedy 3@3' }, log)
    end)

    it('is the next one\'s from the moment of unlocking', function()
      scheduler:spawn(function()
        acquire(5)
        scheduler:suspend(1)
        unlock(5)
        expect(acquire(5, 0)):to_be(nil, nil, true) -- the waiter has not run yet
      end)
      local waiter = try()
      scheduler:run()
      assert.same(pack(true), waiter.results)
    end)

    it('waits as long as it should, and no longer', function()
      hold('owner', 10)
      local short, long, forever = try(2.5), try(10.5), try()
      scheduler:run()
      assert.same({ LATE, 2.5 }, { short.results, short.at })
      assert.same({ pack(true), 10 }, { long.results, long.at })
      assert.same({ pack(true), 10 }, { forever.results, forever.at })
    end)

    it('is never had later by who gave up', function()
      hold('owner', 10)
      local tried, late = try(0), try(5)
      after(6, function()
        assert.same(failure('EPERM', unlock_name), pack(unlock(5)))
      end)
      scheduler:run()
      assert.same({ LATE, LATE }, { tried.results, late.results })
      assert.is_true(in_task(is_free)[1])
    end)

    it('passes over those in the middle who gave up', function()
      hold('first', 10)
      hold('second', 10)
      try(5)
      local first = try(3)
      hold('third', 10)
      try(7)
      scheduler:run()
      assert.same(LATE, first.results)
      assert.same({ 'first@0', 'second@10', 'third@20' }, log)
    end)

    it('is had if it is handed over when the time is over, but before the task goes on', function()
      local waiter
      scheduler:spawn(function()
        acquire(5)
        waiter = try(10)
        scheduler:suspend(10) -- begins before the waiter does, so ends before it
        unlock(5)
        assert.is_nil(waiter.results)
      end)
      scheduler:run()
      assert.same({ pack(true), 10 }, { waiter.results, waiter.at })
      assert.is_true(in_task(is_free)[1])
    end)

    it('is free if the waiter gave up just before it was unlocked', function()
      scheduler:spawn(function()
        acquire(5)
        scheduler:suspend(4)
        scheduler:suspend(6) -- begins after the waiter did, so ends after it
        unlock(5)
      end)
      local waiter = try(10)
      scheduler:run()
      assert.same({ LATE, 10 }, { waiter.results, waiter.at })
      assert.is_true(in_task(is_free)[1])
    end)

    it('waits on, with all its time, when somebody else resumes the task', function()
      hold('owner', 20)
      local waiter, patient = try(10), try()
      after(4, function()
        scheduler.tasks.resume(waiter.task)
        scheduler.tasks.resume(patient.task)
      end)
      scheduler:run()
      assert.same({ LATE, 14 }, { waiter.results, waiter.at })
      assert.same({ pack(true), 20 }, { patient.results, patient.at })
    end)

    describe('when the descriptor is woken', function()
      it('ends all waits for it, and leaves it to its owner', function()
        hold('owner', 10)
        local waiters = { try(), try(5), try(2) }
        local by_other
        scheduler:spawn(function()
          lock[other .. '_lock'](5)
          scheduler:suspend(20)
        end)
        scheduler:spawn(function()
          by_other = pack(lock[other .. '_lock'](5))
        end)
        after(3, function()
          expect(lock.wake(6)):to_be(false)
          expect(lock.wake(5)):to_be(true)
          expect(lock.wake(5)):to_be(false)
          expect(acquire(5, 0)):to_be(nil, nil, true)
        end)
        scheduler:run()
        assert.same({ cancelled(lock_name), 3 }, { waiters[1].results, waiters[1].at })
        assert.same({ cancelled(lock_name), 3 }, { waiters[2].results, waiters[2].at })
        assert.same({ LATE, 2 }, { waiters[3].results, waiters[3].at })
        assert.same(cancelled(other .. '_lock'), by_other)
        assert.is_true(in_task(is_free)[1])
      end)

      it('does not undo a hand-over', function()
        scheduler:spawn(function()
          acquire(5)
          scheduler:suspend(1)
          unlock(5)
          lock.wake(5)
        end)
        local first, second = try(), try()
        scheduler:run()
        assert.same({ pack(true), cancelled(lock_name) }, { first.results, second.results })
      end)

      it('says so to a waiter whose time is over but who has not run', function()
        local waiter
        scheduler:spawn(function()
          acquire(5)
          waiter = try(10)
          scheduler:suspend(10)
          expect(lock.wake(5)):to_be(true)
          unlock(5)
        end)
        scheduler:run()
        assert.same(cancelled(lock_name), waiter.results)
        assert.is_true(in_task(is_free)[1])
      end)
    end)

    describe('when the descriptor is forgotten', function()
      it('ends the waits and is nobody\'s', function()
        scheduler:spawn(function()
          acquire(5)
          scheduler:suspend(10)
          assert.same(failure('EPERM', unlock_name), pack(unlock(5)))
        end)
        local waiter = try()
        after(5, function()
          expect(lock.forget(5)):to_be(true)
          expect(lock.forget(5)):to_be(false)
          assert.is_true(is_free())
        end)
        scheduler:run()
        assert.same({ cancelled(lock_name), 5 }, { waiter.results, waiter.at })
      end)

      it('is not had by a waiter that has not run since it was handed over', function()
        scheduler:spawn(function()
          acquire(5)
          scheduler:suspend(1)
          unlock(5)
          lock.forget(5)
          expect(acquire(5, 0)):to_be(true) -- of another descriptor with this number
        end)
        local waiter = try()
        scheduler:run()
        assert.same(cancelled(lock_name), waiter.results)
      end)
    end)

    describe('when a task ends', function()
      it('goes to the next one', function()
        local owner = scheduler:spawn(function()
          acquire(5)
          acquire(6)
          lock[other .. '_lock'](5)
          scheduler:suspend(3)
        end)
        local waiter = try()
        after(3, function()
          lock.release(owner)
          expect(acquire(6, 0)):to_be(true)
          expect(lock[other .. '_lock'](5, 0)):to_be(true)
        end)
        scheduler:run()
        assert.same({ pack(true), 3 }, { waiter.results, waiter.at })
      end)

      it('forgets that it waits', function()
        hold('owner', 10)
        local waiter, last = try(), try()
        after(5, function()
          lock.release(waiter.task)
        end)
        scheduler:run()
        assert.is_nil(waiter.results)
        assert.same({ pack(true), 10 }, { last.results, last.at })
      end)

      it('is no matter to a task that never locked anything', function()
        lock.release({})
      end)
    end)

    describe('when the wait must not go on', function()
      it('raises and leaves the queue', function()
        hold('owner', 10)
        local waiter, last = try(), try()
        after(5, function()
          scheduler:stop(waiter.task)
        end)
        scheduler:run()
        assert.same({ 'stopped', nil }, { waiter.task.err, waiter.results })
        assert.same({ pack(true), 10 }, { last.results, last.at })
      end)

      it('raises and passes on what it was given just then', function()
        local waiter, last
        scheduler:spawn(function()
          acquire(5)
          waiter, last = try(), try()
          scheduler:suspend(1)
          scheduler:stop(waiter.task)
          unlock(5)
        end)
        scheduler:run()
        assert.same({ 'stopped', nil }, { waiter.task.err, waiter.results })
        assert.same({ pack(true), 1 }, { last.results, last.at })
      end)
    end)

    it('raises an error outside of a task', function()
      expect.raised(("'%s' was called, but not inside a task"):format(lock_name), function()
        acquire(5)
      end)
    end)

    it('refuses what is no descriptor or no time', function()
      for _, case in ipairs({
        { 'five', nil, '#1', 'socket or integer expected, got string' },
        { nil, nil, '#1', 'socket or integer expected, got nil' },
        { io.stdout, nil, '#1', 'socket or integer expected, got userdata' },
        { 1.5, nil, '#1', 'number has no integer representation' },
        { 0 / 0, nil, '#1', 'number has no integer representation' },
        { math.huge, nil, '#1', 'number has no integer representation' },
        { -1, nil, '#1', 'out of range (0 to 2147483647)' },
        { 2 ^ 31, nil, '#1', 'out of range (0 to 2147483647)' },
        { 5, '1', '#2', 'number expected, got string' },
        { 5, -1, '#2', 'out of range (0 to 2147483647)' },
        { 5, 0 / 0, '#2', 'out of range (0 to 2147483647)' },
        { 5, math.huge, '#2', 'out of range (0 to 2147483647)' },
      }) do
        in_task(function()
          expect.raised(("bad argument %s to '%s' (%s)"):format(case[3], lock_name, case[4]), function()
            acquire(case[1], case[2])
          end)
        end)
      end
    end)
  end)
end

describe('locks', function()
  it('leave nothing behind', function()
    local function work(first)
      in_task(function()
        for fd = first, first + 9999 do
          lock.read_lock(fd)
          lock.write_lock(fd)
          scheduler:spawn(function()
            lock.read_lock(fd, 1)
          end)
          scheduler:suspend(2)
          lock.read_unlock(fd)
          lock.write_unlock(fd)
        end
      end)
      collectgarbage()
      collectgarbage()
      return collectgarbage('count')
    end
    local before = work(0)
    assert.is_true(work(10000) - before < 100)
  end)

  it('keep no task alive that has none', function()
    local seen = setmetatable({}, { __mode = 'k' })
    in_task(function()
      seen[scheduler.running] = true
      lock.read_lock(5)
      lock.read_unlock(5)
    end)
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(seen))
  end)

  it('go through a long queue without a deep stack', function()
    local order = {}
    for i = 1, 20000 do
      scheduler:spawn(function()
        lock.read_lock(5)
        order[#order + 1] = i
        if i == 1 then
          scheduler:suspend(1)
        end
        lock.read_unlock(5)
      end)
    end
    scheduler:run()
    assert.equal(20000, #order)
    assert.equal(20000, order[20000])
  end)

  it('bear a scheduler that lets a task go on inside of resume()', function()
    local running
    local function enter(task)
      local before = running
      running = task
      assert(coroutine.resume(task))
      running = before
    end
    lock = locks.new({
      current = function()
        return running
      end,
      suspend = function()
        return coroutine.yield()
      end,
      resume = function(task)
        enter(task)
        return true
      end,
    })
    local results, turns = {}, {}
    local function user(name)
      local task = coroutine.create(function()
        results[name] = pack(lock.read_lock(5))
        table.insert(turns, name)
        if not results[name][1] then -- asks again as soon as it was woken
          results[name .. ' again'] = pack(lock.read_lock(5, 0))
        else
          coroutine.yield()
          lock.read_unlock(5)
        end
      end)
      enter(task)
      return task
    end
    local owner = user('owner')
    user('a')
    user('b')
    lock.wake(5)
    local last = user('last')
    enter(owner)
    assert.same({ 'owner', 'a', 'b', 'last' }, turns)
    assert.same(cancelled('read_lock'), results.a)
    assert.same(cancelled('read_lock'), results.b)
    assert.same(LATE, results['a again'])
    assert.same(pack(true), results.last)
    enter(last)
  end)
end)

-- What a lock should do: the tasks that wait in their order, and what has become of those that were taken out.
local Model = {}
Model.__index = Model

local function new_model()
  return setmetatable({ queue = {}, fates = {} }, Model)
end

function Model:next()
  self.owner = table.remove(self.queue, 1)
  if self.owner then
    self.fates[self.owner] = 'owner'
  end
end

function Model:wake()
  for _, task in ipairs(self.queue) do
    self.fates[task] = 'cancelled'
  end
  self.queue = {}
end

function Model:forget()
  self:wake()
  if self.owner and self.fates[self.owner] then
    self.fates[self.owner] = 'cancelled'
  end
  self.owner = nil
end

-- What the model says of a wait that just ended.
function Model:outcome(task, now, deadline)
  local fate = self.fates[task]
  self.fates[task] = nil
  if not fate then
    assert.is_truthy(take_out(self.queue, task))
    assert.is_true(now == deadline, 'gave up at another time')
    return LATE
  end
  assert.is_true(now <= (deadline or now), 'took longer')
  return fate == 'owner' and pack(true) or nil
end

describe('any sequence of calls', function()
  local function run(seed)
    local state = seed
    local function random(n) -- the same on every Lua
      state = state * 16807 % 2147483647
      return state % n + 1
    end

    local models, ended, waits = {}, 0, { owner = 0, cancelled = 0, late = 0 }
    for _, kind in ipairs({ 'read', 'write' }) do
      for fd = 1, 2 do
        models[kind .. fd] = new_model()
      end
    end

    local function owns_nothing(task)
      for _, model in pairs(models) do
        if model.owner == task then
          return false
        end
      end
      return true
    end

    -- Who owns something waits for a while only, or two might wait for each other.
    local function time_for(task)
      return ({ 0, random(3), random(20), owns_nothing(task) and math.huge or 50 })[random(4)]
    end

    local function check_lock(task, kind, fd)
      local model, sec, began = models[kind .. fd], time_for(task), scheduler.now
      sec = sec < math.huge and sec or nil
      local expected
      if model.owner == task then
        expected = failure('EDEADLK', kind .. '_lock')
      elseif not model.owner then
        model.owner, expected = task, pack(true)
      elseif sec == 0 then
        expected = LATE
      else
        table.insert(model.queue, task)
      end
      local results = pack(lock[kind .. '_lock'](fd, sec))
      if not expected then
        expected = model:outcome(task, scheduler.now, sec and began + sec) or cancelled(kind .. '_lock')
        local name = expected[1] and 'owner' or expected[3] and 'late' or 'cancelled'
        waits[name] = waits[name] + 1
      end
      assert.same(expected, results)
    end

    local function check_unlock(task, kind, fd)
      local model = models[kind .. fd]
      local expected = failure('EPERM', kind .. '_unlock')
      if model.owner == task then
        expected = pack(true)
        model:next()
      end
      assert.same(expected, pack(lock[kind .. '_unlock'](fd)))
    end

    local function check_wake(name, fd)
      local expected = #models['read' .. fd].queue + #models['write' .. fd].queue > 0
      models['read' .. fd][name](models['read' .. fd])
      models['write' .. fd][name](models['write' .. fd])
      expect(lock[name](fd)):to_be(expected)
    end

    local function live(task)
      for _ = 1, 60 do
        local kind, fd = random(2) == 1 and 'read' or 'write', random(2)
        local action = random(40)
        if action <= 12 then
          check_lock(task, kind, fd)
        elseif action <= 28 then
          check_unlock(task, kind, fd)
        elseif action == 29 then
          check_wake('wake', fd)
        elseif action == 30 then
          check_wake('forget', fd)
        else
          scheduler:suspend(random(4) - 1)
        end
      end
      for _, model in pairs(models) do
        if model.owner == task then
          model:next()
        end
      end
      lock.release(task)
    end

    for _ = 1, 8 do
      scheduler:spawn(function()
        live(scheduler.running)
        ended = ended + 1
      end)
    end
    scheduler:run()
    assert.equal(8, ended, 'somebody waits for ever')
    for _, model in pairs(models) do
      assert.is_nil(model.owner)
    end
    return waits
  end

  it('does what a simple model does', function()
    local sum = { owner = 0, cancelled = 0, late = 0 }
    for seed = 1, 40 do
      scheduler = new_scheduler()
      lock = locks.new(scheduler.tasks)
      for name, count in pairs(run(seed)) do
        sum[name] = sum[name] + count
      end
    end
    for name, count in pairs(sum) do
      assert.is_true(count > 50, name .. ' was hardly tried')
    end
  end)

  it('does that by chance, too', function()
    local seed = os.time() % 2147483646 + 1
    local ok, err = pcall(run, seed)
    assert.is_true(ok, ('seed %d: %s'):format(seed, tostring(err)))
  end)
end)
