-- SPDX-License-Identifier: MIT
-- Faults of the loop that were mended, each by what must hold.

local child = require('child')
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local process = require('process')

local wrap = coroutine.wrap -- taken before the loop runs
local loadstring = loadstring or load
local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

local function timed_out(...)
  expect(...):to_be(nil, nil, true)
end

local function raise(name)
  process.kill(process.pid(), loop.signals[name])
end

describe('a deadline of timeout in a generator', function()
  it('is over with the function, whoever resumed the generator meanwhile', task(function()
    local generator = loop.cowrap(function()
      loop.timeout(loops.patience, coroutine.yield)
      coroutine.yield(loop.sleep(0.001))
    end)
    loop.timeout(0.01, generator)
    loop.sleep(0.02)
    expect(generator()):to_be(true)
  end))

  it('is its own, also where a nearer one was around it', task(function()
    local generator = loop.cowrap(function()
      return loop.timeout(0.05, function()
        coroutine.yield()
        return loop.sleep(loops.patience)
      end)
    end)
    loop.timeout(0.01, generator)
    timed_out(generator())
  end))

  it('leaves that of whoever resumes the generator in force', task(function()
    local generator = loop.cowrap(function()
      loop.timeout(loops.patience, coroutine.yield)
      return loop.sleep(loops.patience)
    end)
    generator()
    timed_out(loop.timeout(0.01, generator))
    expect(loop.sleep(0.001)):to_be(true)
  end))

  it('is refused where waits are', task(function()
    local generator = wrap(function()
      loop.timeout(0.001, coroutine.yield)
    end)
    local ok, err = net.pcall(generator)
    assert.is_false(ok)
    assert.is_truthy(err:find("cannot use 'timeout' here: the coroutine was resumed by", 1, true), err)
    expect(loop.sleep(0.002)):to_be(true)
  end))
end)

describe('a task that waits for a lock', function()
  it('is not suspended: resume does nothing to it', task(function()
    local sock = pair()
    loop.write_lock(sock)
    local first, second = loop.spawn(loop.write_lock, sock), loop.spawn(loop.write_lock, sock)
    loop.later()
    assert.is_false(first:resume())
    assert.is_false(first:resume('value'))
    expect(loop.write_unlock(sock)):to_be(true)
    expect(first:join(loops.patience)):to_be(true, true)
    expect(second:join(loops.patience)):to_be(true, true) -- the first ended with the lock
  end))

  it('has its time, however often it is resumed', task(function()
    local sock = pair()
    loop.write_lock(sock)
    local waiting = loop.spawn(loop.write_lock, sock, 0.05)
    local resumer = loop.spawn(function()
      while waiting:status() ~= 'done' do
        waiting:resume()
        loop.sleep(0.01)
      end
    end)
    expect(waiting:join(loops.patience)):to_be(true, nil, nil, true)
    resumer:join()
    loop.write_unlock(sock)
  end))
end)

-- A pair, the first of which has the number of a socket that is closed behind the loop.
local function replacing(old)
  local number = old:fd()
  assert(llsocket.socket.close(number))
  local new, peer = pair()
  if new:fd() ~= number then
    new, peer = peer, new
  end
  assert.equal(number, new:fd())
  return new, peer
end

describe('a socket whose number another had that was closed behind the loop', function()
  it('gets its own events', task(function()
    local old = pair()
    timed_out(loop.recv(old, 0.001))
    local new, peer = replacing(old)
    peer:send('data')
    expect(loop.recv(new, loops.patience)):to_be('data')
    old:unwrap()
  end))

  it('ends the wait of the other', task(function()
    if loop.backend() ~= 'epoll' then
      return pending('poll knows numbers only')
    end
    local old = pair()
    local waiting = loop.spawn(loop.recv, old)
    loop.later()
    local new, peer = replacing(old)
    timed_out(loop.recv(new, 0.001))
    expect(waiting:join(loops.patience)):to_be(true, nil, failure('EBADF', 'recv'))
    old:unwrap()
    peer:close()
  end))
end)

