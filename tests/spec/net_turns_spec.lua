-- SPDX-License-Identifier: MIT
-- Tasks that share a socket of net: their turns, what closing does to them, and classes that programs derive.

local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local answer, pair, task, keep = modes.answer, modes.pair, loops.task, network.keep

after_each(loops.assert_idle)

-- Whether the task waits, after all others have gone on as far as they can.
local function assert_waits(waiting)
  loops.settle()
  assert.equal('waiting', waiting:status())
end

describe('close', function()
  for _, name in ipairs({ 'recv', 'recvsync', 'recvmsg', 'recvmsgsync', 'recvfd', 'recvfdsync' }) do
    it('ends ' .. name .. ' of another task with ECANCELED', task(function()
      local a = pair()
      local msg = net.msghdr.new()
      msg:addn(1)
      local is_message = name:find('msg', 1, true)
      local reader = loop.spawn(function()
        answer(a[name](a, is_message and msg or nil)):fails('ECANCELED')
      end)
      assert_waits(reader)
      a:close()
      assert.is_true((reader:join(20)))
    end))
  end

  it('ends recvfrom of another task with ECANCELED, which is its third result', task(function()
    local sock = modes.udp()
    local reader = loop.spawn(function()
      answer(sock:recvfrom()):fails('ECANCELED', nil, 2)
    end)
    assert_waits(reader)
    sock:close()
    assert.is_true((reader:join(20)))
  end))

  for _, name in ipairs({ 'send', 'sendsync', 'sendfd', 'sendfdsync' }) do
    it('ends ' .. name .. ' of another task with ECANCELED', task(function()
      local a = pair()
      modes.fill(a)
      local writer = loop.spawn(function()
        answer(a[name](a, name:find('fd', 1, true) and 0 or 'x')):fails('ECANCELED')
      end)
      assert_waits(writer)
      a:close()
      assert.is_true((writer:join(20)))
    end))
  end

  it('ends accept of another task with ECANCELED', task(function()
    local server = modes.listener()
    local accepting = loop.spawn(function()
      answer(server:accept()):fails('ECANCELED')
    end)
    assert_waits(accepting)
    server:close()
    assert.is_true((accepting:join(20)))
  end))

  it('ends a wait after a hook, and those that wait for their turn', task(function()
    local a = pair()
    a:onwaitrecv(function()
      return true
    end)
    local readers = {}
    for i = 1, 3 do
      readers[i] = loop.spawn(function()
        return a:recvsync()
      end)
      assert_waits(readers[i])
    end
    a:close()
    for _, reader in ipairs(readers) do
      local ok, str, err, timeout = reader:join(20)
      assert.same({ true, true }, { ok, str == nil and timeout == nil })
      assert.is_truthy(err:find('^%[ECANCELED:') or err:find('^%[EBADF:'), err)
    end
  end))
end)

