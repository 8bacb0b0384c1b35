-- SPDX-License-Identifier: MIT
-- Waits where none is possible. Some Luas say so only when the wait has begun: it must leave nothing behind.

local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

after_each(loops.assert_idle)

-- Calls the function where it cannot wait, and goes on after its error.
local function where_no_wait_is_possible(fn)
  local function try()
    return setmetatable({}, {
      __index = function()
        table.sort({ 3, 2, 1 }, fn)
      end,
    }).field
  end
  assert.is_false((net.pcall(try)))
end

-- The same in a metamethod, where only plain 5.1 cannot wait, and cannot tell beforehand.
local function in_a_metamethod(fn)
  net.pcall(function()
    return setmetatable({}, {
      __index = function()
        fn()
      end,
    }).field
  end)
end

local places = { ['below a C function'] = where_no_wait_is_possible }
if _VERSION == 'Lua 5.1' and not jit then
  places['in a metamethod'] = in_a_metamethod
end

for name, call in pairs(places) do
  describe('where it cannot wait, ' .. name .. ', a task', function()
    it('that exits goes on, and fails with its own error', function()
      local reported = loops.reported(function()
        local spawned = loop.spawn(function()
          call(function()
            loop.exit('result of exit')
          end)
          error('on purpose', 0)
        end)
        expect(spawned:join()):to_be(false, 'on purpose')
      end)
      assert.equal(1, #reported)
    end)

    it('that exits goes on, and gives its own results, and no others', loops.task(function()
      for _ = 1, 3 do
        local spawned = loop.spawn(function()
          call(function()
            loop.exit('result of exit')
          end)
          return 1, 2, 3
        end)
        expect(spawned:join()):to_be(true, 1, 2, 3)
        expect(loop.spawn(function() end):join()):to_be(true)
      end
    end))

    it('that suspends is not suspended', loops.task(function()
      local spawned = loop.spawn(function(...)
        call(loop.suspend)
        assert.is_false(loop.resume(loop.running(), 1, 2, 3))
        assert.is_true(loop.sleep(0.001))
        return ...
      end, 'argument')
      expect(spawned:join()):to_be(true, 'argument')
    end))

    it('that suspends is not told to wait', loops.task(function()
      local rows = loop.spawn(function()
        call(loop.suspend)
        return loop.dump()
      end)
      local _, dump = rows:join()
      assert.equal(1, #dump)
      assert.equal('join', dump[1].what)
    end))

    it('that yields to nobody after an exit fails', function()
      local reported = loops.reported(function()
        local spawned = loop.spawn(function()
          call(loop.exit)
          coroutine.yield()
        end)
        local ok, err = spawned:join()
        assert.is_false(ok)
        assert.is_truthy(err:find('nobody takes what a task yields', 1, true), err)
      end)
      assert.equal(1, #reported)
    end)
  end)
end

describe('a wait of a generator', function()
  it('passes through although a hook runs other coroutines meanwhile', loops.task(function()
    local spawned = loop.spawn(function()
      debug.sethook(function()
        coroutine.wrap(function() end)()
      end, '', 1)
      local value = coroutine.wrap(function()
        loop.sleep(0.001)
        coroutine.yield('value')
      end)()
      debug.sethook()
      return value
    end)
    expect(spawned:join()):to_be(true, 'value')
  end))
end)
