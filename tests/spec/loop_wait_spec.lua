-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')

local socket = llsocket.socket

local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

-- Seconds that the call took.
local function seconds(call, ...)
  local before = loop.now()
  call(...)
  return loop.now() - before
end

describe('loop.now', function()
  it('is a number of seconds that never goes back', function()
    local before = loop.now()
    for _ = 1, 1000 do
      local now = loop.now()
      assert.is_true(now >= before)
      before = now
    end
  end)
end)

describe('loop.sleep', function()
  it('gives true when the time is over, and not before', task(function()
    assert.is_true(seconds(function()
      expect(loop.sleep(0.03)):to_be(true)
    end) >= 0.03)
  end))

  it('takes fractions of a millisecond', task(function()
    assert.is_true(seconds(function()
      for _ = 1, 10 do
        loop.sleep(0.0001)
      end
    end) >= 0.001)
  end))

  it('wakes sleepers in the order of their deadlines', task(function()
    local log = {}
    for _, ms in ipairs({ 30, 10, 20, 0, 40 }) do
      loop.spawn(function()
        loop.sleep(ms / 1000)
        log[#log + 1] = ms
      end)
    end
    loop.sleep(0.2)
    assert.same({ 0, 10, 20, 30, 40 }, log)
  end))

  it('lets others run while it sleeps', task(function()
    local turns = 0
    local other = loop.spawn(function()
      while true do
        turns = turns + 1
        loop.sleep(0.001)
      end
    end)
    loop.sleep(0.05)
    other:cancel()
    assert.is_true(turns > 1)
  end))

  it('of no time is a turn for all others that are ready', task(function()
    local log = {}
    for i = 1, 3 do
      loop.spawn(function()
        table.insert(log, i)
        expect(loop.sleep(0)):to_be(true)
        table.insert(log, 10 * i)
      end)
    end
    loop.sleep(0)
    assert.same({ 1, 2, 3 }, log)
    loop.sleep(0)
    assert.same({ 1, 2, 3, 10, 20, 30 }, log)
  end))

  it('keeps the processor idle', task(function()
    local before = os.clock()
    loop.sleep(0.2)
    assert.is_true(os.clock() - before < 0.15)
  end))

  it('must be told how long', task(function()
    loops.raised("bad argument #1 to 'sleep' (number expected, got no value)", function()
      loop.sleep()
    end)
    loops.raised("bad argument #1 to 'sleep' (number expected, got nil)", function()
      loop.sleep(nil)
    end)
  end))
end)

describe('loop.later', function()
  it('gives true', task(function()
    expect(loop.later()):to_be(true)
    expect(loop.later('ignored')):to_be(true)
  end))

  it('lets all others run that are ready', task(function()
    local turns = 0
    for _ = 1, 500 do
      loop.spawn(function()
        turns = turns + 1
      end)
    end
    loop.later()
    assert.equal(500, turns)
  end))

  it('lets sleepers and descriptors have their turn', task(function()
    local a, b = pair()
    local slept, was_read
    loop.spawn(function()
      slept = loop.sleep(0.001)
    end)
    loop.spawn(function()
      was_read = loop.recv(a)
    end)
    b:send('x')
    local deadline = loop.now() + loops.patience
    while not (slept and was_read) and loop.now() < deadline do
      loop.later()
    end
    assert.is_true(slept)
    assert.equal('x', was_read)
  end))

  it('gives true also after the deadline of a timeout', task(function()
    loop.timeout(0, function()
      expect(loop.later()):to_be(true)
    end)
  end))
end)

describe('loop.suspend', function()
  it('gives true and the values that the task is resumed with', task(function()
    local results
    local spawned = loop.spawn(function()
      results = loops.pack(loop.suspend())
    end)
    loop.later()
    expect(loop.resume(spawned, nil, 'x', nil)):to_be(true)
    spawned:join()
    assert.same(loops.pack(true, nil, 'x', nil), results)
  end))

  it('gives nil, nil, true when its time is over', task(function()
    expect(loop.suspend(0)):to_be(nil, nil, true)
    expect(loop.suspend(0.001)):to_be(nil, nil, true)
  end))

  it('hands on as many values as fit on a stack', task(function()
    local many = {}
    for i = 1, 5000 do
      many[i] = i
    end
    local spawned = loop.spawn(function()
      return select('#', loop.suspend())
    end)
    loop.later()
    loop.resume(spawned, (table.unpack or unpack)(many))
    expect(spawned:join()):to_be(true, 5001)
  end))

  it('keeps the values while collections run', task(function()
    local spawned = loop.spawn(function()
      return select(2, loop.suspend())
    end)
    loop.later()
    loop.resume(spawned, ('x'):rep(100), { 'y' })
    loops.collect()
    local ok, text, object = spawned:join()
    assert.is_true(ok)
    assert.equal(('x'):rep(100), text)
    assert.same({ 'y' }, object)
  end))
end)

describe('loop.resume', function()
  it('is a method of the task as well', task(function()
    local spawned = loop.spawn(loop.suspend)
    loop.later()
    expect(spawned:resume('x')):to_be(true)
    expect(spawned:join()):to_be(true, true, 'x')
  end))

  it('is false for a task that is not suspended, which goes on undisturbed', task(function()
    local a = pair()
    local unbegun = loop.spawn(loop.sleep, 0)
    expect(loop.resume(unbegun, 'x')):to_be(false)
    local sleeping, reading = loop.spawn(loop.sleep, 0.01), loop.spawn(loop.readable, a, 0.01)
    local joining = loop.spawn(sleeping.join, sleeping)
    loop.later()
    for _, spawned in ipairs({ sleeping, reading, joining, loop.running() }) do
      expect(loop.resume(spawned, 'x')):to_be(false)
    end
    expect(sleeping:join()):to_be(true, true)
    expect(reading:join()):to_be(true, nil, nil, true)
    expect(joining:join()):to_be(true, true, true)
    expect(loop.resume(sleeping)):to_be(false)
  end))

  it('a second time is false, and the values of the first arrive', task(function()
    local spawned = loop.spawn(loop.suspend)
    loop.later()
    expect(loop.resume(spawned, 'first')):to_be(true)
    expect(loop.resume(spawned, 'second')):to_be(false)
    expect(spawned:join()):to_be(true, true, 'first')
  end))

  it('is false once the time of the suspended task was over', task(function()
    local spawned = loop.spawn(loop.suspend, 0)
    spawned:join()
    expect(loop.resume(spawned)):to_be(false)
  end))

  it('works outside of run', function()
    local spawned = loop.spawn(loop.suspend)
    loop:step(0)
    expect(loop.resume(spawned, 'x')):to_be(true)
    loop.run(function() end)
    expect(spawned:join()):to_be(true, true, 'x')
  end)

  it('wants a task', function()
    loops.raised("bad argument #1 to 'resume' (net.loop.task expected, got table)", function()
      loop.resume({})
    end)
  end)
end)

describe('loop.timeout', function()
  it('returns what the function returns', task(function()
    expect(loop.timeout(20, function(...)
      loop.sleep(0)
      return ...
    end, nil, 'x', nil)):to_be(nil, 'x', nil)
    expect(loop.timeout(0, function() end)):to_be()
  end))

  it('lets errors pass', task(function()
    local err = {}
    local ok, caught = net.pcall(loop.timeout, 20, function()
      loop.sleep(0)
      error(err)
    end)
    assert.is_false(ok)
    assert.equal(err, caught)
  end))

  it('ends each wait in it with nil, nil, true', task(function()
    local a, b = pair()
    local full = pair()
    local size = network.fill(full)
    assert.is_true(size > 0)
    local listener = loops.listener()
    local other = loop.spawn(loop.suspend)
    local owner = loop.spawn(function()
      loop.read_lock(a)
      loop.suspend()
    end)
    loop.later()
    local group = loop.group()
    group:spawn(loop.suspend)
    loop.timeout(0.01, function()
      for _ = 1, 2 do
        expect(loop.sleep(3600)):to_be(nil, nil, true)
        expect(loop.sleep(0)):to_be(nil, nil, true)
        expect(loop.suspend()):to_be(nil, nil, true)
        expect(loop.suspend(3600)):to_be(nil, nil, true)
        expect(loop.readable(a)):to_be(nil, nil, true)
        expect(loop.writable(full, 3600)):to_be(nil, nil, true)
        expect(loop.recv(b)):to_be(nil, nil, true)
        expect(loop.recvfrom(b, 3600)):to_be(nil, nil, true)
        expect(loop.send(full, nil, 'x')):to_be(0, nil, true)
        expect(loop.accept(listener)):to_be(nil, nil, true)
        expect(other:join()):to_be(nil, nil, true)
        expect(loop.read_lock(a)):to_be(nil, nil, true)
        expect(group:await()):to_be(nil, nil, true)
      end
    end)
    other:cancel()
    owner:cancel()
    group:cancel()
  end))

  it('is over when the function returns', task(function()
    loop.timeout(0, loop.sleep, 1)
    expect(loop.sleep(0.001)):to_be(true)
    expect(loop.suspend(0.001)):to_be(nil, nil, true)
  end))

  it('is over when the function fails', task(function()
    net.pcall(loop.timeout, 0, error)
    expect(loop.sleep(0.001)):to_be(true)
  end))

  it('leaves the deadline of the wait itself when that is nearer', task(function()
    loop.timeout(3600, function()
      expect(loop.sleep(0.001)):to_be(true)
      expect(loop.suspend(0.001)):to_be(nil, nil, true)
    end)
  end))

  it('inside of another counts where it is nearer', task(function()
    loop.timeout(3600, function()
      assert.is_true(seconds(function()
        expect(loop.timeout(0.01, loop.sleep, 3600)):to_be(nil, nil, true)
      end) >= 0.01)
      expect(loop.sleep(0.001)):to_be(true)
    end)
  end))

  it('inside of another that is nearer makes no wait longer', task(function()
    loop.timeout(0.01, function()
      expect(loop.timeout(3600, loop.sleep, 3600)):to_be(nil, nil, true)
      expect(loop.suspend()):to_be(nil, nil, true)
    end)
    expect(loop.sleep(0.001)):to_be(true)
  end))

  it('nests deeply', task(function()
    local function nested(depth)
      if depth == 0 then
        return loop.sleep(3600)
      end
      return loop.timeout(depth == 10 and 0.01 or 3600, nested, depth - 1)
    end
    expect(nested(20)):to_be(nil, nil, true)
    expect(loop.sleep(0.001)):to_be(true)
  end))

  it('concerns only the task that calls', task(function()
    local other
    loop.timeout(0.005, function()
      other = loop.spawn(loop.sleep, 0.02)
      loop.suspend()
    end)
    expect(other:join()):to_be(true, true)
  end))

  it('holds in the generators of its function', task(function()
    expect(loop.timeout(0.01, function()
      return coroutine.wrap(function()
        return loop.sleep(3600)
      end)()
    end)):to_be(nil, nil, true)
  end))

  it('holds no longer while a generator that it is in has yielded', task(function()
    local generator = coroutine.wrap(function()
      loop.timeout(0.001, coroutine.yield, 'x')
    end)
    assert.equal('x', generator())
    expect(loop.sleep(0.01)):to_be(true)
  end))

  it('holds no longer when such a generator is dropped', task(function()
    coroutine.wrap(function()
      loop.timeout(0.001, coroutine.yield, 'x')
    end)()
    collectgarbage()
    expect(loop.sleep(0.01)):to_be(true)
  end))

  it('holds again when such a generator goes on', task(function()
    local generator = coroutine.wrap(function()
      loop.timeout(0.001, function()
        coroutine.yield('x')
        coroutine.yield(loops.pack(loop.sleep(3600)))
      end)
      coroutine.yield(loops.pack(loop.sleep(0.001)))
    end)
    generator()
    assert.same(loops.pack(nil, nil, true), generator())
    assert.same(loops.pack(true), generator())
  end))

  it('is over also for the generator that it was in', task(function()
    coroutine.wrap(function()
      expect(loop.timeout(0.01, loop.sleep, 0.001)):to_be(true)
      expect(loop.sleep(0.02)):to_be(true)
      expect(loop.sleep(0.001)):to_be(true)
      expect(loop.suspend(0.001)):to_be(nil, nil, true)
      expect(loop.sleep(0.001)):to_be(true)
    end)()
  end))

  it('ends a sleep in a generator with nil, nil, true', task(function()
    expect(coroutine.wrap(function()
      return loop.timeout(0.005, loop.sleep, 3600)
    end)()):to_be(nil, nil, true)
    expect(loop.sleep(0.001)):to_be(true)
  end))

  it('lets a wait succeed that can at once', task(function()
    local a, b = pair()
    b:send('x')
    loop.timeout(0, function()
      expect(loop.readable(a)):to_be(true)
      expect(loop.recv(a)):to_be('x')
      expect(loop.writable(a)):to_be(true)
    end)
  end))

  it('lets a cancellation pass', task(function()
    local spawned = loop.spawn(loop.timeout, 3600, loop.suspend)
    loop.later()
    spawned:cancel()
    expect(spawned:join()):to_be(false, loops.cancellation)
  end))

  it('of a thing that is no function fails as a call of it does', task(function()
    assert.is_false((net.pcall(loop.timeout, 1, nil)))
    expect(loop.sleep(0.001)):to_be(true)
  end))
end)

describe('loop.readable and loop.writable', function()
  it('give true when it is so, at once or later', task(function()
    local a, b = pair()
    expect(loop.writable(a)):to_be(true)
    expect(loop.readable(a, 0)):to_be(nil, nil, true)
    local reader = loop.spawn(loop.readable, a)
    loop.later()
    b:send('x')
    expect(reader:join()):to_be(true, true)
    expect(loop.readable(a, 0)):to_be(true)
    expect(loop.readable(a)):to_be(true)
  end))

  it('give nil, nil, true when the time is over', task(function()
    local a = pair()
    network.fill(a)
    expect(loop.readable(a, 0)):to_be(nil, nil, true)
    expect(loop.readable(a, 0.005)):to_be(nil, nil, true)
    expect(loop.writable(a, 0)):to_be(nil, nil, true)
    expect(loop.writable(a, 0.005)):to_be(nil, nil, true)
  end))

  it('see what is there already, again and again', task(function()
    local a, b = pair()
    b:send('xyz')
    for _, c in ipairs({ 'x', 'y', 'z' }) do
      expect(loop.readable(a, 20)):to_be(true)
      expect(loop.readable(a:fd(), 20)):to_be(true)
      assert.equal(c, a:recv(1))
    end
    expect(loop.readable(a, 0)):to_be(nil, nil, true)
  end))

  it('see the end of a stream, and a peer that is gone', task(function()
    local a, b = pair()
    network.fill(a)
    local writer, reader = loop.spawn(loop.writable, a), loop.spawn(loop.readable, a)
    loop.later()
    b:close()
    expect(writer:join()):to_be(true, true)
    expect(reader:join()):to_be(true, true)
    expect(loop.readable(a)):to_be(true)
    expect(loop.writable(a)):to_be(true)
  end))

  it('wait for both directions at the same time', task(function()
    local a, b = pair()
    local size = network.fill(a)
    local writer, reader = loop.spawn(loop.writable, a), loop.spawn(loop.readable, a)
    loop.later()
    b:send('x')
    expect(reader:join()):to_be(true, true)
    assert.equal('waiting', writer:status())
    assert.equal(size, #network.receive_all(b, size))
    expect(writer:join()):to_be(true, true)
  end))

  it('take numbers of descriptors', task(function()
    local a, b = pair()
    local fd = a:fd()
    expect(loop.writable(fd)):to_be(true)
    expect(loop.readable(fd, 0)):to_be(nil, nil, true)
    local reader = loop.spawn(loop.readable, fd)
    loop.later()
    b:send('x')
    expect(reader:join()):to_be(true, true)
    a:recv()
    loop.unwait(fd)
  end))

  it('take files, which are always ready', task(function()
    local fd = assert(require('scenes').file('content')())
    expect(loop.readable(fd)):to_be(true)
    expect(loop.writable(fd, 0)):to_be(true)
    loop.unwait(fd)
  end))

  it('take a wait on the number and on the object of one socket', task(function()
    local a, b = pair()
    network.fill(a)
    local reader = loop.spawn(loop.readable, a:fd())
    loops.settle()
    local writer = loop.spawn(loop.writable, a)
    loops.settle()
    assert.equal('waiting', reader:status())
    assert.equal('waiting', writer:status())
    b:send('x')
    expect(reader:join()):to_be(true, true)
    loop.unwait(a)
    writer:join()
  end))

  it('let one task wait in each direction, and tell others EBUSY', task(function()
    local a = pair()
    local reader = loop.spawn(loop.readable, a)
    loop.later()
    expect(loop.readable(a)):to_be(nil, failure('EBUSY', 'readable'))
    expect(loop.recv(a)):to_be(nil, failure('EBUSY', 'recv'))
    expect(loop.writable(a)):to_be(true)
    loop.unwait(a)
    reader:join()
  end))

  it('tell EBADF of what is not open', task(function()
    local a = pair()
    local fd = a:fd()
    a:close()
    for _, name in ipairs({ 'readable', 'writable' }) do
      expect(loop[name](a)):to_be(nil, failure('EBADF', name))
      expect(loop[name](fd)):to_be(nil, failure('EBADF', name))
    end
  end))

  it('take no memory for a large number that is not open', function()
    local written = loops.output([[
      print(loop.run(loop.readable, 200000000))
      local file = io.open('/proc/self/status')
      print(file:read('*a'):match('VmHWM:%s*(%d+)'))]])
    local result, kilobytes = written:match('^(.-)\n(%d+)\n$')
    assert.equal('true\tnil\t' .. failure('EBADF', 'readable'), result)
    assert.is_true(tonumber(kilobytes) < 400000, kilobytes)
  end)

  it('end with EBADF when a number is closed behind the back of the loop', task(function()
    local socks = network.keep(socket.pair(llsocket.SOCK_STREAM))
    local fd = socks[1]:unwrap()
    local reader = loop.spawn(loop.readable, fd)
    loop.later()
    socket.close(fd)
    local results = loops.pack(reader:join(loops.patience))
    -- For poll(2) a number that is not open is ready (POLLNVAL); who uses it then learns the rest.
    local is_told_by_use = loop.backend() == 'poll'
    local told = loops.pack(true, nil, failure('EBADF', 'readable'))
    assert.same(is_told_by_use and loops.pack(true, true) or told, results)
    expect(loop.readable(fd, 0)):to_be(nil, failure('EBADF', 'readable'))
  end))

  it('watch a number anew that another file has now', task(function()
    local a, b = pair()
    local fd = socket.pair(llsocket.SOCK_STREAM, nil, true)[1]:unwrap()
    loop.readable(fd, 0.001)
    socket.close(fd)
    local again = assert(a:dup())
    assert.equal(fd, again:fd(), 'the number was not used again')
    b:send('x')
    expect(loop.readable(fd, 20)):to_be(true)
    loop.unwait(fd)
  end))

  it('can give up and wait again', task(function()
    local a, b = pair()
    for _ = 1, 10 do
      expect(loop.readable(a, 0.001)):to_be(nil, nil, true)
    end
    local reader = loop.spawn(loop.readable, a)
    loop.later()
    b:send('x')
    expect(reader:join()):to_be(true, true)
  end))
end)

-- What stands for the socket: the object or the number.
local function handle_of(sock, of)
  return of == 'the object' and sock or sock:fd()
end

local function ends_both_waits(stop, of)
  return task(function()
    local a = pair()
    network.fill(a)
    local reader, writer = loop.spawn(loop.readable, a), loop.spawn(loop.send, a, nil, 'x')
    loop.later()
    expect(stop(handle_of(a, of))):to_be(true)
    expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'readable'))
    expect(writer:join()):to_be(true, nil, failure('ECANCELED', 'send'))
    expect(stop(handle_of(a, of))):to_be(false)
  end)
