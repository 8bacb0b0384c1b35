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
