-- SPDX-License-Identifier: MIT
-- Where other loops have failed. Letters and numbers are those of the list of traps that this library was made with.

local descriptors = require('descriptors')
local expect = require('expect')
local finalizable = require('finalizable')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local namespaces = require('namespaces')
local net = require('net')
local network = require('network')

local resume = coroutine.resume -- taken before the loop runs
local socket = llsocket.socket
local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

describe('a look-up', function()
  -- G2
  it('ends at its deadline although the name server is silent, and so can the program', function()
    local output, obstacle = namespaces.run('tests/support/silent_resolver.sh', 'tests/support/silent_resolver.lua')
    if not output or output == 'no name server\n' then
      return pending('no silent name server: ' .. (obstacle or output))
    end
    assert.equal(
      table.concat({
        'silent',
        'deadline\tnil\tnil\ttrue',
        'cancelled\tfalse\t' .. loops.cancellation,
        'asked\ttrue',
        'of a file\ttrue',
        'numeric\ttrue',
        'in time\ttrue',
        '',
      }, '\n'),
      output
    )
  end)

  -- G11
  for hosts, row in pairs({
    ['files'] = {
      'asks the files alone where they are the only ones', 'listed listed.example short',
      'listed\t192.0.2.1', 'listed.example\t192.0.2.1', 'short\tEAI_NONAME',
    },
    ['files [NOTFOUND=return] dns'] = {
      'honours an action in brackets', 'listed short',
      'listed\t192.0.2.1', 'short\tEAI_NONAME',
    },
    ['files dns'] = {
      'goes through the search domains, as ndots says', 'listed short a.b',
      'listed\t192.0.2.1',
      'asked\tshort.one.example', 'asked\tshort.two.example', 'short\t192.0.2.2',
      'asked\ta.b.one.example', 'asked\ta.b.two.example', 'asked\ta.b', 'a.b\tEAI_NONAME',
    },
    ['dns [NOTFOUND=continue] files'] = {
      'asks in the order of nsswitch.conf', 'listed',
      'asked\tlisted.one.example', 'asked\tlisted.two.example', 'asked\tlisted', 'listed\t192.0.2.1',
    },
  }) do
    it(row[1], function()
      local output, obstacle = namespaces.run(
        ("tests/support/private_resolver.sh '%s'"):format(hosts),
        'tests/support/private_resolver.lua ' .. row[2]
      )
      if not output then
        return pending('no files of its own: ' .. obstacle)
      end
      assert.equal(table.concat(row, '\n', 3) .. '\n', output)
    end)
  end

  -- G1, G8
  it('for a connection takes what one family has while the other fails, is silent, or cannot be reached', function()
    local output, obstacle =
      namespaces.run("tests/support/private_resolver.sh 'files dns'", 'tests/support/lame_resolver.lua')
    if not output then
      return pending('no files of its own: ' .. obstacle)
    end
    local silent = '[ETIMEDOUT][getaddrinfo] (all-silent.example)\ttrue\ttrue'
    assert.same({
      'refused\t[ECONNREFUSED][connect] (127.0.0.1)\tfalse\ttrue',
      'silent under conndeadl\t' .. silent,
      'silent under loop.timeout\t' .. silent,
      'under loop.timeout\tconnected\tfalse\ttrue',
      'v6-fails\tconnected\tfalse\ttrue',
      'v6-silent\tconnected\tfalse\ttrue',
      'v6-unreachable\tconnected\tfalse\ttrue',
    }, loops.sorted_lines(output))
  end)

  -- G4
  it('of a numeric host succeeds also when there is no time', task(function()
    local list = loop.getaddrinfo(0, '127.0.0.1', 80, llsocket.AF_INET, llsocket.SOCK_STREAM)
    assert.is_table(list, 'it timed out')
    assert.equal('127.0.0.1', list[1]:addr())
  end))

  -- G4
  it('of a name without time does no harm', task(function()
    for _ = 1, 20 do
      local list, err, timeout = loop.getaddrinfo(0, 'localhost', 80)
      assert.is_true(list ~= nil or timeout == true, err)
    end
  end))

  -- G5
  it('tells the errors of the resolver apart from those of the system', task(function()
    local _, err = loop.getaddrinfo(20, 'no such name!', nil, nil, nil, nil, llsocket.AI_NUMERICHOST)
    local kind = llsocket.errno.EAI_NONAME
    assert.equal(('[EAI_NONAME:%d][getaddrinfo] %s'):format(kind.code, kind.message), err)
  end))
end)

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
      local waiting = loop.spawn(function() return loop.sleep(0.001) end)
      local group = loop.group()
      group:spawn(loop.sleep, 0.002)
      loop:step(0)
      for name in pairs(package.loaded) do
        if name == 'net' or name:find('^net%.') or name:find('^llsocket') then
          package.loaded[name] = nil
        end
      end
      collectgarbage()
      local again = require('net.loop')
      print(again ~= loop, again.stats().tasks)
      print(again.run(function() return again.sleep(0.01) end))
      print(waiting:status())
      print(loop.run(function() return (loop.sleep(0.001)) end))]])
    assert.equal(0, status, written)
    assert.equal('true\t2\ntrue\ttrue\ndone\ntrue\ttrue\n', written)
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
        stress(1000, function(i)
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

-- A little of everything that tasks do, and whether it came out right. Calls `begin` in each of its tasks.
local function bustle(begin)
  begin()
  local a, b = loops.pair()
  local group = loop.group()
  for i = 1, 5 do
    group:spawn(function()
      begin()
      return coroutine.wrap(function()
        loop.later()
        coroutine.yield(i)
      end)()
    end)
  end
  local reader = loop.spawn(function()
    begin()
    local parts = {}
    while true do
      local part = loop.recv(a, 20, 7)
      if not part then
        return table.concat(parts)
      end
      parts[#parts + 1] = part
    end
  end)
  local suspended = loop.spawn(function()
    begin()
    return net.pcall(loop.suspend)
  end)
  local text = ''
  for i = 1, 5 do
    text = text .. i
    assert(loop.send(b, 20, tostring(i)) == 1)
    assert(select(3, loop.timeout(0, loop.suspend)) == true)
  end
  b:close()
  local sum = 0
  for _ = 1, 5 do
    local _, ok, i = group:await(20)
    assert(ok)
    sum = sum + i
  end
  assert(sum == 15)
  assert(select(2, reader:join()) == text)
  assert(suspended:cancel())
  local ok, caught, err = suspended:join()
  assert(ok and caught == false and err == loops.cancellation)
  local failing = loop.spawn(error, { 'x' })
  assert(failing:join() == false)
  assert(loop.read_lock(a))
  local waiter = loop.spawn(loop.read_lock, a, 20)
  loop.later()
  assert(loop.read_unlock(a))
  assert(waiter:join())
  a:close()
end

describe('the collector', function()
  -- Has tasks bustle while the debug hook `every` is called after each `count` instructions; compiled code would not
  -- call it.
  local function under_hook(every, count)
    if jit then
      jit.off()
    end
    loops.reported(bustle, function()
      debug.sethook(every, '', count) -- in most versions each coroutine has its own
    end)
    debug.sethook()
    if jit then
      jit.on()
    end
  end

  local function nothing() end

  -- H16
  it('may run at any instruction', function()
    local before = descriptors.list()
    under_hook(collectgarbage, 23)
    assert.same(before, descriptors.list())
  end)

  -- H16
  it('may make a step at any instruction', function()
    local function step()
      collectgarbage('step', 1)
    end
    collectgarbage('stop')
    under_hook(step, 3)
    collectgarbage('restart')
  end)

  -- H16
  it('may run in generational mode', function()
    if _VERSION < 'Lua 5.4' then
      return pending('this version has no generational mode')
    end
    collectgarbage('generational')
    local function step()
      collectgarbage('step')
    end
    under_hook(step, 7)
    for _ = 1, 20 do
      loops.reported(bustle, nothing)
    end
    collectgarbage('incremental')
  end)

  -- H16
  it('may be stopped for a while', function()
    collectgarbage('stop')
    for _ = 1, 20 do
      loops.reported(bustle, nothing)
    end
    collectgarbage('restart')
    collectgarbage()
  end)
end)

describe('a coroutine that waits', function()
  -- Its stack was all that kept them.
  it('may be taken off by others, and what it sends stays as it was', function()
    local reported = loops.reported(function()
      local a, b = loops.pair()
      local thread
      local sender = loop.spawn(function()
        thread = coroutine.running()
        loop.send(a, nil, ('xyz'):rep(1000000))
      end)
      loop.later()
      assert.equal('waiting', sender:status())
      resume(thread)
      for i = 1, 10 do
        collectgarbage()
        assert.equal(1000000, #tostring(i % 10):rep(1000000))
      end
      local received, bytes = {}, 0
      while bytes < 3000000 do
        received[#received + 1] = assert(loop.recv(b, 20, 65536))
        bytes = bytes + #received[#received]
      end
      assert.is_true(table.concat(received) == ('xyz'):rep(1000000), 'other bytes came')
      assert.is_false((sender:join(20)))
    end)
    assert.equal(1, #reported)
  end)

  -- I1, I2
  it('wakes at once when another closes its socket, and the loop can end', function()
    local before = loop.now()
    loops.run(function()
      local a = pair()
      network.fill(a)
      local reader, writer = loop.spawn(loop.recv, a), loop.spawn(loop.send, a, nil, 'x')
      loops.settle()
      a:close()
      expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'recv'))
      expect(writer:join()):to_be(true, nil, failure('ECANCELED', 'send'))
      assert.same({}, loop.stats().waits)
    end)
    assert.is_true(loop.now() - before < loops.patience)
    assert.equal(0, loop.stats().timers)
  end)

  -- I4
  it('wakes once when its time is over and the event comes in the same moment', task(function()
    for _ = 1, 50 do
      local a, b = pair()
      local reader = loop.spawn(function()
        local first = loops.pack(loop.recv(a, 0.001))
        local before = loop.now()
        local slept = loops.pack(loop.sleep(0.003)) -- what a second wake-up would end
        return first, slept, loop.now() - before
      end)
      loop.later()
      local before = loop.now()
      while loop.now() < before + 0.0015 do
      end
      b:send('x')
      local _, first, slept, seconds = reader:join()
      assert.same(loops.pack(true), slept)
      assert.is_true(seconds >= 0.003, seconds)
      if first[1] then
        assert.same(loops.pack('x'), first)
      else
        assert.same(loops.pack(nil, nil, true), first)
        expect(loop.recv(a, 20)):to_be('x')
      end
      expect(loop.recv(a, 0)):to_be(nil, nil, true)
      a:close()
      b:close()
    end
  end))

  -- I4
  it('prefers the event that came in time to the deadline that passed meanwhile', task(function()
    local a, b = pair()
    local reader = loop.spawn(loop.recv, a, 0.005)
    loop.later()
    b:send('x')
    local before = loop.now()
    while loop.now() < before + 0.01 do
    end
    expect(reader:join()):to_be(true, 'x')
  end))

  -- I4
  it('wakes once when it is resumed, cancelled and out of time in the same moment', task(function()
    for _ = 1, 20 do
      local log = {}
      local suspended = loop.spawn(function()
        log[#log + 1] = loops.pack(net.pcall(loop.suspend, 0.001))
        log[#log + 1] = loops.pack(loop.sleep(0.002))
      end)
      loop.later()
      local before = loop.now()
      while loop.now() < before + 0.0015 do
      end
      assert.is_true(loop.resume(suspended, 'x'))
      assert.is_false(loop.resume(suspended, 'y'))
      suspended:cancel()
      suspended:join()
      assert.equal(2, #log)
      assert.same(loops.pack(false, loops.cancellation), log[1])
      assert.same(loops.pack(true), log[2])
    end
  end))

  -- I5
  it('and was out of time leaves its socket to the next, who gets the event', task(function()
    local a, b = pair()
    for i = 1, 10 do
      expect(loop.recv(a, 0.001)):to_be(nil, nil, true)
      local reader = loop.spawn(loop.recv, a, 20)
      loop.later()
      b:send(tostring(i))
      expect(reader:join()):to_be(true, tostring(i))
    end
  end))

  -- I7
  it('gets its event although another fails with its own', function()
    local results = {}
    local reported = loops.reported(function()
      local others, tasks = {}, {}
      for i = 1, 3 do
        local a, b = pair()
        others[i] = b
        tasks[i] = loop.spawn(function()
          results[i] = loop.recv(a, 20)
          if i == 1 then
            error('reported')
          end
        end)
      end
      loop.later()
      for i = 1, 3 do
        others[i]:send(tostring(i))
      end
      for i = 1, 3 do
        tasks[i]:join()
      end
    end)
    assert.same({ '1', '2', '3' }, results)
    assert.equal(1, #reported)
  end)

  -- I8
  it('again after its time was over finds nothing left of the wait before', task(function()
    local is_last = false
    local suspended = loop.spawn(function()
      local results = {}
      for i = 1, 5 do
        results[i] = loops.pack(loop.suspend(0.001))
      end
      is_last = true
      results[6] = loops.pack(loop.suspend(20))
      return results
    end)
    while not is_last do
      loop.sleep(0.001)
    end
    loop.resume(suspended, 'x')
    local _, results = suspended:join()
    for i = 1, 5 do
      assert.same(loops.pack(nil, nil, true), results[i])
    end
    assert.same(loops.pack(true, 'x'), results[6])
  end))

  -- I10
  it('for a lock and gives up is never its owner', task(function()
    local a = pair()
    loop.write_lock(a)
    local impatient = loop.spawn(function()
      local tried = loops.pack(loop.write_lock(a, 0))
      local waited = loops.pack(loop.write_lock(a, 0.001))
      loop.suspend()
      return tried, waited, (loop.write_unlock(a))
    end)
    loop.sleep(0.005)
    loop.write_unlock(a)
    loop.resume(impatient)
    local _, tried, waited, unlocked = impatient:join()
    assert.same(loops.pack(nil, nil, true), tried)
    assert.same(loops.pack(nil, nil, true), waited)
    assert.is_nil(unlocked)
    assert.is_true((loop.write_lock(a, 0)))
    loop.write_unlock(a)
  end))
end)

describe('a chain of wake-ups', function()
  -- I11
  it('of a hundred thousand takes a constant stack', task(function()
    local count = 100000
    local a, b
    local turns = 0
    local function play(other)
      while turns < count do
        turns = turns + 1
        loop.resume(other())
        loop.suspend()
      end
      loop.resume(other())
    end
    a = loop.spawn(play, function() return b end)
    b = loop.spawn(play, function() return a end)
    a:join()
    b:join()
    assert.is_true(turns >= count)
  end))

  -- I11
  it('of a function that ends with a call of itself costs no more each time', task(function()
    local function wait(times)
      loop.later()
      if times == 0 then
        return 'end'
      end
      return wait(times - 1)
    end
    assert.equal('end', wait(200000))
  end))

  it('through tasks that join each other takes a constant stack', task(function()
    local last = loop.spawn(loop.later)
    for _ = 1, 30000 do
      local before = last
      last = loop.spawn(function()
        before:join()
      end)
    end
    expect(last:join()):to_be(true)
  end))

  -- I11
  it('through a lock takes a constant stack', task(function()
    local a = pair()
    loop.read_lock(a)
    local owners = 0
    for _ = 1, 10000 do
      loop.spawn(function()
        assert(loop.read_lock(a))
        owners = owners + 1
        loop.read_unlock(a)
      end)
    end
    loop.later()
    loop.read_unlock(a)
    assert.is_true((loop.read_lock(a)))
    assert.equal(10000, owners)
    loop.read_unlock(a)
  end))

  -- I11
  it('of tasks that spawn each other takes a constant stack', function()
    local count = 0
    local function next_one()
      count = count + 1
      if count < 100000 then
        loop.spawn(next_one)
      end
    end
    loops.run(next_one)
    assert.equal(100000, count)
  end)

  -- I11
  it('of cancelled tasks that cancel each other takes a constant stack', task(function()
    local tasks = {}
    for i = 1, 10000 do
      tasks[i] = loop.spawn(function()
        local ok, err = net.pcall(loop.suspend)
        if tasks[i + 1] then
          tasks[i + 1]:cancel()
        end
        return ok, err
      end)
    end
    loop.later()
    tasks[1]:cancel()
    expect(tasks[10000]:join()):to_be(true, false, loops.cancellation)
  end))
end)

describe('a loop', function()
  -- I13
  it('with nothing to do returns at once', function()
    local before = loop.now()
    expect(loop.run(function() end)):to_be(true)
    assert.equal(0, loop:step(3600))
    assert.is_true(loop.now() - before < loops.patience)
  end)

  -- I13
  it('with only sleepers sleeps as long as they do, and does not wake in between', function()
    local before, stats = loop.now(), loop.stats()
    loops.run(function()
      for _ = 1, 10 do
        loop.spawn(loop.sleep, 0.1)
      end
      loop.sleep(0.15)
    end)
    assert.is_true(loop.now() - before >= 0.15)
    local wakeups = loop.stats().wakeups - stats.wakeups
    assert.is_true(wakeups < 15, wakeups)
  end)

  -- I13
  it('that waits for a descriptor does not wake in between', task(function()
    local a, b = pair()
    b:send('x')
    local reader, other = loop.spawn(loop.recv, a), loop.spawn(loop.readable, b)
    loops.settle()
    assert.is_true((reader:join()))
    local stats = loop.stats()
    loop.sleep(0.15)
    local wakeups = loop.stats().wakeups - stats.wakeups
    assert.is_true(wakeups < 10, wakeups)
    other:cancel()
  end))

  -- I14
  it('does not wait for the timers of what has ended', function()
    local before = loop.now()
    loops.run(function()
      local a, b = pair()
      local sleeper, suspended = loop.spawn(loop.sleep, 3600), loop.spawn(loop.suspend, 3600)
      local reader = loop.spawn(loop.recv, a, 3600)
      local joiner = loop.spawn(reader.join, reader, 3600)
      loop.spawn(loop.timeout, 3600, loop.sleep, 0.001)
      loop.later()
      sleeper:cancel()
      loop.resume(suspended)
      b:send('x')
      joiner:join()
    end)
    assert.is_true(loop.now() - before < loops.patience)
    assert.equal(0, loop.stats().timers)
  end)

  -- I16
  it('keeps no socket alive that nobody uses any more', task(function()
    local before = descriptors.list()
    for _ = 1, 10 do
      local socks = socket.pair(llsocket.SOCK_STREAM, nil, true)
      loop.readable(socks[1], 0)
      loop.writable(socks[2])
    end
    collectgarbage()
    collectgarbage()
    assert.same(before, descriptors.list())
  end))

  -- I16
  it('ends when the only one that could wake a task is collected', task(function()
    local reader
    local function spawn_reader()
      local socks = socket.pair(llsocket.SOCK_STREAM, nil, true)
      reader = loop.spawn(loop.recv, socks[1])
    end
    spawn_reader()
    loop.later()
    collectgarbage()
    collectgarbage()
    expect(reader:join(20)):to_be(true, nil) -- the other end was closed
  end))

  -- I17
  for name, spawn_greedy in pairs({
    ['a socket that always has data'] = function(is_over)
      local a, b = pair()
      return {
        loop.spawn(function()
          while not is_over() do
            loop.send(b, 20, ('x'):rep(65536))
          end
          b:close()
        end),
        loop.spawn(function()
          repeat until not loop.recv(a, 20, 65536)
        end),
      }
    end,
    ['a descriptor that is always ready'] = function(is_over)
      local _, b = pair()
      return { loop.spawn(function()
        while not is_over() do
          loop.writable(b)
        end
      end) }
    end,
    ['a file, which is always ready'] = function(is_over)
      local fd = require('scenes').file('x')()
      return { loop.spawn(function()
        while not is_over() do
          loop.readable(fd)
        end
        loop.unwait(fd)
      end) }
    end,
    ['a datagram socket that talks with itself'] = function(is_over)
      local a, address = network.udp(network.loopbacks[1])
      a:nonblock(true)
      return { loop.spawn(function()
        while not is_over() do
          loop.sendto(a, 20, 'x', address)
          loop.recvfrom(a, 20)
        end
      end) }
    end,
    ['tasks that let others run'] = function(is_over)
      local tasks = {}
      for i = 1, 100 do
        tasks[i] = loop.spawn(function()
          while not is_over() do
            loop.later()
          end
        end)
      end
      return tasks
    end,
    ['tasks that spawn and join others'] = function(is_over)
      return { loop.spawn(function()
        while not is_over() do
          loop.spawn(loop.later):join()
          loop.spawn(math.max, 1):join()
        end
      end) }
    end,
    ['tasks that hand a lock to each other'] = function(is_over)
      local a = pair()
      local tasks = {}
      for i = 1, 3 do
        tasks[i] = loop.spawn(function()
          while not is_over() do
            loop.read_lock(a)
            loop.later()
            loop.read_unlock(a)
          end
        end)
      end
      return tasks
    end,
    ['a task that is woken by unwait'] = function(is_over)
      local a = pair()
      return {
        loop.spawn(function()
          while not is_over() do
            loop.readable(a, 20)
          end
        end),
        loop.spawn(function()
          while not is_over() do
            loop.unwait(a)
            loop.later()
          end
          loop.unwait(a)
        end),
      }
    end,
    ['a task that never has time'] = function(is_over)
      return { loop.spawn(function()
        while not is_over() do
          loop.suspend(0)
        end
      end) }
    end,
    ['a task that is cancelled again and again'] = function(is_over)
      local cancelled = loop.spawn(function()
        while not is_over() do
          net.pcall(loop.suspend)
        end
      end)
      return { cancelled, loop.spawn(function()
        while cancelled:cancel() do
          loop.later()
        end
      end) }
    end,
  }) do
    it(('serves a hundred others and sleepers beside %s'):format(name), task(function()
      local over = false
      local deadline = loop.now() + loops.patience
      local greedy = spawn_greedy(function()
        return over or loop.now() > deadline
      end)
      local others, readers = {}, {}
      for i = 1, 100 do
        local a, b = pair()
        others[i] = b
        readers[i] = loop.spawn(loop.recv, a)
      end
      for i = 1, 100 do
        loop.sleep(0.0001)
        others[i]:send(tostring(i))
      end
      for i = 1, 100 do
        expect(readers[i]:join()):to_be(true, tostring(i))
      end
      assert.is_true(loop.now() < deadline, 'it took too long')
      over = true
      for _, one in ipairs(greedy) do
        assert.is_true((one:join(loops.patience)))
      end
    end))
  end

  -- I17
  it('serves sleepers beside tasks that resume each other', function()
    local written, status = loops.child([[
      loop.run(function()
        local over = false
        local a, b
        a = loop.spawn(function()
          while not over do
            loop.resume(b)
            loop.suspend()
          end
          loop.resume(b)
        end)
        b = loop.spawn(function()
          while not over do
            loop.resume(a)
            loop.suspend()
          end
          loop.resume(a)
        end)
        local c, d = loops.pair()
        loop.spawn(function()
          loop.sleep(0.01)
          d:send('x')
        end)
        print(loop.recv(c))
        over = true
        loop.resume(a)
        loop.resume(b)
        a:join()
        b:join()
      end)]])
    assert.equal(0, status, written)
    assert.equal('x\n', written)
  end)

  -- I19
  it('wakes who waits for a lock when its owner closes the descriptor', task(function()
    local a = pair()
    loop.read_lock(a)
    local waiter = loop.spawn(loop.read_lock, a, 20)
    loops.settle()
    a:close()
    expect(waiter:join()):to_be(true, nil, failure('ECANCELED', 'read_lock'))
  end))

  -- I20
  it('that runs refuses to run in every place where a program can ask it', function()
    local refused = 0
    local function try()
      local ok, err = pcall(loop.run, function() end)
      assert(not ok and err:find('the loop is running already', 1, true), err)
      local stepped = pcall(loop.step, loop, 0)
      assert(not stepped)
      refused = refused + 1
    end
    local before = loop.onerror(try)
    loop.run(function()
      try()
      loop.spawn(try)
      coroutine.wrap(try)()
      net.pcall(try)
      loop.timeout(20, try)
      table.sort({ 2, 1 }, function(x, y)
        try()
        return x < y
      end)
      loop.spawn(error)
      for _ = 1, 10 do
        finalizable(try)
      end
      collectgarbage()
      collectgarbage()
      loop.sleep(0.001)
    end)
    loop.onerror(before)
    assert.is_true(refused >= 17, refused)
  end)

  -- I22
  it('keeps a socket alive as long as a task waits for it', task(function()
    local _, b = pair()
    local reader
    local function spawn_reader()
      local socks = socket.pair(llsocket.SOCK_STREAM, nil, true)
      local other = socks[2]
      reader = loop.spawn(function()
        return loop.recv(socks[1])
      end)
      return other
    end
    local other = spawn_reader()
    loop.later()
    for _ = 1, 3 do
      collectgarbage()
    end
    assert.equal(1, other:send('x'))
    expect(reader:join()):to_be(true, 'x')
    assert.is_truthy(b)
  end))

  -- I22
  it('wakes a task that waits on the number of a socket which is collected', task(function()
    local reader
    local function spawn_reader()
      local socks = socket.pair(llsocket.SOCK_STREAM, nil, true)
      network.keep(socks[2])
      loop.readable(socks[1], 0)
      reader = loop.spawn(loop.readable, socks[1]:fd())
    end
    spawn_reader()
    loop.later()
    for _ = 1, 3 do
      collectgarbage()
    end
    expect(reader:join(20)):to_be(true, nil, failure('ECANCELED', 'readable'))
  end))

  -- I22; AddressSanitizer can see it fail, the kernel alone does not
  it('keeps an address alive while a task connects to it', task(function()
    local listener, address = loops.listener()
    local clients = {}
    local port = address:port()
    for i = 1, 5 do
      local client = loops.tcp()
      clients[i] = loop.spawn(function()
        return loop.connect(client, 20, llsocket.addrinfo.inet('127.0.0.1', port, llsocket.SOCK_STREAM))
      end)
    end
    loop.later()
    loops.collect()
    for _ = 1, 5 do
      assert(loop.accept(listener, 20))
    end
    for i = 1, 5 do
      expect(clients[i]:join()):to_be(true, true)
    end
  end))

  -- F4
  it('tells that a port is refused, and not that the connection is made', task(function()
    local sock, address = network.listener(network.loopbacks[1])
    sock:close()
    for _ = 1, 20 do
      expect(loop.connect(loops.tcp(), 20, address)):to_be(nil, failure('ECONNREFUSED', 'connect'))
    end
  end))

  it('that did not accept in time, or was ended by unwait, accepts the next connection', task(function()
    local listener, address = loops.listener()
    for _ = 1, 5 do
      expect(loop.accept(listener, 0)):to_be(nil, nil, true)
      local accepting = loop.spawn(loop.accept, listener)
      loop.later()
      loop.unwait(listener)
      expect(accepting:join()):to_be(true, nil, failure('ECANCELED', 'accept'))
      assert.is_true(loop.connect(loops.tcp(), 20, address))
      assert(loop.accept(listener, 20)):close()
    end
  end))
end)

describe('a Lua state that is closed', function()
  -- What a task may be doing then.
  local waits = {
    ['sleep'] = 'loop.sleep(3600)',
    ['suspend'] = 'loop.suspend()',
    ['suspend for a while'] = 'loop.suspend(3600)',
    ['later'] = 'while true do loop.later() end',
    ['readable'] = 'loop.readable(a)',
    ['readable of a number'] = 'loop.readable(a:fd())',
    ['readable of a file'] = "loop.readable(require('scenes').file('x')()) loop.suspend()",
    ['writable'] = 'network.fill(a) loop.writable(a)',
    ['recv'] = 'loop.recv(a)',
    ['recv of much'] = 'loop.recv(a, nil, 1000000)',
    ['recvfrom'] = 'loop.recvfrom(a, 3600)',
    ['send'] = 'loop.send(a, nil, ("x"):rep(10000000))',
    ['sendfile'] = [[
      local file = io.tmpfile()
      file:write(('x'):rep(5000000))
      loop.sendfile(a, nil, file, 5000000)]],
    ['accept'] = 'loop.accept((loops.listener()))',
    ['connect'] = [[
      local _, address = loops.listener(0)
      for _ = 1, 5 do
        loop.spawn(loop.connect, loops.tcp(), nil, address)
      end
      loop.suspend()]],
    ['relay'] = 'loop.relay(a, nil, (loops.pair()))',
    ['relay to a full sink'] = 'local c = loops.pair() network.fill(c) b:send("x") loop.relay(a, nil, c)',
    ['sigwait'] = "loop.sigwait(nil, 'SIGTERM')",
    ['getaddrinfo'] = "while true do loop.getaddrinfo(nil, 'localhost', 80) end",
    ['join'] = 'loop.spawn(loop.suspend):join()',
    ['a lock'] = 'loop.read_lock(a) loop.spawn(loop.read_lock, a):join()',
    ['group:await'] = 'local group = loop.group() group:spawn(loop.suspend) group:await()',
    ['timeout'] = 'loop.timeout(3600, loop.recv, a)',
    ['a generator'] = 'coroutine.wrap(function() coroutine.wrap(loop.recv)(a) end)()',
    ['net.pcall'] = 'net.pcall(loop.recv, a)',
    ['spawn'] = 'loop.spawn(loop.suspend) loop.suspend()',
    ['a task that was resumed'] = 'local t = loop.spawn(loop.suspend) loop.later() t:resume({}, {}) loop.suspend()',
    ['a task that was cancelled'] = 'local t = loop.spawn(loop.suspend) loop.later() t:cancel() loop.suspend()',
    ['a socket that was closed'] = 'loop.spawn(loop.recv, a) loop.later() a:close() loop.suspend()',
  }

  -- How the program ends meanwhile: with this status.
  local ends = {
    ['by os.exit beside it'] = { 0, 'start() loop:step(0) loop:step(0.001) os.exit(0, true)' },
    ['by its last line'] = { 0, 'start() loop:step(0) loop:step(0.001)' },
    ['by an error'] = { 1, 'start() loop:step(0) loop:step(0.001) error("the end")' },
    ['by os.exit in a task'] = { 0, 'start() loop.run(function() loop.sleep(0.001) os.exit(0, true) end)' },
    ['by os.exit in a generator of a task'] = {
      0,
      'start() loop.run(function() loop.sleep(0.001) coroutine.wrap(function() os.exit(0, true) end)() end)',
    },
    ['by os.exit in the hook for errors'] = {
      0,
      'start() loop.onerror(function() os.exit(0, true) end) loop.run(function() loop.sleep(0.001) error() end)',
    },
  }

  for name, wait in pairs(waits) do
    it(('does no harm while a task is in %s'):format(name), function()
      for how, row in pairs(ends) do
        local written, status = loops.child(([[
          local a, b = loops.pair()
          local function start()
            loop.spawn(function()
              %s
            end)
          end
          %s]]):format(wait, row[2]))
        assert.equal(row[1], status, ('%s: %s'):format(how, written))
        assert.is_nil(written:find('Sanitizer', 1, true), written)
      end
    end)
  end
end)
