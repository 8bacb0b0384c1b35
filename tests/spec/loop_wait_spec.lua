-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')

local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

describe('locks', function()
  it('give true, and nothing beside it', task(function()
    local a = pair()
    expect(loop.read_lock(a)):to_be(true)
    expect(loop.write_lock(a)):to_be(true)
    expect(loop.read_unlock(a)):to_be(true)
    expect(loop.write_unlock(a)):to_be(true)
  end))

  it('go from one task to the next in the order in which they asked', task(function()
    local a = pair()
    local log = {}
    for i = 1, 10 do
      loop.spawn(function()
        assert(loop.write_lock(a))
        log[#log + 1] = i
        loop.sleep(0.001)
        assert(loop.write_unlock(a))
      end)
    end
    loop.later()
    assert(loop.write_lock(a))
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, log)
    loop.write_unlock(a)
  end))

  it('end with the task that has them, however it ends', function()
    for _, last in ipairs({
      function() end,
      function() error('reported') end,
      function() loop.exit() end,
      function() loop.running():cancel() loop.sleep(0) end,
    }) do
      loops.reported(function()
        local a = pair()
        loop.spawn(function()
          loop.read_lock(a)
          loop.sleep(0.002)
          last()
        end)
        loop.later()
        assert.is_true((loop.read_lock(a, 20)))
        assert.is_true((loop.read_unlock(a)))
      end)
    end
  end)

  it('pass a task by that was cancelled while it waited', task(function()
    local a = pair()
    loop.read_lock(a)
    local gone = loop.spawn(loop.read_lock, a)
    loops.settle()
    local waiter = loop.spawn(loop.read_lock, a, 3)
    loops.settle()
    gone:cancel()
    gone:join()
    loop.read_unlock(a)
    assert.is_true((select(2, waiter:join())))
  end))

  it('pass a task by that was cancelled while it waited, and goes on', task(function()
    local a = pair()
    loop.read_lock(a)
    local unlocked
    local survivor = loop.spawn(function()
      net.pcall(loop.read_lock, a)
      loop.suspend()
      unlocked = loop.read_unlock(a)
    end)
    loops.settle()
    local waiter = loop.spawn(loop.read_lock, a, 3)
    loops.settle()
    survivor:cancel()
    loops.settle()
    loop.read_unlock(a)
    assert.is_true((select(2, waiter:join())))
    loop.resume(survivor)
    survivor:join()
    assert.is_nil(unlocked)
  end))

  it('stay with their owner when others end the waits for the descriptor', task(function()
    local a = pair()
    assert.is_true((loop.read_lock(a)))
    assert.is_true((loop.write_lock(a)))
    for _, handle in ipairs({ a, a:fd() }) do
      loop.readable(a, 0)
      loop.unwait(handle)
      expect(loop.spawn(loop.read_lock, a, 0):join()):to_be(true, nil, nil, true)
      expect(loop.spawn(loop.write_lock, a:fd(), 0):join()):to_be(true, nil, nil, true)
    end
    expect(loop.read_unlock(a)):to_be(true)
    expect(loop.write_unlock(a)):to_be(true)
  end))

  it('are the same for the object and its number', task(function()
    local a = pair()
    expect(loop.read_lock(a:fd())):to_be(true)
    expect(loop.read_lock(a)):to_be(nil, failure('EDEADLK', 'read_lock'))
    expect(loop.spawn(loop.read_lock, a, 0):join()):to_be(true, nil, nil, true)
    expect(loop.read_unlock(a)):to_be(true)
    loop.unwait(a)
  end))

  it('are not for who is no task', function()
    local a = pair()
    for _, name in ipairs({ 'read_lock', 'write_lock' }) do
      local message = loops.raised('not inside a task', function()
        loop[name](a)
      end)
      assert.is_truthy(message:find(name, 1, true), message)
    end
    expect(loop.read_unlock(a)):to_be(nil, failure('EPERM', 'read_unlock'))
  end)
end)

-- Every function that waits, with arguments that make it wait.
local calls = {
  { 'sleep', 0.001 },
  { 'later' },
  { 'suspend' },
  { 'readable', 'socket' },
  { 'writable', 'socket' },
  { 'recv', 'socket' },
  { 'send', 'socket', nil, 'x' },
  { 'recvfrom', 'socket' },
  { 'sendto', 'socket', nil, 'x', 'address' },
  { 'sendfile', 'socket', nil, 'file', 1 },
  { 'accept', 'socket' },
  { 'connect', 'socket', nil, 'address' },
  { 'relay', 'socket', nil, 'socket' },
  { 'getaddrinfo', nil, '127.0.0.1' },
  { 'sigwait', nil, 'SIGUSR1', 'SIGUSR2', 'SIGTERM' },
  { 'exit' },
}

local function arguments_of(call)
  local arguments = { n = 5 }
  for i = 2, 5 do
    local value = call[i]
    if value == 'socket' then
      value = pair()
    elseif value == 'address' then
      value = llsocket.addrinfo.inet('127.0.0.1', 1, llsocket.SOCK_STREAM)
    elseif value == 'file' then
      value = network.keep(io.tmpfile())
    end
    arguments[i - 1] = value
  end
  return (table.unpack or unpack)(arguments, 1, 4)
end

