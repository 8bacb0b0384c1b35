-- SPDX-License-Identifier: MIT
-- Finalizers, errors and functions that outlive a task or the loop, wherever the collector runs.

local loop = require('net.loop')
local loops = require('loops')

after_each(loops.assert_idle)

describe('an error that is no text', function()
  -- H2
  for name, make in pairs({
    ['nil'] = function() return nil end,
    ['false'] = function() return false end,
    ['a table'] = function() return {} end,
    ['a table that cannot be written'] = function() return setmetatable({}, { __tostring = error }) end,
    ['a table that is written as no text'] = function()
      return setmetatable({}, { __tostring = function() return {} end })
    end,
    ['a function'] = function() return print end,
    ['a coroutine'] = function() return coroutine.create(function() end) end,
    ['a text with zeros'] = function() return 'a\0b' end,
  }) do
    it(('can be %s, for the hook and without one'):format(name), function()
      local err = make()
      local reported = loops.reported(function()
        local ok, caught = loop.spawn(error, err, 0):join()
        assert.is_false(ok)
        assert.is_true(rawequal(err, caught))
      end)
      assert.equal(1, #reported)
      assert.is_true(rawequal(err, reported[1][1]))
      assert.is_string(reported[1][2])
    end)
  end

  -- H2
  it('does no harm when it is written to standard error', function()
    local written, status = loops.child([[
      for _, err in ipairs({ {}, setmetatable({}, { __tostring = error }), print, false }) do
        loop.run(error, err)
      end
      loop.run(error)
      print('alive')]])
    assert.equal(0, status, written)
    assert.is_truthy(written:find('alive\n$'), written)
  end)
end)

describe('an error in the hook for errors', function()
  -- H14
  it('does the loop no harm', function()
    local written, status = loops.child([[
      loop.onerror(function()
        error('in the hook')
      end)
      print(loop.run(function()
        loop.spawn(error, 'first', 0)
        loop.spawn(error, 'second', 0)
        return loop.sleep(0.01)
      end))
      loop.onerror(function()
        error()
      end)
      print(loop.run(error, 'third', 0))
      loop.onerror(function()
        error(setmetatable({}, { __tostring = error }))
      end)
      print(loop.run(error, 'fourth', 0))
      loop.onerror(coroutine.wrap(function() end))
      loop.run(error, 'fifth', 0)
      loop.run(error, 'sixth', 0)
      loop.onerror(function()
        local function endless() return endless() + 1 end
        endless()
      end)
      loop.run(error, 'seventh', 0)
      print('alive')]])
    assert.equal(0, status, written)
    assert.is_truthy(written:find('true\ttrue\n', 1, true), written)
    for _, text in ipairs({ 'first', 'second', 'third', 'fourth', 'sixth', 'in the hook' }) do
      assert.is_truthy(written:find(text, 1, true), text .. ' is not in ' .. written)
    end
    assert.is_truthy(written:find('alive\n$'), written)
  end)
end)

describe('what outlives the loop', function()
  -- H4
  it('does no harm in finalizers that run when the state is closed', function()
    local written, status = loops.child([[
      local finalizable = require('finalizable')
      local a, b = loops.pair()
      local group = loop.group()
      local done = loop.spawn(function() return 1 end)
      local waiting = loop.spawn(loop.recv, a)
      group:spawn(loop.suspend)
      loop.spawn(function() loop.read_lock(a) loop.suspend() end)
      loop:step(0)
      local unbegun = loop.spawn(print)
      local function call_everything()
        for _, object in ipairs({ done, waiting, unbegun }) do
          pcall(object.cancel, object)
          pcall(object.resume, object, 1)
          pcall(object.status, object)
          pcall(object.join, object)
          pcall(object.id, object)
          pcall(tostring, object)
        end
        pcall(loop.spawn, print)
        pcall(loop.step, loop, 0)
        pcall(loop.unwait, a)
        pcall(loop.unwait, 0)
        pcall(loop.readable, a)
        pcall(loop.read_unlock, a)
        pcall(loop.stats)
        pcall(loop.dump)
        pcall(loop.fd)
        pcall(loop.timeout, loop)
        pcall(loop.backend)
        pcall(loop.running)
        pcall(loop.now)
        pcall(group.cancel, group)
        pcall(group.await, group)
        pcall(group.spawn, group, print)
        pcall(a.close, a)
        io.stdout:write('finalized\n')
      end
      FIRST = finalizable(call_everything)
      local c, d = loops.pair()
      loop.spawn(loop.recv, c)
      loop:step(0)
      LAST = finalizable(call_everything)
      os.exit(0, true)]])
    assert.equal(0, status, written)
    local closes = _VERSION ~= 'Lua 5.1' or jit -- os.exit of plain 5.1 leaves the state as it is
    assert.equal(closes and 2 or 0, select(2, written:gsub('finalized', '')), written)
  end)

  -- H7
  it('goes on when the module is loaded anew', function()
    local written, status = loops.child([[
      local a, b = loops.pair()
      local waiting = loop.spawn(function() return loop.recv(a) end)
      local group = loop.group()
      local member = group:spawn(loop.suspend)
      loop:step(0)
      for name in pairs(package.loaded) do
        if name == 'net' or name:find('^net%.') or name:find('^llsocket') then
          package.loaded[name] = nil
        end
      end
      collectgarbage()
      local again = require('net.loop')
      print(again ~= loop, again.stats().tasks)
      b:send('x')
      member:resume()
      print(again.run(function() return again.sleep(0.001) end))
      print(member:status(), waiting:join())
      print(loop.run(function() return (loop.sleep(0.001)) end))]])
    assert.equal(0, status, written)
    assert.equal('true\t2\ntrue\ttrue\ndone\ttrue\tx\ntrue\ttrue\n', written)
  end)
end)

describe('a wait of the loop', function()
  -- H8
  it('is not disturbed by a finalizer that receives while its bytes become a string', function()
    assert.equal('true\t0\ntrue\ttrue\n', loops.output([[
      local finalizable = require('finalizable')
      local size, times, in_a_row = 3000, 1000, 10
      -- Sent again and again, it gives other bytes each time, since its length is no multiple: strings that are there
      -- already would not be made anew.
      local outers, inners = loops.pattern(size * in_a_row + 11), ('i'):rep(size * in_a_row)
      print(loop.run(function()
        local a, b = loops.pair()
        local c, d = loops.pair()
        local is_receiving, calls, wrong = false, 0, 0
        local objects = {} -- made before, so that only the strings of recv() drive the collector
        for i = 1, times * in_a_row do
          objects[i] = finalizable(function()
            if is_receiving then
              calls = calls + 1
              pcall(loop.recv, c, nil, size) -- it may be refused here
            end
          end)
        end
        local recv, place, got = loop.recv, 0, {}
        collectgarbage()
        for number = 0, times - 1 do
          d:send(inners) -- as much as fits
          assert(b:send(outers) == #outers)
          is_receiving = true
          for i = 1, in_a_row do -- nothing between them, which would have the collector run then
            objects[number * in_a_row + i] = nil
            got[i] = recv(a, 20, size)
          end
          is_receiving = false
          for i = 1, in_a_row do
            local first, last = place % #outers + 1, (place + size - 1) % #outers + 1
            if #got[i] ~= size or got[i]:byte(1) ~= outers:byte(first) or got[i]:byte(-1) ~= outers:byte(last) then
              wrong = wrong + 1
            end
            place = place + size
          end
        end
        print(calls > 0, wrong)
        return loop.sleep(0.001)
      end))]]))
  end)
end)

describe('a finalizer', function()
  -- Runs a program in which `stress(n, outer, inner)` calls outer(i) n times, while the collector calls inner(i).
  local function under_stress(text)
    return loops.output([[
      local finalizable = require('finalizable')
      local function stress(n, outer, inner)
        collectgarbage('setpause', 1)
        collectgarbage('setstepmul', 100000)
        for i = 1, n do
          finalizable(function()
            inner(i)
          end)
          outer(i)
        end
        collectgarbage('setpause', 200)
        collectgarbage('setstepmul', 200)
        collectgarbage()
        collectgarbage()
      end
      ]] .. text)
  end

  -- H16
  it('may spawn tasks while a task is spawned', function()
    assert.equal('true\t2000\t2000\t0\n', under_stress([[
      local spawned, ran = 0, 0
      local function spawn(value)
        spawned = spawned + 1
        loop.spawn(function(given)
          assert(given == value)
          ran = ran + 1
        end, value)
      end
      local ok = loop.run(stress, 1000, function(i)
        spawn(i)
        if i % 10 == 0 then
          loop.later()
        end
      end, spawn)
      print(ok, spawned, ran, loop.stats().tasks)]]))
  end)

  it('may raise, and all receive what was sent to them', function()
    assert.equal('0\n', loops.output([[
      local pairs_of, armed, wrong = {}, false, 0
      loop.onerror(function() end)
      for i = 1, 8 do
        pairs_of[i] = { loops.pair() }
      end
      local function raise()
        if armed then
          error('on purpose', 0)
        end
      end
      for _ = 1, 200 do
        local received = {}
        for i, ends in ipairs(pairs_of) do
          loop.spawn(function()
            received[i] = loop.recv(ends[1], nil, 3000)
          end)
        end
        loop:step(0)
        for i, ends in ipairs(pairs_of) do
          assert(ends[2]:send(string.char(64 + i):rep(2000)))
        end
        require('finalizable')(raise)
        armed = true
        local ok, left
        repeat
          ok, left = pcall(loop.step, 1)
        until ok and left == 0
        armed = false
        for i = 1, #pairs_of do
          local text = received[i] -- nil if the error hit that task itself
          wrong = wrong + (text and text ~= string.char(64 + i):rep(2000) and 1 or 0)
        end
      end
      print(wrong)]]))
  end)

  -- H16
  it('may cancel the task that is cancelled, ends or waits', function()
    assert.equal('true\t0\n', under_stress([[
      local spawned
      local function disturb()
        if spawned then
          spawned:cancel()
          spawned:resume({})
        end
      end
      local ok = loop.run(function()
        stress(1000, function()
          spawned = loop.spawn(function() end)
          spawned:cancel()
        end, disturb)
        stress(1000, function()
          spawned = loop.spawn(function(...) return {}, ... end, {}, {})
          loop.later()
        end, disturb)
        stress(1000, function()
          spawned = loop.spawn(loop.suspend)
          loop.later()
          spawned:resume({}, {})
          loop.later()
          spawned:cancel()
        end, disturb)
      end)
      print(ok, loop.stats().tasks)]]))
  end)

  -- H16
  it('may use groups, locks and sockets while tasks do', function()
    assert.equal('true\t0\n', under_stress([[
      local a, b = loops.pair()
      local ok, err = loop.run(function()
        stress(300, function(i)
          local group = loop.group()
          group:spawn(loop.later)
          assert(loop.read_lock(a))
          loop.spawn(loop.read_lock, a, 0.001)
          assert(select(2, group:await()))
          assert(loop.read_unlock(a))
          loop.send(b, 20, tostring(i))
          assert(loop.recv(a, 20))
        end, function()
          local group = loop.group()
          group:spawn(loop.later)
          group:cancel()
          loop.unwait_writable(a)
          loop.stats()
          loop.dump()
          pcall(loop.sleep, 0)
        end)
      end)
      print(ok, ok and loop.stats().tasks or err)]]))
  end)
end)
