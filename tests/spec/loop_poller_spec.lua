-- SPDX-License-Identifier: MIT
local child = require('child')
local descriptors = require('descriptors')
local expect = require('expect')
local hosts = require('hosts')
local llsocket = require('llsocket')
local loop = require('net.loop')
local network = require('network')
local poller = require('net.poller')
local program = require('program')

local errno = llsocket.errno
local unpack = table.unpack or unpack

local LIMIT_SEC = 10
local CLOCKS_APART_SEC = 0.001 -- the clock of LuaSocket is another one

local function pack(...)
  return { n = select('#', ...), ... }
end

local function failure(name, op)
  local kind = errno[name]
  return pack(nil, ('[%s:%d][%s] %s'):format(name, kind.code, op, kind.message))
end

local LATE = pack(nil, nil, true)

-- A poller that does nothing, and what it was asked.
local function recorder()
  local asked = {}
  local self = { name = 'recorder', asked = asked, is_pollable = true }
  for _, name in ipairs({ 'readable', 'writable', 'unwait', 'sleep', 'current', 'suspend', 'resume' }) do
    self[name] = function(...)
      table.insert(asked, { name, ... })
      return false
    end
  end
  function self.pollable()
    return self.is_pollable
  end
  function self.current()
    return 'me'
  end
  return self
end

describe('poller', function()
  after_each(function()
    poller.use(nil)
  end)

  it('has none at first', function()
    expect(poller.current()):to_be(nil)
  end)

  it('has the one that is used, where that may wait', function()
    local adapter = recorder()
    expect(poller.use(adapter)):to_be(nil)
    expect(poller.current()):to_be(adapter)
    adapter.is_pollable = false
    expect(poller.current()):to_be(nil)
  end)

  it('tells which one was used before', function()
    local first, second = recorder(), recorder()
    poller.use(first)
    expect(poller.use(second)):to_be(first)
    expect(poller.current()):to_be(second)
    expect(poller.use()):to_be(second)
    expect(poller.current()):to_be(nil)
  end)

  describe('inside a task of net.loop', function()
    it('has the loop, whatever is used', function()
      local adapter, inside = recorder(), nil
      poller.use(adapter)
      loop.run(function()
        inside = poller.current()
      end)
      assert.equal(loop, inside)
      expect(poller.current()):to_be(adapter)
      poller.use(nil)
      expect(poller.current()):to_be(nil)
    end)

    it('needs no loop that was never loaded', function()
      assert.equal('nil', child.output([[
        local current = require('net.poller').current()
        io.write(tostring(package.loaded['net.loop'] or current))
      ]]))
    end)
  end)

  it('refuses what is no adapter', function()
    for _, case in ipairs({ { 'cqueues', 'string' }, { true, 'boolean' }, { io.stdout, 'userdata' } }) do
      expect.raised(("bad argument #1 to 'use' (adapter expected, got %s)"):format(case[2]), function()
        poller.use(case[1])
      end)
    end
  end)

  it('names the function that an adapter lacks', function()
    local used = recorder()
    poller.use(used)
    for name in pairs(recorder()) do
      if type(used[name]) == 'function' and not name:find('lock') and name ~= 'forget' then
        local adapter = recorder()
        for _, wrong in ipairs({ false, 'text' }) do
          adapter[name] = wrong or nil
          expect.raised(("bad argument #1 to 'use' (adapter without function '%s')"):format(name), function()
            poller.use(adapter)
          end)
        end
      end
    end
    local adapter = recorder()
    adapter.write_lock = function() end
    expect.raised("bad argument #1 to 'use' (adapter without function 'read_lock')", function()
      poller.use(adapter)
    end)
    expect(poller.current()):to_be(used)
  end)

  it('gives locks to an adapter that has none', function()
    local adapter = recorder()
    poller.use(adapter)
    expect(adapter.read_lock(5)):to_be(true)
    expect(adapter.write_lock(5, 0)):to_be(true)
    expect(adapter.read_unlock(5)):to_be(true)
    assert.same(failure('EPERM', 'read_unlock'), pack(adapter.read_unlock(5)))
    expect(adapter.unwait(5)):to_be(false)
    assert.same(failure('EDEADLK', 'write_lock'), pack(adapter.write_lock(5, 0)))
    expect(adapter.forget(5)):to_be(false)
    expect(adapter.write_lock(5, 0)):to_be(true)
    assert.same({ { 'unwait', 5 }, { 'unwait', 5 } }, adapter.asked)
  end)

  it('leaves an adapter that has locks as it is', function()
    local adapter, before = recorder(), {}
    for _, name in ipairs({ 'read_lock', 'read_unlock', 'write_lock', 'write_unlock' }) do
      adapter[name] = function() end
    end
    for name, value in pairs(adapter) do
      before[name] = value
    end
    poller.use(adapter)
    poller.use(adapter)
    assert.same(before, adapter)
  end)
end)