describe('outside of a task,', function()
  for _, call in ipairs(calls) do
    it(call[1] .. ' raises an error that says so, at the place of the call', function()
      local message = loops.raised('this is not inside a task; tasks begin with run() or spawn()', function(...)
        local _ = loop[call[1]](...)
      end, arguments_of(call))
      assert.is_truthy(message:find(("loop_wait_spec.lua:%%d+: cannot use '%s' here: "):format(call[1])), message)
    end)
  end

  it('join raises such an error', function()
    local spawned = loop.spawn(function() end)
    local message = loops.raised('this is not inside a task; tasks begin with run() or spawn()', function()
      local _ = spawned:join()
    end)
    assert.is_truthy(message:find("loop_wait_spec.lua:%d+: cannot use 'join' here: "), message)
    loop.run(function() end)
  end)

  it('timeout and group:await raise such errors', function()
    local group = loop.group()
    group:spawn(function() end)
    for name, call in pairs({
      timeout = function()
        local _ = loop.timeout(1, print)
      end,
      await = function()
        local _ = group:await()
      end,
    }) do
      local ok, message = pcall(call)
      assert.is_false(ok)
      assert.is_truthy(message:find('not inside a task', 1, true), message)
      assert.is_truthy(message:find('loop_wait_spec.lua:%d+: '), name .. ': ' .. message)
    end
    loop.run(function() end)
  end)
end)

describe('an argument error', function()
  -- Where the seconds stand.
  local seconds_at = {
    sleep = 1, suspend = 1, getaddrinfo = 1, sigwait = 1,
    readable = 2, writable = 2, recv = 2, send = 2, recvfrom = 2, sendto = 2, sendfile = 2, accept = 2, connect = 2,
    relay = 2,
  }

  local wrong_seconds = {
    { -1, 'out of range (0 to 2147483647)' },
    { 0 / 0, 'out of range (0 to 2147483647)' },
    { math.huge, 'out of range (0 to 2147483647)' },
    { 2147483648, 'out of range (0 to 2147483647)' },
    { '1', 'number expected, got string' },
    { true, 'number expected, got boolean' },
    { {}, 'number expected, got table' },
  }

  -- The call in a chunk of its own, so that the error can name the function.
  local function called(name, owner)
    return (loadstring or load)(
      ('local owner = ... return (owner.%s(select(2, ...)))'):format(name),
      '=call'
    ), owner or loop
  end

  for name, position in pairs(seconds_at) do
    it(('of %s names it when the seconds are wrong'):format(name), task(function()
      local call, owner = called(name)
      local row
      for _, candidate in ipairs(calls) do
        row = candidate[1] == name and candidate or row
      end
      for _, wrong in ipairs(wrong_seconds) do
        local arguments = loops.pack(arguments_of(row))
        arguments[position] = wrong[1]
        local message = loops.raised(('(%s)'):format(wrong[2]), call, owner, (table.unpack or unpack)(arguments, 1, 4))
        assert.equal(("call:1: bad argument #%d to '%s' (%s)"):format(position, name, wrong[2]), message)
      end
    end))
  end

  local wrong = {
    { 'readable', {}, 'socket or integer expected, got table' },
    { 'readable', -1, 'out of range (0 to 2147483647)' },
    { 'readable', 1.5, 'number has no integer representation' },
    { 'writable', '1', 'socket or integer expected, got string' },
    { 'unwait', {}, 'socket or integer expected, got table' },
    { 'unwait_readable', {}, 'socket or integer expected, got table' },
    { 'unwait_writable', -1, 'out of range (0 to 2147483647)' },
    { 'read_lock', {}, 'socket or integer expected, got table' },
    { 'write_lock', -1, 'out of range (0 to 2147483647)' },
    { 'read_unlock', {}, 'socket or integer expected, got table' },
    { 'write_unlock', {}, 'socket or integer expected, got table' },
    { 'recv', 1, 'llsocket.socket expected, got number' },
    { 'send', {}, 'llsocket.socket expected, got table' },
    { 'accept', 1, 'llsocket.socket expected, got number' },
    { 'connect', 1, 'llsocket.socket expected, got number' },
    { 'timeout', 'x', 'number expected, got string' },
    { 'timeout', -1, 'out of range (0 to 2147483647)' },
    { 'resume', 1, 'net.loop.task expected, got number' },
    { 'spawn', 1, 'function expected, got number' },
  }

  for _, case in ipairs(wrong) do
    it(('of %s names it: %s'):format(case[1], case[3]), task(function()
      local call, owner = called(case[1])
      local message = loops.raised(('(%s)'):format(case[3]), call, owner, case[2])
      assert.equal(("call:1: bad argument #1 to '%s' (%s)"):format(case[1], case[3]), message)
    end))
  end

  it('of a method names it, and does not count the object', task(function()
    local spawned, group = loop.spawn(loop.sleep, 0.001), loop.group()
    group:spawn(loop.sleep, 0.001)
    for text, call in pairs({
      ["bad argument #1 to 'join' (number expected, got string)"] = function()
        local _ = spawned:join('x')
      end,
      ["bad argument #1 to 'await' (number expected, got string)"] = function()
        local _ = group:await('x')
      end,
      ["bad argument #1 to 'spawn' (function expected, got number)"] = function()
        local _ = group:spawn(1)
      end,
    }) do
      local message = loops.raised(text, call)
      assert.is_truthy(message:find('loop_wait_spec.lua:%d+: '), message)
    end
  end))

  it('leaves the task as it was', task(function()
    net.pcall(loop.sleep, 'x')
    net.pcall(loop.readable, {}, 1)
    net.pcall(loop.timeout, 'x', print)
    expect(loop.sleep(0.001)):to_be(true)
    local generator = coroutine.wrap(function()
      coroutine.yield(1)
      coroutine.yield(2)
    end)
    assert.equal(1, generator())
    assert.equal(2, generator())
  end))
end)
