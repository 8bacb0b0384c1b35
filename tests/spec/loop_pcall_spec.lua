-- SPDX-License-Identifier: MIT
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack
local task = loops.task

after_each(loops.assert_idle)

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
    assert.is_truthy(err:find('loop_pcall_spec.lua:%d+: message$'), err)
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