end

describe('unwait', function()
  for _, of in ipairs({ 'the object', 'the number' }) do
    local function handle(sock)
      return handle_of(sock, of)
    end

    it('of ' .. of .. ' ends both waits with ECANCELED', ends_both_waits(loop.unwait, of))

    it('of one direction of ' .. of .. ' leaves the other alone', task(function()
      local a = pair()
      network.fill(a)
      local reader, writer = loop.spawn(loop.recv, a), loop.spawn(loop.writable, a)
      loop.later()
      expect(loop.unwait_readable(handle(a))):to_be(true)
      expect(loop.unwait_readable(handle(a))):to_be(false)
      expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'recv'))
      assert.equal('waiting', writer:status())
      expect(loop.unwait_writable(handle(a))):to_be(true)
      expect(loop.unwait_writable(handle(a))):to_be(false)
      expect(writer:join()):to_be(true, nil, failure('ECANCELED', 'writable'))
    end))

    it('of ' .. of .. ' on which nobody waits is false', task(function()
      local a = pair()
      expect(loop.unwait(handle(a))):to_be(false)
      loop.readable(a, 0)
      expect(loop.unwait(handle(a))):to_be(false)
      expect(loop.unwait_readable(handle(a))):to_be(false)
      expect(loop.unwait_writable(handle(a))):to_be(false)
      a:close()
      expect(loop.unwait(a)):to_be(false)
    end))
  end

  it('lets the descriptor be waited on again', task(function()
    local a, b = pair()
    for _ = 1, 3 do
      local reader = loop.spawn(loop.readable, a)
      loop.later()
      assert.is_true(loop.unwait(a))
      reader:join()
    end
    b:send('x')
    expect(loop.readable(a, 20)):to_be(true)
  end))

  it('wakes who waits for the locks', task(function()
    local a = pair()
    assert.is_true((loop.read_lock(a)))
    local waiter = loop.spawn(loop.read_lock, a)
    loops.settle()
    expect(loop.unwait(a)):to_be(true)
    expect(waiter:join()):to_be(true, nil, failure('ECANCELED', 'read_lock'))
    loop.read_unlock(a)
  end))

  it('works outside of a task', function()
    local a = pair()
    local reader = loop.spawn(loop.readable, a)
    loop:step(0)
    expect(loop.unwait(a)):to_be(true)
    loop.run(function() end)
    expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'readable'))
  end)
