-- SPDX-License-Identifier: MIT
-- What a wait can pass through.

local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local task, pair = loops.task, loops.pair

after_each(loops.assert_idle)

local is_plain_5_1 = _VERSION == 'Lua 5.1' and not jit

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
          loops.assert_sound()
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