describe('the methods with sync in their names', function()
  it('are served first come, first served', task(function()
    local a, b = pair()
    local order, readers = {}, {}
    for i = 1, 4 do
      readers[i] = loop.spawn(function()
        local str = b:recvsync(1)
        order[#order + 1] = i .. str
      end)
      assert_waits(readers[i])
    end
    a:send('abcd')
    for _, reader in ipairs(readers) do
      assert.is_true((reader:join(20)))
    end
    assert.same({ '1a', '2b', '3c', '4d' }, order)
  end))

  it('keep what tasks send apart', task(function()
    local a, b = pair()
    local writers = {}
    for i = 1, 4 do
      writers[i] = loop.spawn(function()
        local msg = net.msghdr.new()
        msg:add((tostring(i)):rep(500000))
        answer(i % 2 == 0 and a:sendmsgsync(msg) or a:sendsync(msg:concat())):is(500000)
      end)
    end
    local text = modes.receive_all(b, 2000000)
    for i = 1, 4 do
      assert.is_true(text:sub((i - 1) * 500000 + 1, i * 500000) == (tostring(i)):rep(500000))
    end
    for _, writer in ipairs(writers) do
      assert.is_true((writer:join(20)))
    end
  end))

  it('count the wait for the turn as part of the deadline', task(function()
    local a, b = pair()
    local first = loop.spawn(function()
      return b:recvsync()
    end)
    assert_waits(first)
    b:deadlines(20)
    answer(b:recvsync()):is_exactly(nil, nil, true)
    local u, v = modes.dgram_pair()
    local second = loop.spawn(function()
      return v:recvfromsync()
    end)
    assert_waits(second)
    v:deadlines(20)
    answer(v:recvfromsync()):is_exactly(nil, nil, nil, true)
    a:send('x')
    u:send('y')
    answer(first:join(20)):is(true, 'x')
    assert.equal('y', select(2, second:join(20)))
  end))

  it('tell that nothing went when the time for the turn of sending is over', task(function()
    local a, b = pair()
    local filled = modes.fill(a)
    local first = loop.spawn(function()
      return a:sendsync('x')
    end)
    assert_waits(first)
    a:deadlines(nil, 20)
    answer(a:sendsync('y')):is_exactly(0, nil, true)
    assert.equal(filled + 1, #modes.receive_all(b, filled + 1))
    answer(first:join(20)):is(true, 1)
  end))

  it('give the turn back when their task is cancelled', task(function()
    local a, b = pair()
    local first = loop.spawn(function()
      return b:recvsync()
    end)
    assert_waits(first)
    local second = loop.spawn(function()
      return b:recvsync()
    end)
    assert_waits(second)
    first:cancel()
    a:send('x')
    answer(second:join(20)):is(true, 'x')
  end))

  it('of reading and writing do not wait for each other', task(function()
    local a, b = pair()
    local reader = loop.spawn(function()
      return b:recvsync()
    end)
    assert_waits(reader)
    answer(b:sendsync('out')):is(3)
    answer(a:recv()):is('out')
    a:send('in')
    answer(reader:join(20)):is(true, 'in')
  end))

  it('call what a class has instead of the method', function()
    local Upper = net.class('Upper', net.stream.unix.Socket)
    function Upper:recv(size)
      local str, err, timeout = net.stream.unix.Socket.recv(self, size)
      return str and str:upper(), err, timeout
    end
    local function check()
      local socks = llsocket.socket.pair(net.SOCK_STREAM)
      local a, b = Upper.new(socks[1]), Upper.new(socks[2])
      a:send('hello')
      answer(b:recvsync(3)):is('HEL')
      answer(b:recv()):is('LO')
    end
    check()
    loops.run(check)
  end)
end)

modes.each(function(mode)
  local it = mode.it

  describe('a class of a program', function()
    it('makes instances with a new of its own, which has the methods of its parents', function()
      local Counter = net.class('Counter', net.dgram.inet.Socket)
      function Counter:construct(options, step)
        local made, err = net.dgram.inet.Socket.construct(self, options)
        if made then
          made.step = step
        end
        return made, err
      end
      local counter = keep(assert(Counter.new({ host = '127.0.0.1', port = 0 }, 3)))
      assert.equal(3, counter.step)
      answer(counter:bind()):is()
      answer(counter:isnonblock()):is(mode.is_loop)
      assert.equal(('Counter: fd %d'):format(counter:fd()), tostring(counter))

      function Counter.new(...)
        return 'mine', ...
      end
      answer(Counter.new(1)):is('mine', 1)
      answer(net.dgram.inet.new({ host = '[' })):is(nil, select(2, net.dgram.inet.new({ host = '[' })))
    end)

    it('looks in its first parent before the second', function()
      local First, Second = net.class('First'), net.class('Second')
      First.name, Second.name, Second.other = 'first', 'second', 'other'
      local Both = net.class('Both', First, Second)
      assert.same({ 'first', 'other' }, { Both.name, Both.other })
      First.other = 'now'
      assert.equal('now', Both.other)
    end)

    it('of a server gives the connections that accept answers', function()
      local Session = net.class('Session', net.stream.Socket)
      local Service = net.class('Service', net.stream.inet.Server)
      local accepted
      function Service.createConnection(_, sock)
        accepted = sock
        return Session.new(sock)
      end
      local service = keep(assert(Service.new({ host = '127.0.0.1', port = 0 })))
      service:listen()
      local port = service:getsockname():port()
      local client = keep(assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port })))
      local session = keep(assert(service:accept()))
      assert.is_true(getmetatable(session) == Session)
      assert.equal(accepted:fd(), session:fd())
      answer(session:isnonblock()):is(mode.is_loop)
      session:send('hello')
      answer(client:recv()):is('hello')
    end)

    it('needs a name and classes', function()
      modes.function_refuses(net, 'class', {}, 1, 'string expected, got nil')
      modes.function_refuses(net, 'class', { 'A', 'B' }, 2, 'class expected, got string')
      modes.function_refuses(net, 'class', { n = 3, 'A', net.Socket, nil }, 3, 'class expected, got nil')
    end)
  end)
end)