end)

describe('loop.forget', function()
  for _, of in ipairs({ 'the object', 'the number' }) do
    local function handle(sock)
      return handle_of(sock, of)
    end

    it('of ' .. of .. ' ends both waits with ECANCELED', ends_both_waits(loop.forget, of))

    it('of ' .. of .. ' ends its locks, and who waits for them', task(function()
      local a = pair()
      local owner = loop.spawn(function()
        assert(loop.read_lock(a) and loop.write_lock(a))
        loop.suspend()
        return loop.read_unlock(a)
      end)
      loop.later()
      local reader, writer = loop.spawn(loop.read_lock, a), loop.spawn(loop.write_lock, a)
      loops.settle()
      expect(loop.forget(handle(a))):to_be(true)
      expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'read_lock'))
      expect(writer:join()):to_be(true, nil, failure('ECANCELED', 'write_lock'))
      expect(loop.read_lock(a, 0)):to_be(true)
      owner:resume()
      expect(owner:join()):to_be(true, nil, failure('EPERM', 'read_unlock'))
      expect(loop.read_unlock(a)):to_be(true)
    end))

    it('of ' .. of .. ' on which nobody waits is false', task(function()
      local a = pair()
      expect(loop.forget(handle(a))):to_be(false)
      loop.readable(a, 0)
      expect(loop.forget(handle(a))):to_be(false)
      loop.read_lock(a)
      expect(loop.forget(handle(a))):to_be(false)
    end))

    it('of ' .. of .. ' leaves it open, to be waited on again', task(function()
      local a, b = pair()
      for i = 1, 3 do
        local reader = loop.spawn(loop.readable, handle(a))
        loop.later()
        assert.is_true(loop.forget(handle(a)))
        reader:join()
        b:send(tostring(i))
        expect(loop.readable(handle(a), 20)):to_be(true)
        expect(loop.recv(a, 20)):to_be(tostring(i))
      end
    end))
  end

  it('of a number lets the next file with that number be watched at once', task(function()
    for _ = 1, 5 do
      local socks = socket.pair(llsocket.SOCK_STREAM, nil, true)
      local fd, other = socks[1]:unwrap(), socks[2]
      local reader = loop.spawn(loop.readable, fd)
      loop.later()
      loop.forget(fd)
      socket.close(fd)
      expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'readable'))
      local c, d = pair()
      local again = c:fd() == fd and c or d
      assert.equal(fd, again:fd(), 'the number was not used again')
      local next_reader = loop.spawn(loop.readable, fd)
      loop.later()
      other:close()
      loops.settle()
      assert.equal('waiting', next_reader:status())
      local peer = again == c and d or c
      peer:send('x')
      expect(next_reader:join()):to_be(true, true)
      loop.forget(fd)
      c:close()
      d:close()
    end
  end))

  it('of a number that was locked leaves the next file with it unlocked', task(function()
    local fd = socket.pair(llsocket.SOCK_STREAM, nil, true)[1]:unwrap()
    local owner = loop.spawn(function()
      assert(loop.write_lock(fd))
      loop.suspend()
    end)
    loop.later()
    loop.forget(fd)
    socket.close(fd)
    local c, d = pair()
    assert.is_true(c:fd() == fd or d:fd() == fd, 'the number was not used again')
    expect(loop.write_lock(fd, 0)):to_be(true)
    owner:resume()
    owner:join()
    expect(loop.write_lock(fd, 0)):to_be(nil, failure('EDEADLK', 'write_lock'))
    expect(loop.write_unlock(fd)):to_be(true)
    loop.forget(fd)
  end))

  it('works outside of a task', function()
    local a = pair()
    local reader = loop.spawn(loop.readable, a)
    loop:step(0)
    expect(loop.forget(a)):to_be(true)
    loop.run(function() end)
    expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'readable'))
  end)

  it('refuses what is no descriptor', function()
    for _, value in ipairs({ 'x', {}, true, -1, 1.5, io.stdout }) do
      assert.is_false((pcall(loop.forget, value)))
    end
    assert.is_false((pcall(loop.forget)))
    expect(loop.forget(9999)):to_be(false)
  end)