describe('a signal', function()
  it('is still there for others when its task is cancelled by one that another signal woke', task(function()
    local second
    local first = loop.spawn(function()
      local signal = loop.sigwait(loops.patience, 'SIGUSR1')
      second:cancel()
      return signal
    end)
    second = loop.spawn(loop.sigwait, loops.patience, 'SIGUSR2')
    loop.later()
    raise('SIGUSR1')
    raise('SIGUSR2')
    expect(first:join()):to_be(true, loop.signals.SIGUSR1)
    expect(second:join()):to_be(false, loops.cancellation)
    expect(loop.sigwait(loops.patience, 'SIGUSR2')):to_be(loop.signals.SIGUSR2)
  end))

  it('is blocked no longer when run has raised an error for a deadlock', function()
    local written, status = loops.child([[
      print(pcall(loop.run, function()
        loop.sigwait(0, 'SIGUSR1')
        loop.suspend()
      end))
      local process = require('process')
      process.kill(process.pid(), loop.signals.SIGUSR1)
      print('alive')]])
    assert.is_falsy(written:find('alive'), written)
    assert.equal(128 + loop.signals.SIGUSR1, status)
  end)
end)

describe('a deadline', function()
  it('that passes is acted on in the step that waited for it', function()
    local sleeping = loop.spawn(loop.sleep, 0.01)
    loop:step(0)
    assert.equal(0, loop:step(loops.patience))
    assert.equal('done', sleeping:status())
  end)

  it('takes one wake-up', task(function()
    local before = loop.stats().wakeups
    for _ = 1, 20 do
      loop.sleep(0.001)
    end
    assert.is_true(loop.stats().wakeups - before <= 22)
  end))
end)

describe('a wait in a generator that cannot pass', function()
  it('is an error in the generator, which gives back what it holds', task(function()
    local socks = assert(net.stream.unix.pair())
    for _ = 1, 2 do
      local ok, err = true, nil
      table.sort({ 2, 1 }, function()
        ok, err = net.pcall(socks[1].recvsync, socks[1])
        return false
      end)
      assert.is_false(ok)
      assert.is_truthy(err:find("cannot use 'recv' here: a C function", 1, true) or err:find('C%-call boundary'), err)
    end
    socks[2]:send('x')
    expect(socks[1]:recvsync()):to_be('x')
    socks[1]:close()
    socks[2]:close()
  end))
end)

describe('net.xpcall', function()
  it('gives what the handler returned, also nil and false', function()
    for _, value in ipairs({ { n = 1 }, { false, n = 1 } }) do
      local results = loops.pack(net.xpcall(error, function()
        return value[1]
      end, 'x'))
      assert.equal(2, math.max(results.n, 2))
      assert.is_false(results[1])
      assert.equal(value[1], results[2])
    end
  end)
end)

local function culprit(err)
  error(err)
end

