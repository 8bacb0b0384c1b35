-- SPDX-License-Identifier: MIT
-- What takes the place of coroutine.resume, wrap and running.

-- Taken before the loop is there.
local standard = { resume = coroutine.resume, wrap = coroutine.wrap, running = coroutine.running }

local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local unpack = table.unpack or unpack
local task = loops.task

after_each(loops.assert_idle)

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
      loops.assert_sound()
    end))

    it('do as the standard ones outside of the loop: ' .. name, function()
      local expected, given = side_by_side(case)
      assert.equal(expected, given)
    end)
  end
end)
