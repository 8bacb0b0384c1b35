-- SPDX-License-Identifier: MIT
local loop = require('net.loop')
local loops = require('loops')

local unpack = table.unpack or unpack

after_each(loops.assert_idle)

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
    assert.is_truthy(traceback:find('loop_hook_spec.lua', 1, true), traceback)
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
