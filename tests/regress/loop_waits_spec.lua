-- SPDX-License-Identifier: MIT
-- Faults of the loop's waits, locks and signals that were mended, each by what must hold.

local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')
local process = require('process')

local raw_resume = coroutine.resume -- taken before the loop runs
local task, pair, failure, keep = loops.task, loops.pair, loops.failure, network.keep

after_each(loops.assert_idle)

local function raise(name)
  process.kill(process.pid(), loop.signals[name])
end

-- Calls `use` with a socket whose peer always has something for it, and a function that tells how often a sleeper has
-- woken meanwhile.
local function beside_flood(make, use)
  local sock, peer = make()
  local ticks = 0
  local flood = loop.spawn(function()
    while loop.send(peer, nil, ('x'):rep(65536)) == 65536 do
    end
  end)
  local sleeper = loop.spawn(function()
    while loop.sleep(0.001) do
      ticks = ticks + 1
    end
  end)
  loop.sleep(0.001)
  use(sock, function()
    return ticks
  end)
  sleeper:cancel()
  flood:cancel()
  sleeper:join()
  flood:join()
end

local function message_of(size)
  local mh, iov = llsocket.msghdr.new(), llsocket.iovec.new()
  iov:addn(size)
  mh:iov(iov)
  return mh
end

-- Calls until it is done.
local function call_until(is_done, call)
  local began = loop.now()
  while not is_done(call()) do
    assert(loop.now() < began + loops.patience, 'it goes on')
  end
end

describe('a peer that always has something to take', function()
  local function net_pair()
    local pairs_of_net = assert(net.stream.unix.pair())
    return pairs_of_net[1], pairs_of_net[2].sock
  end

  local mh = message_of(1)
  local message = net.MsgHdr.new()
  message:addn(1)

  for name, row in pairs({
    ['recv of the loop'] = { pair, function(sock) return loop.recv(sock, nil, 1) end },
    ['recv of the loop with a time of its own'] = { pair, function(sock) return loop.recv(sock, 20, 1) end },
    ['recvmsg of the loop'] = { pair, function(sock) return loop.recvmsg(sock, nil, mh) end },
    ['readable'] = { pair, loop.readable },
    ['recv'] = { net_pair, function(sock) return sock:recv(1) end },
    ['recvmsg'] = { net_pair, function(sock) return sock:recvmsg(message) end },
    ['readn'] = { net_pair, function(sock) return sock:readn(100) end },
    ['recv behind a hook'] = {
      net_pair,
      function(sock)
        sock:onwaitrecv(function() return true end)
        return sock:recv(1)
      end,
    },
  }) do
    it('does not defeat the deadline around ' .. name .. ', nor hold up others', task(function()
      beside_flood(row[1], function(sock, ticks)
        local function call()
          return row[2](sock)
        end
        call_until(function(got, err)
          assert(got, err)
          return ticks() >= 5
        end, call)
        loop.timeout(0.005, call_until, function(got, err, timeout)
          return got == nil and err == nil and timeout
        end, call)
      end)
    end))
  end
end)

describe('tasks that wait for each other', function()
  local function idle() end

  for name, call in pairs({
    suspend = function(me)
      loop.spawn(me.resume, me)
      return loop.suspend()
    end,
    join = function()
      return loop.spawn(loop.later):join()
    end,
    await = function(_, group)
      group:spawn(idle)
      return group:await()
    end,
    ['a lock'] = function(_, _, sock)
      local holder = loop.spawn(function()
        assert(loop.read_lock(sock))
        loop.later()
        loop.read_unlock(sock)
      end)
      loop.later()
      local ok, err, timeout = loop.read_lock(sock)
      if ok then
        loop.read_unlock(sock)
      end
      holder:join()
      return ok, err, timeout
    end,
  }) do
    it(('do not defeat the deadline around %s'):format(name), task(function()
      local group, sock = loop.group(), pair()
      loop.timeout(0.005, call_until, function(got, err, timeout)
        return got == nil and err == nil and timeout
      end, function()
        return call(loop.running(), group, sock)
      end)
      group:cancel()
    end))
  end

  it('leave others their turn, although all that they wait for is too late', task(function()
    local ticks = 0
    local sleeper = loop.spawn(function()
      while loop.sleep(0.001) do
        ticks = ticks + 1
      end
    end)
    loop.timeout(0, call_until, function()
      return ticks >= 5
    end, loop.suspend)
    sleeper:cancel()
    sleeper:join()
  end))
end)

