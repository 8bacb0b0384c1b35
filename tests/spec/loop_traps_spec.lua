-- SPDX-License-Identifier: MIT
-- Where other loops have failed.

local descriptors = require('descriptors')
local expect = require('expect')
local finalizable = require('finalizable')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')

local socket = llsocket.socket
local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

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
