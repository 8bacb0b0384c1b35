-- SPDX-License-Identifier: MIT
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')

local task, failure = loops.task, loops.failure
local pattern, receive_slowly = loops.pattern, loops.receive_slowly
local SHUT_WR = llsocket.SHUT_WR

after_each(loops.assert_idle)

-- The peer of a source, the source, a sink and its peer: what the first sends comes to the last.
local function route(make_source, make_sink)
  local source_peer, source = make_source()
  local sink, sink_peer = (make_sink or make_source)()
  return source_peer, source, sink, sink_peer
end

local function relaying(...)
  local relay = loop.spawn(loop.relay, ...)
  loops.settle()
  assert.equal('waiting', relay:status())
  return relay
end

-- A task that sends the text and ends its stream.
local function spawn_sender(sock, text)
  return loop.spawn(function()
    assert.equal(#text, loop.send(sock, loops.patience, text))
    sock:shutdown(SHUT_WR)
  end)
end

for kinds, make in pairs({
  ['unix to unix'] = { loops.pair },
  ['TCP to TCP'] = { loops.connection },
  ['unix to TCP'] = { loops.pair, loops.connection },
  ['TCP to unix'] = { loops.connection, loops.pair },
}) do
  local function new_route()
    return route(make[1], make[2])
  end

  describe(('loop.relay from %s'):format(kinds), function()
    it('moves the whole stream and gives its length', task(function()
      local from, source, sink, to = new_route()
      local text = pattern(1000003)
      spawn_sender(from, text)
      local reader = loop.spawn(receive_slowly, to, 100000)
      expect(loop.relay(source, loops.patience, sink)):to_be(#text)
      sink:shutdown(SHUT_WR)
      assert.is_true(text == select(2, reader:join()), 'other bytes came')
    end))

    it('moves what is there, and what comes later', task(function()
      local from, source, sink, to = new_route()
      from:send('one ')
      local relay = relaying(source, 20, sink)
      expect(loop.recv(to, 20)):to_be('one ')
      for _, text in ipairs({ 'two ', 'three' }) do
        from:send(text)
        expect(loop.recv(to, 20)):to_be(text)
      end
      from:shutdown(SHUT_WR)
      expect(relay:join()):to_be(true, 13)
    end))

    it('moves no more than so many bytes', task(function()
      local from, source, sink, to = new_route()
      from:send('headbody')
      expect(loop.relay(source, 20, sink, 4)):to_be(4)
      expect(loop.recv(to, 20)):to_be('head')
      expect(loop.recv(to, 0)):to_be(nil, nil, true)
      expect(loop.recv(source, 20)):to_be('body')
    end))

    it('moves no more than so many bytes although more than fit at once are under way', task(function()
      local from, source, sink, to = new_route()
      local text = pattern(500000)
      local sender = spawn_sender(from, text)
      local reader = loop.spawn(receive_slowly, to, 70000)
      expect(loop.relay(source, loops.patience, sink, 300001)):to_be(300001)
      sink:shutdown(SHUT_WR)
      assert.is_true(text:sub(1, 300001) == select(2, reader:join()), 'other bytes came')
      assert.is_true(text:sub(300002) == receive_slowly(source, 70000), 'the rest is not there')
      sender:join()
    end))

    it('gives fewer when the stream ends before', task(function()
      local from, source, sink, to = new_route()
      from:send('few')
      from:shutdown(SHUT_WR)
      expect(loop.relay(source, 20, sink, 1000)):to_be(3)
      expect(loop.recv(to, 20)):to_be('few')
      expect(loop.relay(source, 20, sink)):to_be(0)
    end))

    it('of no bytes gives 0 at once', task(function()
      local from, source, sink, to = new_route()
      expect(loop.relay(source, nil, sink, 0)):to_be(0)
      for _ = 1, 3 do -- the loop learns that nothing is there
        expect(loop.recv(source, 0)):to_be(nil, nil, true)
      end
      expect(loop.relay(source, nil, sink, 0)):to_be(0)
      from:send('x')
      network.fill(sink)
      expect(loop.send(sink, 0, 'x')):to_be(0, nil, true)
      expect(loop.relay(source, nil, sink, 0)):to_be(0)
      expect(loop.recv(source, 20)):to_be('x')
      assert.is_truthy(to)
    end))

    it('gives 0, nil, true when nothing came in time, and can be called again', task(function()
      local from, source, sink, to = new_route()
      expect(loop.relay(source, 0, sink)):to_be(0, nil, true)
      expect(loop.relay(source, 0.005, sink)):to_be(0, nil, true)
      expect(loop.timeout(0.005, loop.relay, source, nil, sink)):to_be(0, nil, true)
      from:send('late')
      expect(loop.relay(source, 20, sink, 4)):to_be(4)
      expect(loop.recv(to, 20)):to_be('late')
    end))

    it('to a slow sink gives what went when the time is over', task(function()
      local from, source, sink, to = new_route()
      local sender = loop.spawn(loop.send, from, nil, ('x'):rep(50000000))
      local n, err, timeout = loop.relay(source, 0.1, sink)
      assert.is_nil(err)
      assert.is_true(timeout)
      assert.is_true(n > 0 and n < 50000000, n)
      sender:cancel()
      sink:shutdown(SHUT_WR)
      assert.equal(n, #receive_slowly(to, 100000))
    end))

    it('to a sink that is full gives 0, nil, true', task(function()
      local from, source, sink, to = new_route()
      network.fill(sink)
      from:send('x')
      expect(loop.relay(source, 0.01, sink)):to_be(0, nil, true)
      assert.is_truthy(to)
    end))

    it('goes on when there is room again', task(function()
      local from, source, sink, to = new_route()
      local filled = network.fill(sink)
      from:send('y')
      local relay = relaying(source, loops.patience, sink, 1)
      local received = network.receive_all(to, filled)
      assert.equal(filled, #received)
      expect(loop.recv(to, 20)):to_be('y')
      expect(relay:join()):to_be(true, 1)
    end))

    it('leaves the way back open when the stream ends', task(function()
      local from, source, sink, to = new_route()
      local forth, back = relaying(source, 20, sink), relaying(sink, 20, source)
      from:send('question')
      from:shutdown(SHUT_WR)
      expect(forth:join()):to_be(true, 8)
      sink:shutdown(SHUT_WR)
      assert.equal('question', receive_slowly(to, 100))
      assert.equal('waiting', back:status())
      to:send('answer')
      to:close()
      expect(back:join()):to_be(true, 6)
      expect(loop.recv(from, 20)):to_be('answer')
    end))

    it('moves both ways at once', task(function()
      local from, source, sink, to = new_route()
      local there, back_again = pattern(700001), pattern(600007):reverse()
      local forth, back = relaying(source, loops.patience, sink), relaying(sink, loops.patience, source)
      local readers = { loop.spawn(receive_slowly, to, 50000), loop.spawn(receive_slowly, from, 50000) }
      spawn_sender(from, there)
      spawn_sender(to, back_again)
      expect(forth:join()):to_be(true, #there)
      sink:shutdown(SHUT_WR)
      expect(back:join()):to_be(true, #back_again)
      source:shutdown(SHUT_WR)
      assert.is_true(there == select(2, readers[1]:join()), 'other bytes came')
      assert.is_true(back_again == select(2, readers[2]:join()), 'other bytes came back')
    end))

    it('ends when the source is closed', task(function()
      local from, source, sink, to = new_route()
      local relay = relaying(source, nil, sink)
      source:close()
      expect(relay:join(20)):to_be(true, nil, failure('ECANCELED', 'relay'))
      assert.is_truthy(from and to)
    end))

    it('ends when the sink is closed, although nothing came', task(function()
      local from, source, sink, to = new_route()
      local relay = relaying(source, nil, sink)
      sink:close()
      expect(relay:join(20)):to_be(true, nil, failure('ECANCELED', 'relay'))
      assert.is_truthy(from and to)
    end))

    it('ends when either is closed while the sink is full', task(function()
      for i = 2, 3 do
        local ends = { new_route() }
        network.fill(ends[3])
        ends[1]:send('x')
        local relay = relaying(ends[2], nil, ends[3])
        ends[i]:close()
        expect(relay:join(20)):to_be(true, nil, failure('ECANCELED', 'relay'))
      end
    end))

    it('tells how much went when the peer of the sink is gone', task(function()
      local from, source, sink, to = new_route()
      local relay = relaying(source, nil, sink)
      from:send('before')
      expect(loop.recv(to, 20)):to_be('before')
      to:close()
      loops.settle()
      while relay:status() == 'waiting' do -- TCP tells only the second time
        from:send('x')
        loop.sleep(0.001)
      end
      local ok, sent, err = relay:join()
      assert.is_true(ok and sent >= 6)
      assert.is_truthy(err == failure('EPIPE', 'send') or err == failure('ECONNRESET', 'send'), err)
    end))

    it('tells when the connection of the source is reset', task(function()
      local from, source, sink, to = new_route()
      source:send('unread')
      loop.readable(from, 20)
      from:close()
      expect(loop.relay(source, 20, sink)):to_be(nil, failure('ECONNRESET', 'recv'))
      assert.is_truthy(to)
    end))
  end)
end

describe('loop.relay', function()
  local function new_route()
    return route(loops.pair)
  end

  it('between both sides of one socket gives its peer back what it sends', task(function()
    for _, make in ipairs({ loops.pair, loops.connection }) do
      local peer, sock = make()
      local text = pattern(200000)
      spawn_sender(peer, text)
      local reader = loop.spawn(receive_slowly, peer, 30000)
      expect(loop.relay(sock, loops.patience, sock)):to_be(#text)
      sock:shutdown(SHUT_WR)
      assert.is_true(text == select(2, reader:join()), 'other bytes came back')
    end
  end))

  it('ends when its task is cancelled, and the sockets can be used again', task(function()
    local from, source, sink, to = new_route()
    local relay = relaying(source, nil, sink)
    relay:cancel()
    expect(relay:join()):to_be(false, loops.cancellation)
    from:send('x')
    expect(loop.recv(source, 20)):to_be('x')
    expect(loop.send(sink, 20, 'y')):to_be(1)
    expect(loop.recv(to, 20)):to_be('y')
    from:send('z')
    expect(loop.relay(source, 20, sink, 1)):to_be(1)
    expect(loop.recv(to, 20)):to_be('z')
  end))

  it('ends when its task is cancelled while the sink is full', task(function()
    local from, source, sink, to = new_route()
    local filled = network.fill(sink)
    from:send('x')
    local relay = relaying(source, nil, sink)
    relay:cancel()
    expect(relay:join()):to_be(false, loops.cancellation)
    assert.equal(filled, #network.receive_all(to, filled))
    expect(loop.send(sink, 20, 'y')):to_be(1)
    expect(loop.recv(to, 20)):to_be('y')
  end))

  it('ends with ECANCELED by unwait of what it waits for', task(function()
    local from, source, sink, to = new_route()
    local relay = relaying(source, nil, sink)
    expect(loop.unwait(source)):to_be(true)
    expect(relay:join()):to_be(true, nil, failure('ECANCELED', 'relay'))
    network.fill(sink)
    from:send('x')
    relay = relaying(source, nil, sink)
    expect(loop.unwait_writable(sink)):to_be(true)
    expect(relay:join()):to_be(true, nil, failure('ECANCELED', 'relay'))
    assert.is_truthy(to)
  end))

  it('is the one that reads while it waits for bytes, and the one that writes while it waits for room', task(function()
    local from, source, sink, to = new_route()
    local relay = relaying(source, 20, sink)
    expect(loop.recv(source, 0)):to_be(nil, failure('EBUSY', 'recv'))
    expect(loop.relay(source, 0, sink)):to_be(nil, failure('EBUSY', 'relay'))
    expect(loop.send(sink, 0, '')):to_be(0)
    network.fill(sink)
    from:send('x')
    loops.settle()
    expect(loop.send(sink, 0, 'x')):to_be(nil, failure('EBUSY', 'send'))
    relay:cancel()
    assert.is_truthy(to)
  end))

  it('works in a generator', task(function()
    local from, source, sink, to = new_route()
    local moved = coroutine.wrap(function()
      for size = 1, 3 do
        coroutine.yield(loop.relay(source, 20, sink, size))
      end
    end)
    loop.spawn(function()
      loop.sleep(0.001)
      from:send('abbccc')
    end)
    for size = 1, 3 do
      expect(moved()):to_be(size)
    end
    expect(loop.recv(to, 20)):to_be('abbccc')
  end))

  it('is known to stats and dump by its name', task(function()
    local _, source, sink = new_route()
    local relay = relaying(source, nil, sink)
    assert.equal(1, loop.stats().waits.relay)
    local row
    for _, candidate in ipairs(loop.dump()) do
      row = candidate.task == relay and candidate or row
    end
    assert.equal('relay', row.what)
    assert.equal(source:fd(), row.fd)
    relay:cancel()
  end))

  it('leaves no descriptor open', function()
    local before
    for _ = 1, 3 do
      loops.run(function()
        for i = 1, 10 do
          local from, source, sink, to = new_route()
          from:send('x')
          expect(loop.relay(source, 20, sink, 1)):to_be(1)
          expect(loop.relay(source, 0, sink)):to_be(0, nil, true)
          local relay = relaying(source, nil, sink)
          if i % 2 == 0 then
            relay:cancel()
            loop.later()
          end
          for _, sock in ipairs({ from, source, sink, to }) do
            sock:close()
          end
        end
      end)
      before = before or descriptors.list()
    end
    assert.same(before, descriptors.list())
  end)

  it('copies when the system has no descriptors for a pipe', function()
    if loops.has_sanitizer then
      return pending('the sanitizers take it for a fault when there is no descriptor for themselves')
    end
    local written = loops.output(
      [[
      loops.run(function()
        local from, source = loops.pair()
        local sink, to = loops.pair()
        assert(loop.readable(source, 0) == nil and loop.writable(sink, 0))
        local files = {}
        repeat
          files[#files + 1] = io.open('/dev/null')
        until #files > 1000 or not io.open('/dev/null')
        assert(#files < 1000)
        local text = loops.pattern(200003)
        loop.spawn(loop.send, from, 60, text)
        local reader = loop.spawn(loops.receive_slowly, to, 30000)
        print(loop.relay(source, 60, sink, #text))
        sink:shutdown(llsocket.SHUT_WR)
        print(select(2, reader:join()) == text)
        print(loop.relay(source, 0.001, source))
      end)]],
      'ulimit -n 40'
    )
    assert.equal('200003\ntrue\n0\tnil\ttrue\n', written)
  end)

  it('refuses a socket that blocks, on either side', task(function()
    local blocking = network.pair(llsocket.SOCK_STREAM, false)
    local sock = loops.pair()
    loops.raised('(socket blocks; make it with nonblock)', function()
      local _ = loop.relay(blocking, 0, sock)
    end)
    loops.raised('(socket blocks; make it with nonblock)', function()
      local _ = loop.relay(sock, 0, blocking)
    end)
  end))

  it('tells EBADF of a socket that is closed, on either side', task(function()
    local sock, closed = loops.pair()
    closed:close()
    for _, size in ipairs({ 0, 1 }) do
      expect(loop.relay(sock, 0, closed, size)):to_be(nil, failure('EBADF', 'relay'))
      expect(loop.relay(closed, 0, sock, size)):to_be(nil, failure('EBADF', 'relay'))
    end
  end))

  it('tells ENOTCONN of a source that is not connected', task(function()
    local n, err = loop.relay(loops.tcp(), 20, (loops.pair()))
    assert.is_nil(n)
    assert.is_truthy(err:find('^%[ENOTCONN:'), err)
  end))

  it('refuses wrong arguments', task(function()
    local from, source, sink = new_route()
    from:send('x')
    for _, arguments in ipairs({
      { n = 0 },
      { source, n = 1 },
      { source, 0, n = 2 },
      { source, 0, 1, n = 3 },
      { source:fd(), 0, sink, n = 3 },
      { source, -1, sink, n = 3 },
      { source, 'x', sink, n = 3 },
      { source, 0, sink, -1, n = 4 },
      { source, 0, sink, 1.5, n = 4 },
      { source, 0, sink, 'x', n = 4 },
    }) do
      local ok, err = net.pcall(loop.relay, (table.unpack or unpack)(arguments, 1, arguments.n))
      assert.is_false(ok)
      assert.is_truthy(err:find('bad argument #%d'), err)
    end
    expect(loop.recv(source, 0)):to_be('x')
  end))

  it('raises an error outside of a task', function()
    local _, source, sink = new_route()
    loops.raised("cannot use 'relay' here: this is not inside a task; tasks begin with run() or spawn()", function()
      local _ = loop.relay(source, 0, sink)
    end)
  end)
end)
