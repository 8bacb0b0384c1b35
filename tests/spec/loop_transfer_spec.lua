-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local network = require('network')

local SOCK_DGRAM, SHUT_WR = llsocket.SOCK_DGRAM, llsocket.SHUT_WR

local task, pair, failure = loops.task, loops.pair, loops.failure
local pattern, receive_slowly = loops.pattern, loops.receive_slowly

after_each(loops.assert_idle)

describe('loop.recv', function()
  it('gives what is there at once', task(function()
    local a, b = pair()
    b:send('hello')
    expect(loop.recv(a)):to_be('hello')
    b:send('hello')
    expect(loop.recv(a, 0, 2)):to_be('he')
    expect(loop.recv(a, 0)):to_be('llo')
  end))

  it('waits for what comes', task(function()
    local a, b = pair()
    local reader = loop.spawn(loop.recv, a)
    loops.settle()
    assert.equal('waiting', reader:status())
    b:send('late')
    expect(reader:join()):to_be(true, 'late')
  end))

  it('gives nil, nil, true when the time is over, and loses nothing', task(function()
    local a, b = pair()
    expect(loop.recv(a, 0)):to_be(nil, nil, true)
    expect(loop.recv(a, 0.005)):to_be(nil, nil, true)
    b:send('x')
    expect(loop.recv(a, 20)):to_be('x')
  end))

  it('gives nil at the end of the stream, as often as it is asked', task(function()
    local a, b = pair()
    b:send('last')
    b:close()
    expect(loop.recv(a)):to_be('last')
    expect(loop.recv(a)):to_be(nil)
    expect(loop.recv(a, 0)):to_be(nil)
  end))

  it('gives nil when the end comes while it waits', task(function()
    local a, b = pair()
    local reader = loop.spawn(loop.recv, a)
    loop.later()
    b:shutdown(SHUT_WR)
    expect(reader:join()):to_be(true, nil)
  end))

  it('gives an empty string for an empty datagram', task(function()
    local a, b = pair(SOCK_DGRAM)
    b:send('')
    expect(loop.recv(a, 20)):to_be('')
    expect(loop.recv(a, 0)):to_be(nil, nil, true)
  end))

  it('of no bytes gives an empty string without waiting', task(function()
    local a = pair()
    expect(loop.recv(a, nil, 0)):to_be('')
  end))

  it('takes flags', task(function()
    local a, b = pair()
    b:send('xyz')
    expect(loop.recv(a, 20, 2, llsocket.MSG_PEEK)):to_be('xy')
    expect(loop.recv(a, 20, nil, llsocket.MSG_PEEK, llsocket.MSG_TRUNC)):to_be('xyz')
    expect(loop.recv(a, 20)):to_be('xyz')
  end))

  it('tells that the connection was reset', task(function()
    local client, server = loops.connection()
    client:send('unread')
    loops.await(server, 'recvable')
    server:close()
    expect(loop.recv(client, 20)):to_be(nil, failure('ECONNRESET', 'recv'))
    expect(loop.recv(client, 20)):to_be(nil)
  end))

  for _, size in ipairs({ 65535, 65536, 65537, 1000000 }) do
    it(('of %d bytes keeps its room while it waits and collections run'):format(size), task(function()
      local a, b = pair()
      local text = pattern(math.min(size, 90000))
      local reader = loop.spawn(loop.recv, a, nil, size)
      loop.later()
      local junk = loops.collect()
      assert.equal(#text, b:send(text))
      local _, received = reader:join()
      assert.is_true(text:sub(1, size) == received)
      for i = 1, 2000 do
        assert.equal(tostring(i):rep(i % 300 + 1), junk[i])
      end
    end))
  end

  it('by many tasks at once keeps their bytes apart', task(function()
    local readers, others = {}, {}
    for i = 1, 100 do
      local a, b = pair()
      others[i] = b
      readers[i] = loop.spawn(loop.recv, a)
    end
    loop.later()
    for i = 1, 100 do
      others[i]:send(tostring(i):rep(20))
    end
    for i = 1, 100 do
      expect(readers[i]:join()):to_be(true, tostring(i):rep(20))
    end
  end))
end)

describe('loop.send', function()
  it('gives the number of bytes', task(function()
    local a, b = pair()
    expect(loop.send(a, nil, 'hello')):to_be(5)
    expect(loop.send(a, 0, '!')):to_be(1)
    assert.equal('hello!', b:recv())
  end))

  it('of nothing gives 0 on a stream, and sends an empty datagram', task(function()
    local a, b = pair()
    expect(loop.send(a, nil, '')):to_be(0)
    expect(loop.recv(b, 0)):to_be(nil, nil, true)
    local c, d = pair(SOCK_DGRAM)
    expect(loop.send(c, nil, '')):to_be(0)
    expect(loop.recv(d, 20)):to_be('')
  end))

  it('sends everything to a reader that takes its time', task(function()
    local a, b = pair()
    local text = pattern(2000000)
    local reader = loop.spawn(receive_slowly, b, 50000, 0.0001)
    expect(loop.send(a, nil, text)):to_be(#text)
    a:shutdown(SHUT_WR)
    local ok, received = reader:join()
    assert.is_true(ok)
    assert.is_true(text == received)
  end))

  it('sends everything over TCP, in both directions at once', task(function()
    local client, server = loops.connection()
    local there, back = pattern(3000000), pattern(2999999):reverse()
    local function send_all(sock, text)
      assert.equal(#text, (loop.send(sock, loops.patience, text)))
      sock:shutdown(SHUT_WR)
    end
    local readers = { loop.spawn(receive_slowly, server, 65536), loop.spawn(receive_slowly, client, 10000) }
    local senders = { loop.spawn(send_all, client, there), loop.spawn(send_all, server, back) }
    assert.is_true(there == select(2, readers[1]:join()))
    assert.is_true(back == select(2, readers[2]:join()))
    expect(senders[1]:join()):to_be(true)
    expect(senders[2]:join()):to_be(true)
  end))

  it('keeps what it sends while it waits and collections run', task(function()
    local a, b = pair()
    local before = network.fill(a)
    local function send_garbage()
      local parts = {}
      for i = 1, 20000 do
        parts[i] = tostring(i)
      end
      return loop.send(a, nil, table.concat(parts, ' '))
    end
    local sender = loop.spawn(send_garbage)
    loop.later()
    loops.collect()
    network.receive_all(b, before)
    local received = {}
    for i = 1, 20000 do
      received[i] = tostring(i)
    end
    local text = table.concat(received, ' ')
    local reader = loop.spawn(function()
      local parts, size = {}, 0
      while size < #text do
        parts[#parts + 1] = assert(loop.recv(b, 20))
        size = size + #parts[#parts]
      end
      return table.concat(parts)
    end)
    expect(sender:join()):to_be(true, #text)
    assert.is_true(text == select(2, reader:join()))
  end))

  it('gives the number of bytes that went, nil, true when the time is over', task(function()
    local a, b = pair()
    local n, err, timeout = loop.send(a, 0.01, ('x'):rep(10000000))
    assert.is_true(n > 0 and n < 10000000)
    assert.is_nil(err)
    assert.is_true(timeout)
    assert.equal(n, #network.receive_all(b, n))
    expect(loop.recv(b, 0)):to_be(nil, nil, true)
    local size = network.fill(a)
    assert.is_true(size > 0)
    expect(loop.send(a, 0, 'x')):to_be(0, nil, true)
    expect(loop.send(a, 0.001, 'x')):to_be(0, nil, true)
  end))

  it('gives nil when the peer is gone', task(function()
    local a, b = pair()
    b:close()
    expect(loop.send(a, nil, 'x')):to_be(nil)
    expect(loop.send(a, 0, 'x')):to_be(nil)
  end))

  it('gives nil when the peer goes while it waits', task(function()
    local a, b = pair()
    local sender = loop.spawn(loop.send, a, nil, ('x'):rep(10000000))
    loops.settle()
    b:close()
    expect(sender:join()):to_be(true, nil)
  end))

  it('gives the number of bytes that went and the error when the socket is closed meanwhile', task(function()
    local a, b = pair()
    local sender = loop.spawn(loop.send, a, nil, ('x'):rep(10000000))
    loops.settle()
    a:close()
    local ok, n, err = sender:join()
    assert.is_true(ok)
    assert.equal(failure('ECANCELED', 'send'), err)
    assert.equal(n, #network.receive_all(b))
  end))

  it('sends one datagram at a time', task(function()
    local a, b = pair(SOCK_DGRAM)
    expect(loop.send(a, nil, 'one')):to_be(3)
    expect(loop.send(a, nil, 'two')):to_be(3)
    expect(loop.recv(b)):to_be('one')
    expect(loop.recv(b)):to_be('two')
  end))

  it('waits for room for a datagram', task(function()
    local a, b = pair(SOCK_DGRAM)
    local sent = 0
    while a:send('x') == 1 do
      sent = sent + 1
    end
    expect(loop.send(a, 0.001, 'x')):to_be(0, nil, true)
    local sender = loop.spawn(loop.send, a, 20, 'last')
    loops.settle()
    for _ = 1, sent do
      assert(loop.recv(b, 20))
    end
    expect(sender:join()):to_be(true, 4)
    expect(loop.recv(b, 20)):to_be('last')
  end))

  it('tells that a datagram is too long', task(function()
    local a, address = loops.udp()
    a:connect(address)
    expect(loop.send(a, 20, ('x'):rep(70000))):to_be(nil, failure('EMSGSIZE', 'send'))
  end))
end)

describe('a stream of which one side has ended', function()
  it('still carries the other direction', task(function()
    local client, server = loops.connection()
    client:shutdown(SHUT_WR)
    expect(loop.recv(server, 20)):to_be(nil)
    for i = 1, 10 do
      expect(loop.send(server, 20, tostring(i))):to_be(#tostring(i))
      expect(loop.recv(client, 20)):to_be(tostring(i))
    end
    local text = pattern(3000000)
    local reader = loop.spawn(receive_slowly, client, 20000)
    expect(loop.send(server, loops.patience, text)):to_be(#text)
    server:close()
    assert.is_true(text == select(2, reader:join()))
  end))

  it('lets a writer wait although it was read to its end', task(function()
    local a, b = pair()
    b:shutdown(SHUT_WR)
    expect(loop.recv(a, 20)):to_be(nil)
    local size = network.fill(a)
    local writer = loop.spawn(loop.send, a, nil, 'more')
    local before = os.clock()
    loop.sleep(0.1)
    assert.is_true(os.clock() - before < 0.09, 'the loop did not sleep')
    assert.equal('waiting', writer:status())
    assert.equal(size, #network.receive_all(b, size))
    expect(writer:join()):to_be(true, 4)
  end))
end)

describe('loop.recvfrom and loop.sendto', function()
  it('move a datagram and tell who sent it', task(function()
    local a, a_address = loops.udp()
    local b, b_address = loops.udp()
    local reader = loop.spawn(loop.recvfrom, b)
    loops.settle()
    expect(loop.sendto(a, nil, 'hello', b_address)):to_be(5)
    local ok, text, from = reader:join()
    assert.is_true(ok)
    assert.equal('hello', text)
    assert.equal(a_address, from)
    expect(loop.sendto(b, 20, '', from)):to_be(0)
    local empty, answerer = loop.recvfrom(a, 20)
    assert.equal('', empty)
    assert.equal(b_address, answerer)
  end))

  it('cut a datagram off that is longer than the room', task(function()
    local a = loops.udp()
    local b, b_address = loops.udp()
    loop.sendto(a, nil, 'hello', b_address)
    assert.equal('he', (loop.recvfrom(b, 20, 2)))
    expect(loop.recvfrom(b, 0)):to_be(nil, nil, true)
  end))

  it('give nil, nil, true when the time is over', task(function()
    local a = loops.udp()
    expect(loop.recvfrom(a, 0)):to_be(nil, nil, true)
    expect(loop.recvfrom(a, 0.005)):to_be(nil, nil, true)
  end))

  it('receive large datagrams', task(function()
    local a = loops.udp()
    local b, b_address = loops.udp()
    local text = pattern(60000)
    local reader = loop.spawn(loop.recvfrom, b, nil, 100000)
    loop.later()
    loops.collect()
    expect(loop.sendto(a, nil, text, b_address)):to_be(60000)
    assert.is_true(text == select(2, reader:join()))
  end))

  it('by many tasks at once keep the senders apart', task(function()
    local receivers, addresses = {}, {}
    for i = 1, 50 do
      local sock, address = loops.udp()
      receivers[i], addresses[i] = loop.spawn(loop.recvfrom, sock, 20), address
    end
    loop.later()
    local senders = {}
    for i = 1, 50 do
      local sock, address = loops.udp()
      senders[i] = address
      sock:sendto(tostring(i), addresses[i])
    end
    for i = 1, 50 do
      local _, text, from = receivers[i]:join()
      assert.equal(tostring(i), text)
      assert.equal(senders[i], from)
    end
  end))

  it('tell that nobody is there', task(function()
    local a = loops.udp()
    local b, b_address = loops.udp()
    b:close()
    a:connect(b_address)
    a:send('x')
    expect(loop.recvfrom(a, 20)):to_be(nil, failure('ECONNREFUSED', 'recvfrom'))
    a:send('x')
    expect(loop.recv(a, 20)):to_be(nil, failure('ECONNREFUSED', 'recv'))
  end))
end)