describe('the traceback of a failure', function()
  for name, err in pairs({ ['a text'] = 'boom', ['a table'] = {} }) do
    it(('that is %s leads into timeout, and timeout in timeout'):format(name), function()
      local reported = loops.reported(function()
        loop.spawn(loop.timeout, loops.patience, function()
          loop.sleep(0.001)
          loop.timeout(loops.patience, function()
            culprit(err)
          end)
          return true
        end)
      end)
      assert.equal(1, #reported)
      assert.is_truthy(reported[1][2]:find('culprit'), reported[1][2])
    end)
  end

  it('is that of the failure itself, not of one before that was caught', function()
    local reported = loops.reported(function()
      loop.spawn(function()
        net.pcall(loop.timeout, loops.patience, culprit, 'the same')
        error('the same', 0)
      end)
    end)
    assert.is_falsy(reported[1][2]:find('culprit'), reported[1][2])
  end)
end)

describe('loop.dump', function()
  local function await_in_here()
    loop.suspend()
  end
  local place = ('loop_spec.lua:%d:'):format(debug.getinfo(await_in_here, 'S').linedefined + 1)

  for name, call in pairs({
    ['in a generator'] = function()
      return loop.cowrap(await_in_here)()
    end,
    ['in a generator in a generator'] = function()
      return loop.cowrap(function()
        return loop.cowrap(await_in_here)()
      end)()
    end,
    ['in timeout'] = function()
      return loop.timeout(loops.patience, await_in_here)
    end,
    ['in net.pcall'] = function()
      return net.pcall(await_in_here)
    end,
  }) do
    it('tells where a task waits ' .. name, task(function()
      local waiting = loop.spawn(function()
        call()
        return true
      end)
      loop.later()
      local row = loop.dump()[1]
      assert.equal(waiting, row.task)
      assert.is_truthy(row.traceback:find(place, 1, true), row.traceback)
      waiting:resume()
      waiting:join()
    end))
  end
end)

describe('an argument error', function()
  it('names the function that the program called', function()
    local object = {
      fd = function()
        return 0
      end,
    }
    for _, name in ipairs({ 'read_lock', 'write_lock', 'read_unlock', 'unwait', 'forget' }) do
      local text = ("bad argument #1 to '%s' (socket or integer expected, got table)"):format(name)
      loops.raised(text, loop[name], object)
    end
    loops.raised("bad argument #1 to 'join' (net.loop.task expected, got nil)", loop.spawn(function() end).join)
    loop:step(0)
  end)

  it('comes before what is wrong with the place of a wait', task(function()
    local ok, err = pcall(loop.readable, 'x')
    assert.is_false(ok)
    assert.is_truthy(err:find("bad argument #1 to '", 1, true), err)
  end))
end)

describe('an error of misuse', function()
  it('shows the line of the program', function()
    local written = child.run([[
      local loop = require('net.loop')
      print(pcall(function()
        loop.run(function() loop.suspend() end)
      end))
      loop.dump()[1].task:cancel()
      loop.run(function()
        print(pcall(function()
          loop.step()
        end))
      end)]])
    local _, count = written:gsub('false\t[^\n]*lua/net/', '%0')
    assert.equal(0, count, written)
    assert.is_truthy(written:find('deadlock'), written)
    assert.is_truthy(written:find('the loop is running already'), written)
  end)
end)

describe('sockets of net', function()
  it('can be waited on by the functions of the loop', task(function()
    local socks = assert(net.stream.unix.pair())
    expect(loop.writable(socks[1], loops.patience)):to_be(true)
    expect(loop.read_lock(socks[1])):to_be(true)
    expect(loop.read_unlock(socks[1])):to_be(true)
    local waiting = loop.spawn(loop.readable, socks[1])
    loop.later()
    expect(loop.unwait(socks[1])):to_be(true)
    expect(waiting:join()):to_be(true, nil, failure('ECANCELED', 'readable'))
    socks[1]:close()
    socks[2]:close()
  end))
end)

if coroutine.close then
  describe('a <close> variable', function()
    local spawn_closing = loadstring([[
      local loop, how = ...
      return loop.spawn(function()
        local x <close> = setmetatable({}, { __close = function() error('of close', 0) end })
        how()
      end)]])

    for name, how in pairs({
      ['an error'] = function()
        error('before', 0)
      end,
      ['a cancellation'] = function()
        loop.suspend()
      end,
    }) do
      it('that fails after ' .. name .. ' is told, and is what the task failed with', function()
        local reported = loops.reported(function()
          local closing = spawn_closing(loop, how)
          loop.later()
          closing:cancel()
          expect(closing:join()):to_be(false, 'of close')
          assert.equal('failed', closing:status())
        end)
        assert.equal('of close', reported[#reported][1])
      end)
    end
  end)

  describe('a group', function()
    it('can be awaited again when the coroutine that did was closed, whose task goes on', task(function()
      local group = loop.group()
      group:spawn(loop.sleep, 0.001)
      local generator = coroutine.create(function()
        group:await()
      end)
      local abandoned = loop.spawn(function()
        coroutine.resume(generator)
        return 'on'
      end)
      loop.later()
      coroutine.close(generator)
      expect(select(2, group:await(loops.patience))):to_be(true, true)
      expect(abandoned:join(loops.patience)):to_be(true, 'on')
    end))
  end)
end