end)

describe('a socket that is closed', function()
  it('wakes its reader and its writer', task(function()
    local a = pair()
    network.fill(a)
    local reader, writer = loop.spawn(loop.recv, a), loop.spawn(loop.send, a, nil, 'x')
    loop.later()
    a:close()
    expect(reader:join(20)):to_be(true, nil, failure('ECANCELED', 'recv'))
    expect(writer:join(20)):to_be(true, nil, failure('ECANCELED', 'send'))
  end))

  it('wakes who waits on its number', task(function()
    local a = pair()
    loop.readable(a, 0)
    local reader = loop.spawn(loop.readable, a:fd())
    loop.later()
    a:close()
    expect(reader:join(20)):to_be(true, nil, failure('ECANCELED', 'readable'))
  end))

  it('wakes them as well when it is given away', task(function()
    local a = pair()
    local reader = loop.spawn(loop.readable, a)
    loop.later()
    local fd = a:unwrap()
    expect(reader:join(20)):to_be(true, nil, failure('ECANCELED', 'readable'))
    expect(loop.readable(fd, 0)):to_be(nil, nil, true)
    loop.unwait(fd)
    socket.close(fd)
  end))

  it('leaves the next one with its number alone', task(function()
    local a = pair()
    local fd = a:fd()
    local reader = loop.spawn(loop.readable, a)
    loop.later()
    a:close()
    local c, d = pair()
    assert.is_true(c:fd() == fd or d:fd() == fd, 'the number was not used again')
    local next_reader = loop.spawn(loop.recv, c)
    expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'readable'))
    d:send('x')
    expect(next_reader:join()):to_be(true, 'x')
  end))

  it('wakes who waits for its locks', task(function()
    local a = pair()
    loop.read_lock(a)
    loop.write_lock(a)
    local reader, writer = loop.spawn(loop.read_lock, a, 3), loop.spawn(loop.write_lock, a, 3)
    loops.settle()
    a:close()
    assert.equal(failure('ECANCELED', 'read_lock'), (select(3, reader:join())))
    assert.equal(failure('ECANCELED', 'write_lock'), (select(3, writer:join())))
  end))

  it('takes its locks with it', task(function()
    local a = pair()
    local fd = a:fd()
    local owner = loop.spawn(function()
      loop.read_lock(a)
      loop.suspend()
    end)
    loop.later()
    a:close()
    local c, d = pair()
    assert.is_true(c:fd() == fd or d:fd() == fd, 'the number was not used again')
    assert.is_true((loop.read_lock(c, 0)))
    assert.is_true((loop.read_lock(d, 0)))
    loop.read_unlock(c)
    loop.read_unlock(d)
    owner:cancel()
  end))
end)

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