describe('a signal that came when it was too late', function()
  it('stays for others', task(function()
    loop.sigwait(0, 'SIGUSR2')
    local waiting = loop.spawn(loop.sigwait, loops.patience, 'SIGUSR2')
    loop.later()
    raise('SIGUSR2')
    expect(loop.timeout(0, loop.sigwait, nil, 'SIGUSR2')):to_be(nil, nil, true)
    expect(waiting:join()):to_be(true, loop.signals.SIGUSR2)
  end))
end)

describe('a message for a unix socket whose queue is full', function()
  -- Two sockets, of which the second got as many as it takes; a message; and the address of the second.
  local function full()
    local receiver = keep(assert(llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_DGRAM, 0, true)))
    local ai = assert(llsocket.addrinfo.unix(network.free_path(), llsocket.SOCK_DGRAM))
    assert(receiver:bind(ai))
    local sender = keep(assert(llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_DGRAM, 0, true)))
    local mh, iov = llsocket.msghdr.new(), llsocket.iovec.new()
    iov:add('x')
    mh:iov(iov)
    mh:name(ai)
    local _, timeout
    repeat
      _, _, timeout = loop.sendmsg(sender, 0, mh)
    until timeout
    return sender, mh, ai
  end

  it('waits in its place, also when it does not look for room all the time', task(function()
    local sender, mh, ai = full()
    local sending = loop.spawn(loop.sendmsg, sender, nil, mh)
    loop.sleep(0.05)
    expect(loop.sendto(sender, 0.01, 'y', ai)):to_be(nil, failure('EBUSY', 'sendto'))
    assert.matches('sendmsg on ' .. sender:fd(), tostring(loop.dump()))
    assert.is_true(loop.unwait(sender))
    expect(sending:join(loops.patience)):to_be(true, nil, failure('ECANCELED', 'sendmsg'))
    os.remove(ai:addr())
  end))

  it('ends with its socket', task(function()
    local sender, mh, ai = full()
    local sending = loop.spawn(loop.sendmsg, sender, nil, mh)
    loop.sleep(0.05)
    sender:close()
    expect(sending:join(loops.patience)):to_be(true, nil, failure('ECANCELED', 'sendmsg'))
    os.remove(ai:addr())
  end))
end)

describe('a lock for which a task cannot wait', function()
  -- Whether the lock goes to another when the task that has it gives it back.
  local function goes_to_others(sock, fail)
    local owner = loop.spawn(function()
      assert(loop.read_lock(sock))
      assert(loop.suspend())
      return loop.read_unlock(sock)
    end)
    loop.later()
    local ok = net.pcall(fail)
    owner:resume()
    expect(owner:join()):to_be(true, true)
    expect(loop.spawn(loop.read_lock, sock, 0):join()):to_be(true, true)
    return ok
  end

  it('in an iterator is not given to it', task(function()
    local sock = pair()
    local ok = goes_to_others(sock, function()
      if _VERSION == 'Lua 5.1' and not jit then
        for _ in function() return loop.read_lock(sock) end do
          loop.later()
        end
      else
        table.sort({ 1, 2 }, function() return loop.read_lock(sock) end)
      end
    end)
    assert.is_false(ok)
  end))

  it('in a generator is not given to it, and the generator goes on', task(function()
    local sock = pair()
    local stages = {}
    goes_to_others(sock, function()
      local generator = coroutine.wrap(function()
        table.insert(stages, (net.pcall(loop.read_lock, sock)))
        table.insert(stages, 'after')
        return false
      end)
      table.sort({ 1, 2 }, function()
        return generator()
      end)
    end)
    assert.same({ false, 'after' }, stages)
  end))

  it('is not given to it when it waits for another by then', task(function()
    local sock, other = pair()
    local owner = loop.spawn(function()
      assert(loop.read_lock(sock))
      assert(loop.write_lock(other))
      assert(loop.suspend())
      assert(loop.read_unlock(sock))
      assert(loop.suspend())
      assert(loop.write_unlock(other))
    end)
    local waiting = loop.spawn(function()
      local sorts = net.pcall(table.sort, { 1, 2 }, function() return loop.read_lock(sock) end)
      assert(not sorts)
      return loop.write_lock(other)
    end)
    loop.later()
    owner:resume()
    loop.later()
    assert.equal('waiting', waiting:status())
    expect(loop.read_lock(sock, 0)):to_be(true)
    owner:resume()
    expect(waiting:join(loops.patience)):to_be(true, true)
  end))
end)