for _, name in ipairs({ 'copas', 'cqueues', 'luv' }) do
  local has_package, package_ = pcall(require, name)

  describe('the poller of ' .. name, function()
    if not has_package then
      pending(('no %s here for this Lua'):format(name))
      return
    end

    local adapter = require('net.poller.' .. name)
    local crew, results

    -- A task that notes what a function returns, under a name, and the order in which they return.
    local function note(key, fn, ...)
      local arguments = pack(...)
      crew.spawn(function()
        results[key] = pack(fn(unpack(arguments, 1, arguments.n)))
        table.insert(results, key)
      end)
    end

    -- What the function returns, which may not be before this time has passed.
    local function takes(sec, fn, ...)
      local began = loop.now()
      local returned = pack(fn(...))
      assert.is_true(loop.now() - began >= sec - CLOCKS_APART_SEC)
      return unpack(returned, 1, returned.n)
    end

    -- Runs a function beside the tasks that were begun, when all of them wait, to the end of all.
    local function meanwhile(fn)
      crew.spawn(function()
        adapter.sleep(0.003)
        fn()
      end)
      crew.run()
    end

    local function result_of(fn, ...)
      note('it', fn, ...)
      crew.run()
      return results.it
    end

    before_each(function()
      crew = hosts.crew(name, package_, adapter)
      results = {}
      poller.use(adapter)
    end)

    after_each(function()
      poller.use(nil)
    end)

    it('has its name', function()
      assert.equal(name, adapter.name)
    end)

    it('may wait in a task only', function()
      assert.is_false(adapter.pollable())
      assert.is_nil(adapter.current())
      expect(poller.current()):to_be(nil)
      coroutine.wrap(function()
        assert.is_false(adapter.pollable())
      end)()
      crew.spawn(function()
        assert.is_true(adapter.pollable())
        assert.equal(coroutine.running(), adapter.current())
        expect(poller.current()):to_be(adapter)
        adapter.sleep(0)
        assert.is_true(adapter.pollable())
      end)
      crew.run()
      for _, op in ipairs({ 'readable', 'writable', 'sleep', 'suspend' }) do
        expect.raised(("'%s' was called, but not inside a task of %s"):format(op, name), function()
          adapter[op](0)
        end)
      end
    end)

    it('refuses what is no descriptor or no time', function()
      crew.spawn(function()
        for _, case in ipairs({
          { 'readable', 1, 'socket or integer expected, got string', 'x' },
          { 'writable', 1, 'number has no integer representation', 0.5 },
          { 'unwait', 1, 'socket or integer expected, got nil' },
          { 'readable', 2, 'number expected, got string', 0, '1' },
          { 'writable', 2, 'out of range (0 to 2147483647)', 0, -1 },
          { 'sleep', 1, 'number expected, got nil' },
          { 'sleep', 1, 'out of range (0 to 2147483647)', 0 / 0 },
          { 'suspend', 1, 'out of range (0 to 2147483647)', math.huge },
        }) do
          expect.raised(("bad argument #%d to '%s' (%s)"):format(case[2], case[1], case[3]), function()
            adapter[case[1]](case[4], case[5])
          end)
        end
      end)
      crew.run()
    end)

    for _, op in ipairs({ 'readable', 'writable' }) do
      describe(op, function()
        local a, b, sent

        -- Whether `a` is ready is up to `b`. It has this number if one is given, which must be free.
        local function make_unready(fd)
          repeat
            a, b = network.pair()
            if b:fd() == fd then
              a, b = b, a
            end
          until not fd or a:fd() == fd
          sent = op == 'writable' and network.fill(a)
        end

        local function make_ready(peer, size)
          if op == 'writable' then
            network.receive_all(peer or b, size or sent)
          else
            (peer or b):send('x')
          end
        end

        before_each(function()
          make_unready()
        end)

        it('is true at once if the descriptor is ready', function()
          make_ready()
          assert.same(pack(true), result_of(adapter[op], a))
          assert.same(pack(true), result_of(adapter[op], a:fd(), 0))
          assert.same(pack(true), result_of(adapter[op], a, 2147483647))
        end)

        it('is true when the descriptor becomes ready', function()
          note('socket', adapter[op], a)
          meanwhile(function()
            assert.is_nil(results.socket)
            make_ready()
          end)
          make_unready()
          note('number', adapter[op], a:fd(), LIMIT_SEC)
          meanwhile(make_ready)
          assert.same({ pack(true), pack(true) }, { results.socket, results.number })
        end)

        it('is true when the peer is gone', function()
          note('it', adapter[op], a, LIMIT_SEC)
          meanwhile(function()
            b:close()
          end)
          assert.same(pack(true), results.it)
        end)

        it('ends in time', function()
          for _, sec in ipairs({ 0, 0.0004, 0.01, 0.02 }) do
            make_unready()
            note(sec, takes, sec, adapter[op], a, sec)
          end
          crew.run()
          assert.same({ LATE, LATE }, { results[0], results[0.0004] })
          assert.same({ LATE, LATE }, { results[0.01], results[0.02] })
        end)

        it('works again after its time was over', function()
          assert.same(LATE, result_of(adapter[op], a, 0.001))
          note('it', adapter[op], a)
          meanwhile(make_ready)
          assert.same(pack(true), results.it)
        end)

        it('has one result if the time is over just when the descriptor is ready', function()
          for _ = 1, 20 do
            local count = 0
            make_unready()
            crew.spawn(function()
              local is_ready, err, is_late = adapter[op](a, 0.002)
              count = count + 1
              assert.is_nil(err)
              assert.equal(not is_ready, is_late or false)
              adapter.sleep(0.002)
              count = count + 1
            end)
            crew.spawn(function()
              adapter.sleep(0.002)
              make_ready()
            end)
            crew.run()
            assert.equal(2, count)
          end
        end)

        it('is true for what became ready in time, however late that is noticed', function()
          local is_waiting = false
          crew.spawn(function()
            is_waiting = true
            results.it = pack(adapter[op](a, 0.1))
          end)
          crew.spawn(function()
            while not is_waiting do
              adapter.sleep(0)
            end
            make_ready()
            local before = loop.now()
            while loop.now() - before < 0.12 do
              assert(a:fd())
            end
          end)
          crew.run()
          assert.same(pack(true), results.it)
        end)

        it('is for one at a time', function()
          note('one', adapter[op], a)
          meanwhile(function()
            assert.same(failure('EBUSY', op), pack(adapter[op](a:fd(), 1)))
            make_ready()
          end)
          assert.same(pack(true), results.one)
        end)

        it('fails for a descriptor that is not open', function()
          local fd = a:fd()
          a:close()
          assert.same(failure('EBADF', op), result_of(adapter[op], a, 1))
          assert.same(failure('EBADF', op), result_of(adapter[op], fd))
        end)

        if name ~= 'luv' then -- which has a test below
          it('is true for a file', function()
            local fd, file = descriptors.of(function()
              return assert(io.open(arg[0]))
            end)
            assert.same(pack(true), result_of(adapter[op], fd))
            file:close()
          end)
        end

        it('ends by unwait', function()
          note('it', adapter[op], a, LIMIT_SEC)
          note('other', adapter[op], network.pair(), op == 'readable' and 0.01 or LIMIT_SEC)
          meanwhile(function()
            expect(adapter.unwait(a)):to_be(true)
            expect(adapter.unwait(a)):to_be(false)
          end)
          assert.same(failure('ECANCELED', op), results.it)
          assert.same(op == 'readable' and LATE or pack(true), results.other)
          note('it', adapter[op], a)
          meanwhile(make_ready)
          assert.same(pack(true), results.it)
        end)

        it('ends by unwait even if the descriptor is ready by then', function()
          note('it', adapter[op], a, LIMIT_SEC)
          meanwhile(function()
            make_ready()
            expect(adapter.unwait(a:fd())):to_be(true)
          end)
          assert.same(failure('ECANCELED', op), results.it)
        end)

        it('ends by unwait even if its result was only not told yet', function()
          local other_a, other_b, other_sent = a, b, sent
          make_unready()
          local function wait_and_end(key, own, other)
            note(key, function()
              local returned = pack(adapter[op](own))
              adapter.unwait(other)
              return unpack(returned, 1, returned.n)
            end)
          end
          wait_and_end('one', a, other_a)
          wait_and_end('other', other_a, a)
          meanwhile(function() -- both become ready together, and the one that goes on first ends the other's wait
            make_ready()
            make_ready(other_b, other_sent)
          end)
          assert.same(pack(true), results[results[1]])
          assert.same(failure('ECANCELED', op), results[results[2]])
        end)

        it('is not woken by what a descriptor of the same number was waited for', function()
          local fd, before = a:fd(), a
          note('before', adapter[op], a, LIMIT_SEC)
          meanwhile(function()
            make_ready()
            adapter.unwait(fd)
            before:close()
            make_unready(fd)
            note('after', adapter[op], a, LIMIT_SEC)
            adapter.sleep(0.005)
            assert.same(failure('ECANCELED', op), results.before)
            assert.is_nil(results.after)
            make_ready()
          end)
          assert.same(pack(true), results.after)
        end)

        it('knows that a number means something else after a wait', function()
          local fd = a:fd()
          for _ = 1, 3 do
            assert.same(LATE, result_of(adapter[op], fd, 0.001))
            make_ready()
            assert.same(pack(true), result_of(adapter[op], fd, 1))
            a:close()
            b:close()
            make_unready(fd)
          end
        end)

        it('knows that a number means something else just after a wait', function()
          crew.spawn(function()
            local fd = a:fd()
            for _ = 1, 3 do
              make_ready()
              expect(adapter[op](fd, 1)):to_be(true)
              a:close()
              b:close()
              make_unready(fd)
              expect(adapter[op](fd, 0.001)):to_be(nil, nil, true)
              a:close()
              b:close()
              make_unready(fd)
            end
          end)
          crew.run()
        end)

        it('takes no memory when it is over', function()
          local function used_after_waits()
            crew.spawn(function()
              for _ = 1, 1000 do
                adapter[op](a, 0)
              end
            end)
            crew.run()
            collectgarbage()
            collectgarbage()
            return collectgarbage('count')
          end
          used_after_waits()
          local before = used_after_waits()
          assert.is_true(used_after_waits() - before < 50)
        end)
      end)
    end

    it('tells when a connection was refused', function()
      local listener, address = network.listener(network.loopbacks[1])
      listener:close()
      local client = network.keep(llsocket.socket.new(address:family(), address:socktype(), 0, true))
      client:connect(address)
      assert.same(pack(true), result_of(adapter.writable, client, LIMIT_SEC))
      assert.equal('ECONNREFUSED', client:error().name)
    end)

    it('lets one task read and another write', function()
      local a, b = network.pair()
      local size = network.fill(a)
      note('reader', adapter.readable, a)
      note('writer', adapter.writable, a, LIMIT_SEC)
      meanwhile(function()
        b:send('x')
        adapter.sleep(0.003)
        assert.same(pack(true), results.reader)
        assert.is_nil(results.writer)
        a:recv()
        note('reader', adapter.readable, a)
        network.receive_all(b, size)
        adapter.sleep(0.003)
        assert.same(pack(true), results.writer)
        b:send('y')
      end)
      assert.same({ 'reader', 'writer', 'reader' }, { results[1], results[2], results[3] })
      network.fill(a)
      a:recv()
      note('reader', adapter.readable, a)
      note('writer', adapter.writable, a)
      meanwhile(function()
        expect(adapter.unwait(a)):to_be(true)
      end)
      assert.same(failure('ECANCELED', 'readable'), results.reader)
      assert.same(failure('ECANCELED', 'writable'), results.writer)
    end)

    it('serves many descriptors', function()
      local pairs_ = {}
      for i = 1, 50 do
        pairs_[i] = { network.pair() }
        note(i, adapter.readable, pairs_[i][1], i % 2 == 0 and LIMIT_SEC or nil)
      end
      meanwhile(function()
        for i = 50, 1, -1 do
          pairs_[i][2]:send('x')
        end
      end)
      for i = 1, 50 do
        assert.same(pack(true), results[i])
      end
    end)

    it('sleeps as long as it should', function()
      for _, sec in ipairs({ 0, 0.0004, 0.01, 0.02 }) do
        note(sec, takes, sec, adapter.sleep, sec)
      end
      crew.run()
      assert.same({ pack(true), pack(true) }, { results[0], results[0.0004] })
      assert.same({ pack(true), pack(true) }, { results[0.01], results[0.02] })
    end)

    it('lets others run while a task sleeps for no time', function()
      local turns = {}
      for task = 1, 2 do
        crew.spawn(function()
          for turn = 1, 3 do
            table.insert(turns, turn)
            expect(adapter.sleep(0)):to_be(true)
          end
          return task
        end)
      end
      crew.run()
      assert.same({ 1, 1, 2, 2, 3, 3 }, turns)
    end)

    it('resumes a task that is suspended', function()
      local handle
      crew.spawn(function()
        handle = adapter.current()
        results.it = pack(adapter.suspend())
        results.again = pack(adapter.suspend(LIMIT_SEC))
      end)
      meanwhile(function()
        expect(adapter.resume(handle)):to_be(true)
        expect(adapter.resume(handle)):to_be(false)
        adapter.sleep(0.003)
        expect(adapter.resume(handle)):to_be(true)
        adapter.sleep(0.003)
        expect(adapter.resume(handle)):to_be(false)
      end)
      assert.same({ pack(true), pack(true) }, { results.it, results.again })
    end)

    it('resumes no task that waits for something else', function()
      local a = network.pair()
      local handle
      crew.spawn(function()
        handle = adapter.current()
        results.reader = pack(adapter.readable(a, 0.006))
        results.sleeper = pack(adapter.sleep(0.006))
      end)
      meanwhile(function()
        expect(adapter.resume(handle)):to_be(false)
        adapter.sleep(0.006)
        expect(adapter.resume(handle)):to_be(false)
        expect(adapter.resume(adapter.current())):to_be(false)
        expect(adapter.resume(nil)):to_be(false)
      end)
      assert.same({ LATE, pack(true) }, { results.reader, results.sleeper })
    end)

    it('ends a suspension in time', function()
      assert.same(LATE, result_of(takes, 0, adapter.suspend, 0))
      assert.same(LATE, result_of(takes, 0.005, adapter.suspend, 0.005))
    end)

    it('resumes or gives up, never both', function()
      for _ = 1, 20 do
        local handle, was_resumed
        crew.spawn(function()
          handle = adapter.current()
          results.it = pack(adapter.suspend(0.002))
          results.next = pack(adapter.suspend(0.002))
        end)
        crew.spawn(function()
          adapter.sleep(0.002)
          was_resumed = adapter.resume(handle)
        end)
        crew.run()
        local resumed = (results.it[1] and 1 or 0) + (results.next[1] and 1 or 0)
        assert.equal(was_resumed and 1 or 0, resumed)
      end
    end)

    it('resumes a long chain of tasks without a deep stack', function()
      local handles, count = {}, 0
      for i = 1, 3000 do
        crew.spawn(function()
          handles[i] = adapter.current()
          adapter.suspend()
          count = count + 1
          if handles[i + 1] then
            adapter.resume(handles[i + 1])
          end
        end)
      end
      meanwhile(function()
        while not handles[3000] do
          adapter.sleep(0.001)
        end
        adapter.resume(handles[1])
      end)
      assert.equal(3000, count)
    end)

    it('has locks', function()
      local a = network.pair()
      local owner
      crew.spawn(function()
        expect(adapter.read_lock(a)):to_be(true)
        expect(adapter.write_lock(a)):to_be(true)
        owner = adapter.current()
        adapter.suspend()
        expect(adapter.unwait(a)):to_be(true)
        adapter.suspend()
        expect(adapter.write_unlock(a)):to_be(true)
        expect(adapter.read_unlock(a)):to_be(true)
        assert.same(failure('EPERM', 'read_unlock'), pack(adapter.read_unlock(a)))
      end)
      meanwhile(function()
        results.try = pack(adapter.read_lock(a, 0))
        results.late = pack(adapter.read_lock(a, 0.001))
        expect(adapter.resume(owner)):to_be(true)
        results.woken = pack(adapter.read_lock(a:fd()))
        expect(adapter.resume(owner)):to_be(true)
        results.owner = pack(adapter.read_lock(a))
        expect(adapter.read_unlock(a)):to_be(true)
      end)
      assert.same({ LATE, LATE }, { results.try, results.late })
      assert.same(failure('ECANCELED', 'read_lock'), results.woken)
      assert.same(pack(true), results.owner)
    end)

    it('hands a lock over in the order of asking', function()
      local a = network.pair()
      local asked, had = {}, {}
      for i = 1, 5 do
        crew.spawn(function()
          table.insert(asked, i)
          adapter.read_lock(a)
          table.insert(had, i)
          adapter.sleep(0.001)
          adapter.read_unlock(a)
        end)
      end
      crew.run()
      assert.equal(5, #had)
      assert.same(asked, had)
    end)

    it('leaves no descriptor and no task behind', function()
      local seen = setmetatable({}, { __mode = 'k' })
      local before
      for round = 1, 10 do
        local a, b = network.pair()
        crew.spawn(function()
          seen[coroutine.running()] = true
          adapter.readable(a, 0.001)
          adapter.suspend(0.001)
          adapter.sleep(0)
          adapter.writable(a)
          adapter.read_lock(a)
        end)
        meanwhile(function()
          adapter.forget(a)
        end)
        a:close()
        b:close()
        if round == 1 then
          before = descriptors.list()
        end
      end
      assert.same(before, descriptors.list())
      crew = nil
      collectgarbage()
      collectgarbage()
      local left = 0 -- some may still lie on a stack
      for _ in pairs(seen) do
        left = left + 1
      end
      assert.is_true(left < 5, left .. ' of 10')
    end)

    it('has an example', function()
      local output, status = program.run('examples/pollers/' .. name .. '.lua')
      assert.equal(0, status, output)
      assert.equal('3 clients had 10 echoes each\n', output)
    end)
  end)
end

-- What is not the same for all.

local function has(name)
  return (pcall(require, name))
end

describe('beside other users of copas, a wait', function()
  if not has('copas') then
    pending('no copas here for this Lua')
    return
  end

  local copas, socket = require('copas'), require('socket')
  local adapter = require('net.poller.copas')
  local errors

  before_each(function()
    errors = {}
  end)

  local function spawn(fn)
    copas.addthread(function()
      copas.setErrorHandler(function(err)
        table.insert(errors, err)
      end)
      fn()
    end)
  end

  local function run_until(is_done)
    local limit = socket.gettime() + LIMIT_SEC
    while not is_done() do
      assert(socket.gettime() < limit, 'it takes too long')
      copas.step(LIMIT_SEC)
    end
  end

  it('lets servers and clients of LuaSocket go on', function()
    local server = assert(socket.bind('127.0.0.1', 0))
    local a, b = network.pair()
    local was_pollable, got, answer
    copas.addserver(server, function(client)
      client = copas.wrap(client)
      was_pollable = adapter.pollable()
      local line = client:receive()
      adapter.sleep(0.001)
      got = pack(adapter.readable(a, LIMIT_SEC))
      client:send(line .. ' indeed\n')
    end)
    spawn(function()
      local client = copas.wrap(socket.tcp())
      copas.connect(client.socket, server:getsockname())
      client:send('hello\n')
      adapter.sleep(0.005)
      b:send('x')
      answer = client:receive()
    end)
    run_until(function()
      return answer
    end)
    server:close()
    assert.is_true(was_pollable)
    assert.same(pack(true), got)
    assert.equal('hello indeed', answer)
  end)

  it('works in a protected call of coxpcall', function()
    local coxpcall = require('coxpcall')
    local a, b = network.pair()
    local caught
    spawn(function()
      caught = pack(coxpcall.pcall(function()
        assert.is_true(adapter.pollable())
        adapter.sleep(0.001)
        b:send('x')
        expect(adapter.readable(a)):to_be(true)
        error('on purpose', 0)
      end))
      adapter.sleep(0)
      caught.after = true
    end)
    run_until(function()
      return caught and caught.after or errors[1]
    end)
    assert.same({}, errors)
    assert.same({ false, 'on purpose' }, { caught[1], (caught[2]:match('^[^\n]*')) })
  end)

  it('fails with EBADF if the descriptor is closed meanwhile, and no other does', function()
    local a, b = network.pair()
    local c, d = network.pair()
    local bad, good
    spawn(function()
      bad = pack(adapter.readable(a))
    end)
    spawn(function()
      good = pack(adapter.readable(c))
    end)
    spawn(function()
      adapter.sleep(0.001)
      assert(a:close())
      adapter.sleep(0.005)
      d:send('x')
    end)
    run_until(function()
      return good
    end)
    b:close()
    assert.same({ failure('EBADF', 'readable'), pack(true) }, { bad, good })
  end)

  it('does not hide other errors of select', function()
    local broken = {}
    function broken.receive()
      return nil, 'timeout'
    end
    function broken.getfd()
      error(broken.getfd and 'broken on purpose', 0)
    end
    spawn(function()
      copas.receive(broken)
    end)
    local ok, err = pcall(copas.step, 0)
    function broken.getfd() -- of a socket that is closed
      return -1
    end
    assert.same({ false, 'broken on purpose' }, { ok, err })
    copas.step(0)
  end)

  it('fails with EINVAL for a descriptor that is beyond what select takes', function()
    local result
    local dup = network.keep(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM))
    local kept = {}
    while dup and dup:fd() < socket._SETSIZE do
      kept[#kept + 1] = dup
      dup = dup:dup()
    end
    if not dup then
      pending('no more than ' .. #kept .. ' descriptors here')
      return
    end
    spawn(function()
      result = pack(adapter.readable(dup, 0))
    end)
    assert.same(failure('EINVAL', 'readable'), result)
    for _, sock in ipairs(kept) do
      sock:close()
    end
  end)

  it('does not keep a step from returning what it should', function()
    expect(copas.step(0)):to_be(false)
    expect(copas.step(0.001)):to_be(false)
    spawn(function()
      adapter.sleep(0.003)
    end)
    expect(copas.step(0)):to_be(false)
    run_until(function()
      return copas.step(LIMIT_SEC)
    end)
    expect(copas.step(0)):to_be(false)
  end)

  it('hands errors to the handler of its thread', function()
    spawn(function()
      adapter.sleep(0)
      error('on purpose', 0)
    end)
    run_until(function()
      return errors[1]
    end)
    assert.same({ 'on purpose' }, errors)
  end)
end)

describe('beside other users of cqueues, a wait', function()
  if not has('cqueues') then
    pending('no cqueues here for this Lua')
    return
  end

  local cqueues = require('cqueues')
  local adapter = require('net.poller.cqueues')

  it('ends by unwait like theirs', function()
    local controller = cqueues.new()
    local a = network.pair()
    local object = { pollfd = a:fd(), events = 'r' }
    local got
    controller:wrap(function()
      got = cqueues.poll(object, LIMIT_SEC)
    end)
    controller:wrap(function()
      cqueues.sleep(0.001)
      expect(adapter.unwait(a)):to_be(false)
    end)
    assert(controller:loop(LIMIT_SEC))
    assert.equal(object, got)
  end)

  it('hands errors to the loop', function()
    local controller = cqueues.new()
    controller:wrap(function()
      adapter.sleep(0)
      error('on purpose', 0)
    end)
    local ok, err = controller:loop(LIMIT_SEC)
    assert.is_falsy(ok)
    assert.is_truthy(tostring(err):find('on purpose', 1, true))
  end)
end)

describe('beside other users of luv, a wait', function()
  if not has('luv') then
    pending('no luv here for this Lua')
    return
  end

  -- What luv leaks, such as handles that it could not open, is not ours. Standard input is a file.
  local before = 'export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"; exec <' .. program.quoted(arg[0])

  -- Runs a program: `task` in a coroutine under uv.run(), and then `finally`. Both see two connected sockets, a and b.
  local function run_program(task, finally)
    return child.run(([[
      local uv, adapter = require('luv'), require('net.poller.luv')
      local pair = require('llsocket').socket.pair(1)
      local a, b = pair[1], pair[2]
      local timer = uv.new_timer()
      timer:start(0, 0, function()
        timer:close()
        coroutine.wrap(function()
          %s
        end)()
      end)
      uv.run()
      %s
      b:close()
      print('finished')
    ]]):format(task, finally or ''), before)
  end

  it('hands errors to the loop, which ends the program', function()
    local output, status = run_program([[
      adapter.sleep(0.001)
      error('on purpose', 0)
    ]])
    assert.is_true(status ~= 0)
    assert.is_truthy(output:find('on purpose', 1, true), output)
    assert.is_nil(output:find('finished', 1, true), output)
  end)

  it('is left alone when the loop stops, and may be ended then', function()
    local output, status = run_program([[
      local stop = uv.new_timer()
      stop:start(2, 0, function()
        stop:close()
        uv.stop()
      end)
      print(adapter.readable(a, 100))
    ]], [[
      print(adapter.unwait(a))
      a:close()
    ]])
    assert.equal(0, status, output)
    assert.equal('true\nfinished\n', output)
  end)

  it('meets a handle of somebody else on its descriptor', function()
    local output, status = run_program([[
      local poll = uv.new_poll(a:fd())
      poll:start('r', function() end)
      print(adapter.readable(a, 0.001))
      poll:close()
      print(adapter.readable(a, 0.001))
    ]])
    assert.equal(0, status, output)
    assert.equal('nil\t[EEXIST:17][readable] File exists\nnil\tnil\ttrue\nfinished\n', output)
  end)

  it('is true for a file', function()
    local output, status = run_program([[
      print(adapter.readable(0))
      print(adapter.writable(0, 1))
    ]])
    assert.equal(0, status, output)
    assert.equal('true\ntrue\nfinished\n', output)
  end)

  it('lets the loop end as soon as nobody waits any more', function()
    local output, status = run_program([[
      b:send('x')
      print(adapter.readable(a, 100))
      local task = coroutine.running()
      coroutine.wrap(function()
        adapter.sleep(0)
        adapter.resume(task)
      end)()
      print(adapter.suspend(100))
    ]])
    assert.equal(0, status, output)
    assert.equal('true\ntrue\nfinished\n', output)
  end)
end)

describe('net.loop inside of another loop', function()
  for name, text in pairs({ cqueues = 'cqueues', luv = 'libuv' }) do
    it('has an example for ' .. name, function()
      if not has(name) then
        pending(('no %s here for this Lua'):format(name))
        return
      end
      -- With the best backend, whichever the suite runs on: not every one has a descriptor.
      local best = { environment = 'env -u LLNET_BACKEND' }
      local output, status = program.run('examples/embedding/' .. name .. '.lua', {}, best)
      assert.equal(0, status, output)
      assert.equal(('3 messages came through %s\n'):format(text), output)
    end)
  end
end)