describe('a signal', function()
  it('stays for others although another task begins to wait while its own is about to be cancelled', task(function()
    local second
    local first = loop.spawn(function()
      loop.sigwait(nil, 'SIGUSR1')
      second:cancel()
    end)
    second = loop.spawn(loop.sigwait, nil, 'SIGUSR2')
    loop.sleep(0.001)
    raise('SIGUSR1')
    raise('SIGUSR2')
    loop.spawn(loop.sigwait, 0.001, 'SIGHUP')
    expect(first:join(loops.patience)):to_be(true)
    expect(second:join(loops.patience)):to_be(false, loops.cancellation)
    expect(loop.sigwait(loops.patience, 'SIGUSR2')):to_be(loop.signals.SIGUSR2)
  end))

  it('is there for the next when its task is cancelled in the turn in which another begins to wait', task(function()
    local first = loop.spawn(loop.sigwait, nil, 'SIGUSR1')
    loop.sleep(0.001)
    raise('SIGUSR1')
    loop.spawn(loop.sigwait, 0.001, 'SIGHUP')
    loop.spawn(function()
      first:cancel()
    end)
    expect(first:join(loops.patience)):to_be(false, loops.cancellation)
    expect(loop.sigwait(loops.patience, 'SIGUSR1')):to_be(loop.signals.SIGUSR1)
  end))
end)

describe('a second socket object with the same number', function()
  it('has the same locks, also when something came that nobody waited for', task(function()
    local first, peer = pair()
    local second = assert(llsocket.socket.wrap(first:fd()))
    expect(loop.readable(first, 0.001)):to_be(nil, nil, true)
    peer:send('x')
    loop.sleep(0.005)
    expect(loop.read_lock(first)):to_be(true)
    local waiting = loop.spawn(loop.read_lock, first)
    expect(loop.spawn(loop.read_lock, second, 0.005):join()):to_be(true, nil, nil, true)
    expect(loop.read_unlock(first)):to_be(true)
    expect(waiting:join(loops.patience)):to_be(true, true)
    second:unwrap()
  end))
end)

describe('the coroutine of a task that is resumed past the loop', function()
  it('may run the loop', function()
    local before, told, thread, stepped = loop.onerror(), nil, nil, nil
    loop.onerror(function(err)
      told = err
    end)
    loop.spawn(function()
      thread = coroutine.running()
      loop.sleep(0.001)
      stepped = loop.step(1)
    end)
    loop.step(0)
    raw_resume(thread, true)
    loop.onerror(before)
    assert.equal(0, stepped)
    assert.matches('somebody else resumed the coroutine', told)
  end)
end)

if coroutine.close then
  describe('a group', function()
    it('wakes a task whose awaiting coroutine was closed once, and then leaves it alone', task(function()
      local group = loop.group()
      local ending = { group:spawn(loop.suspend), group:spawn(loop.suspend) }
      local generator = coroutine.create(function()
        group:await()
      end)
      local abandoned = loop.spawn(function()
        coroutine.resume(generator)
        return loop.suspend(0.01)
      end)
      loop.later()
      coroutine.close(generator)
      ending[1]:resume()
      loop.sleep(0.001)
      ending[2]:resume()
      expect(abandoned:join(loops.patience)):to_be(true, nil, nil, true)
    end))
  end)
end
