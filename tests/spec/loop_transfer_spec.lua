-- SPDX-License-Identifier: MIT
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')
local scenes = require('scenes')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket
local SOCK_DGRAM, SOCK_STREAM, SHUT_WR = llsocket.SOCK_DGRAM, llsocket.SOCK_STREAM, llsocket.SHUT_WR

local task, pair, failure = loops.task, loops.pair, loops.failure
local pattern, receive_slowly = loops.pattern, loops.receive_slowly

after_each(loops.assert_idle)

-- Waits until the socket is ready for what the method asks.
local function await(sock, method)
  assert(sock[method](sock, 20000))
end

local function udp()
  local sock, address = network.udp(network.loopbacks[1])
  sock:nonblock(true)
  return sock, address
end

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
    await(server, 'recvable')
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
    local a, address = udp()
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
    local a, a_address = udp()
    local b, b_address = udp()
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
    local a = udp()
    local b, b_address = udp()
    loop.sendto(a, nil, 'hello', b_address)
    assert.equal('he', (loop.recvfrom(b, 20, 2)))
    expect(loop.recvfrom(b, 0)):to_be(nil, nil, true)
  end))

  it('give nil, nil, true when the time is over', task(function()
    local a = udp()
    expect(loop.recvfrom(a, 0)):to_be(nil, nil, true)
    expect(loop.recvfrom(a, 0.005)):to_be(nil, nil, true)
  end))

  it('receive large datagrams', task(function()
    local a = udp()
    local b, b_address = udp()
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
      local sock, address = udp()
      receivers[i], addresses[i] = loop.spawn(loop.recvfrom, sock, 20), address
    end
    loop.later()
    local senders = {}
    for i = 1, 50 do
      local sock, address = udp()
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
    local a = udp()
    local b, b_address = udp()
    b:close()
    a:connect(b_address)
    a:send('x')
    expect(loop.recvfrom(a, 20)):to_be(nil, failure('ECONNREFUSED', 'recvfrom'))
    a:send('x')
    expect(loop.recv(a, 20)):to_be(nil, failure('ECONNREFUSED', 'recv'))
  end))
end)

describe('loop.sendfile', function()
  -- A file with this content, closed by the collector.
  local function file_of(content)
    local file = assert(io.tmpfile())
    file:write(content)
    file:flush()
    return network.keep(file)
  end

  it('sends a file, or a part of it', task(function()
    local a, b = pair()
    local file = file_of('0123456789')
    expect(loop.sendfile(a, nil, file, 10)):to_be(10)
    expect(loop.sendfile(a, 20, file, 3, 4)):to_be(3)
    assert.equal('0123456789456', b:recv())
  end))

  it('sends fewer bytes at the end of the file', task(function()
    local a, b = pair()
    local file = file_of('0123456789')
    expect(loop.sendfile(a, nil, file, 1000, 8)):to_be(2)
    expect(loop.sendfile(a, nil, file, 1000, 10)):to_be(0)
    expect(loop.sendfile(a, nil, file, 0)):to_be(0)
    assert.equal('89', b:recv())
  end))

  it('sends a large file to a reader that takes its time', task(function()
    local a, b = pair()
    local text = pattern(3000000)
    local reader = loop.spawn(receive_slowly, b, 50000, 0.0001)
    expect(loop.sendfile(a, nil, file_of(text), #text)):to_be(#text)
    a:close()
    assert.is_true(text == select(2, reader:join()))
  end))

  it('sends what was written to the file before, and leaves its position alone', task(function()
    local a, b = pair()
    local file = assert(io.tmpfile())
    file:write('buffered')
    expect(loop.sendfile(a, nil, file, 8)):to_be(8)
    assert.equal('buffered', b:recv())
    assert.equal(8, file:seek())
  end))

  it('takes the number of a descriptor', task(function()
    local a, b = pair()
    expect(loop.sendfile(a, nil, scenes.file('content')(), 7)):to_be(7)
    assert.equal('content', b:recv())
  end))

  it('gives the number of bytes that went, nil, true when the time is over', task(function()
    local a, b = pair()
    local n, err, timeout = loop.sendfile(a, 0.01, file_of(('x'):rep(5000000)), 5000000)
    assert.is_true(n > 0 and n < 5000000)
    assert.is_nil(err)
    assert.is_true(timeout)
    assert.equal(n, #network.receive_all(b, n))
  end))

  it('gives nil when the peer is gone', task(function()
    local a, b = pair()
    local file = file_of(('x'):rep(5000000))
    local sender = loop.spawn(loop.sendfile, a, nil, file, 5000000)
    loops.settle()
    b:close()
    expect(sender:join()):to_be(true, nil)
    expect(loop.sendfile(a, nil, file, 1)):to_be(nil)
  end))

  it('tells that its file was closed meanwhile', task(function()
    local a, b = pair()
    local file = file_of(('x'):rep(5000000))
    local sender = loop.spawn(loop.sendfile, a, 20, file, 5000000)
    loops.settle()
    file:close()
    loop.recv(b, 20, 100000)
    local reader = loop.spawn(receive_slowly, b)
    local ok, n, err, timeout = sender:join()
    a:close()
    local _, received = reader:join()
    assert.is_true(ok)
    assert.equal(failure('EBADF', 'sendfile'), err)
    assert.is_nil(timeout)
    assert.equal(n, #received + 100000)
  end))

  it('refuses a closed file and a wrong size', task(function()
    local a = pair()
    local file = assert(io.tmpfile())
    for _, size in ipairs({ -1, 1.5, 'x' }) do
      assert.is_false((net.pcall(loop.sendfile, a, nil, file, size)))
    end
    file:close()
    assert.is_false((net.pcall(loop.sendfile, a, nil, file, 1)))
  end))
end)

describe('loop.accept', function()
  it('gives a socket that does not block', task(function()
    local listener, address = loops.listener()
    local accepting = loop.spawn(loop.accept, listener)
    loops.settle()
    local client = loops.tcp()
    expect(loop.connect(client, 20, address)):to_be(true)
    local ok, server = accepting:join()
    assert.is_true(ok)
    assert.is_true(server:nonblock())
    assert.equal(llsocket.AF_INET, server:family())
    assert.equal(SOCK_STREAM, server:socktype())
    assert.is_true(server:cloexec())
    expect(loop.send(server, 20, 'x')):to_be(1)
    expect(loop.recv(client, 20)):to_be('x')
    server:close()
  end))

  it('gives nil, nil, true when the time is over, and is ready for the next', task(function()
    local listener, address = loops.listener()
    expect(loop.accept(listener, 0)):to_be(nil, nil, true)
    expect(loop.accept(listener, 0.005)):to_be(nil, nil, true)
    loop.connect(loops.tcp(), 20, address)
    expect(loop.accept(listener, 20)):to_be_one()
  end))

  it('gives each of many connections once', task(function()
    local listener, address = loops.listener(200)
    local count = 200
    local acceptor = loop.spawn(function()
      for _ = 1, count do
        local server = assert(loop.accept(listener, loops.patience))
        loop.spawn(function()
          loop.send(server, 20, assert(loop.recv(server, 20)))
          server:close()
        end)
      end
    end)
    local clients = {}
    for i = 1, count do
      clients[i] = loop.spawn(function()
        local client = assert(socket.new(llsocket.AF_INET, SOCK_STREAM, nil, true))
        assert(loop.connect(client, loops.patience, address))
        loop.send(client, 20, tostring(i))
        local answer = loop.recv(client, 20)
        client:close()
        return answer
      end)
    end
    for i = 1, count do
      expect(clients[i]:join()):to_be(true, tostring(i))
    end
    expect(acceptor:join()):to_be(true)
    expect(loop.accept(listener, 0)):to_be(nil, nil, true)
  end))

  it('ends when the listener is closed', task(function()
    local listener = loops.listener()
    local accepting = loop.spawn(loop.accept, listener)
    loop.later()
    listener:close()
    expect(accepting:join(20)):to_be(true, nil, failure('ECANCELED', 'accept'))
  end))

  it('of a socket that does not listen is EINVAL', task(function()
    expect(loop.accept(loops.tcp(), 20)):to_be(nil, failure('EINVAL', 'accept'))
  end))

  it('takes unix sockets', task(function()
    local listener, address = network.unix(SOCK_STREAM)
    listener:listen()
    listener:nonblock(true)
    local client = network.keep(socket.new(llsocket.AF_UNIX, SOCK_STREAM, nil, true))
    expect(loop.connect(client, 20, address)):to_be(true)
    local server = assert(loop.accept(listener, 20))
    loop.send(server, nil, 'x')
    expect(loop.recv(client, 20)):to_be('x')
  end))

  it('closes what was accepted when nobody takes it any more', function()
    local before = descriptors.list()
    loops.run(function()
      local listener, address = loops.listener()
      local accepting = loop.spawn(loop.accept, listener)
      loops.settle()
      local client = loops.tcp()
      client:connect(address)
      await(listener, 'recvable')
      loop.spawn(accepting.cancel, accepting)
      loop.later()
      accepting:join()
      client:close()
      listener:close()
    end)
    assert.same(before, descriptors.list())
  end)
end)

describe('loop.connect', function()
  network.each_loopback(function(loopback)
    it('connects over ' .. loopback.name, task(function()
      local listener, address = network.listener(loopback)
      local client = network.keep(socket.new(loopback.family, SOCK_STREAM, nil, true))
      expect(loop.connect(client, 20, address)):to_be(true)
      assert.equal(address, client:getpeername())
      assert(listener:accept())
    end))
  end)

  it('tells that it was refused', task(function()
    local _, address = scenes.refused_caller()(scenes.of_objects())
    expect(loop.connect(loops.tcp(), 20, address)):to_be(nil, failure('ECONNREFUSED', 'connect'))
  end))

  it('of a socket that is connected is true', task(function()
    local client = loops.connection()
    expect(loop.connect(client, 20, (client:getpeername()))):to_be(true)
  end))

  it('gives nil, nil, true when the time is over, and can be called again', task(function()
    local listener, address = loops.listener(0)
    local pending
    for _ = 1, 20 do
      local client = loops.tcp()
      local connected, _, timeout = loop.connect(client, 0.1, address)
      if not connected then
        assert.is_true(timeout)
        pending = client
        break
      end
    end
    assert.is_truthy(pending, 'the queue of the listener never was full')
    local again = loop.spawn(loop.connect, pending, loops.patience, address)
    local accepted = 0
    while again:status() ~= 'done' do
      accepted = accepted + (loop.accept(listener, 0.05) and 1 or 0)
    end
    expect(again:join()):to_be(true, true)
    assert.is_true(accepted > 0)
  end))

  it('tells what is wrong with a unix path', task(function()
    local client = network.keep(socket.new(llsocket.AF_UNIX, SOCK_STREAM, nil, true))
    local address = addrinfo.unix(network.free_path(), SOCK_STREAM)
    expect(loop.connect(client, 20, address)):to_be(nil, failure('ENOENT', 'connect'))
  end))

  it('connects a datagram socket', task(function()
    local a, a_address = udp()
    local b, b_address = udp()
    expect(loop.connect(a, 20, b_address)):to_be(true)
    expect(loop.send(a, 20, 'x')):to_be(1)
    local text, from = loop.recvfrom(b, 20)
    assert.equal('x', text)
    assert.equal(a_address, from)
  end))

  it('ends when its socket is closed', task(function()
    local _, address = loops.listener(0)
    local clients = {}
    for i = 1, 20 do
      local client = loops.tcp()
      clients[i] = { client, loop.spawn(loop.connect, client, loops.patience, address) }
    end
    loop.sleep(0.05)
    for _, row in ipairs(clients) do
      row[1]:close()
    end
    local cancelled = 0
    for _, row in ipairs(clients) do
      local _, _, err = row[2]:join(20)
      cancelled = cancelled + (err == failure('ECANCELED', 'connect') and 1 or 0)
    end
    assert.is_true(cancelled > 0)
  end))
end)

describe('loop.getaddrinfo', function()
  it('gives a list of addresses', task(function()
    local list = assert(loop.getaddrinfo(20, '127.0.0.1', 80, llsocket.AF_INET, SOCK_STREAM))
    assert.equal(1, #list)
    assert.equal(addrinfo.inet('127.0.0.1', 80, SOCK_STREAM), list[1])
    assert.equal('127.0.0.1', list[1]:addr())
    assert.equal(80, list[1]:port())
  end))

  it('gives what the resolver gives', task(function()
    local expected = assert(addrinfo.getaddrinfo('localhost', 1, llsocket.AF_INET, SOCK_STREAM))
    local list = assert(loop.getaddrinfo(nil, 'localhost', 1, llsocket.AF_INET, SOCK_STREAM))
    assert.equal(#expected, #list)
    assert.equal(expected[1], list[1])
  end))

  it('tells the errors of the resolver by their own names', task(function()
    local list, err, timeout = loop.getaddrinfo(nil, 'no such name!', nil, nil, nil, nil, llsocket.AI_NUMERICHOST)
    assert.is_nil(list)
    assert.is_nil(timeout)
    assert.is_truthy(err:find('^%[EAI_NONAME:%-?%d+%]%[getaddrinfo%] .+'), err)
  end))

  it('may be asked by many tasks at once', task(function()
    local asking = {}
    for i = 1, 100 do
      asking[i] = loop.spawn(loop.getaddrinfo, nil, 'localhost', i, nil, SOCK_STREAM)
    end
    for i = 1, 100 do
      local _, list = asking[i]:join()
      assert.equal(i, list[1]:port())
    end
  end))

  it('forgets an answer that nobody waits for any more', task(function()
    for _ = 1, 50 do
      local asking = loop.spawn(loop.getaddrinfo, 0.0001, 'localhost', 1)
      local other = loop.spawn(loop.getaddrinfo, nil, 'localhost', 1)
      loop.later()
      other:cancel()
      asking:join()
      other:join()
    end
    collectgarbage()
    assert.equal(2, assert(loop.getaddrinfo(nil, 'localhost', 2))[1]:port())
  end))

  it('lets other tasks run meanwhile', task(function()
    local turns = 0
    local other = loop.spawn(function()
      while true do
        loop.later()
        turns = turns + 1
      end
    end)
    for _ = 1, 20 do
      assert(loop.getaddrinfo(nil, 'localhost', 1))
    end
    other:cancel()
    assert.is_true(turns > 0)
  end))

  it('refuses wrong arguments before it begins', task(function()
    assert.is_false((net.pcall(loop.getaddrinfo, nil, {})))
    assert.is_false((net.pcall(loop.getaddrinfo, nil, 'a\0b')))
    assert.is_false((net.pcall(loop.getaddrinfo, -1, 'localhost')))
    expect(loop.sleep(0)):to_be(true)
  end))
end)

-- F14
describe('a socket of SOCK_SEQPACKET', function()
  local SOCK_SEQPACKET = llsocket.SOCK_SEQPACKET

  -- A client and the server's end, by listen, connect and accept of the loop.
  local function connection()
    local listener, address = network.unix(SOCK_SEQPACKET)
    assert(listener:listen())
    listener:nonblock(true)
    local accepting = loop.spawn(loop.accept, listener, 20)
    local client = network.keep(assert(socket.new(llsocket.AF_UNIX, SOCK_SEQPACKET, nil, true)))
    expect(loop.connect(client, 20, address)):to_be(true)
    local _, server = accepting:join()
    assert.equal(SOCK_SEQPACKET, server:socktype())
    return client, network.keep(server)
  end

  it('listens, connects and accepts', task(function()
    local client, server = connection()
    expect(loop.send(client, 20, 'question')):to_be(8)
    expect(loop.recv(server, 20)):to_be('question')
    expect(loop.send(server, 20, 'answer')):to_be(6)
    expect(loop.recv(client, 20)):to_be('answer')
  end))

  it('keeps the ends of records', task(function()
    local client, server = connection()
    local reader = loop.spawn(loop.recv, server, 20)
    loop.later()
    for _, text in ipairs({ 'one', 'two', 'three' }) do
      expect(loop.send(client, 20, text)):to_be(#text)
    end
    expect(reader:join()):to_be(true, 'one')
    expect(loop.recv(server, 20, 2)):to_be('tw') -- the rest of a record is gone
    expect((loop.recvfrom(server, 20))):to_be('three')
    expect(loop.recv(server, 0)):to_be(nil, nil, true)
  end))

  it('sends each record whole, when there is room for it', task(function()
    local client, server = connection()
    local size, count = 50000, 40
    local sender = loop.spawn(function()
      for i = 1, count do
        expect(loop.send(client, loops.patience, string.char(64 + i):rep(size))):to_be(size)
      end
      client:close()
    end)
    for i = 1, count do
      assert.is_true(string.char(64 + i):rep(size) == loop.recv(server, loops.patience, 100000), i)
    end
    expect(loop.recv(server, 20)):to_be(nil)
    sender:join()
  end))

  it('gives nil at the end, and ends its waits when it is closed', task(function()
    local client, server = connection()
    local reader = loop.spawn(loop.recv, server)
    loop.later()
    server:close()
    expect(reader:join()):to_be(true, nil, failure('ECANCELED', 'recv'))
    expect(loop.recv(client, 20)):to_be(nil)
    expect(loop.send(client, 20, 'x')):to_be(nil)
  end))
end)

describe('a closed socket', function()
  for name, call in pairs({
    recv = function(sock) return loop.recv(sock, 20) end,
    send = function(sock) return loop.send(sock, 20, 'x') end,
    recvfrom = function(sock) return loop.recvfrom(sock, 20) end,
    sendto = function(sock) return loop.sendto(sock, 20, 'x', addrinfo.inet('127.0.0.1', 1, SOCK_DGRAM)) end,
    sendfile = function(sock) return loop.sendfile(sock, 20, scenes.file('x')(), 1) end,
    accept = function(sock) return loop.accept(sock, 20) end,
    connect = function(sock) return loop.connect(sock, 20, addrinfo.inet('127.0.0.1', 1, SOCK_STREAM)) end,
  }) do
    it('is EBADF for ' .. name, task(function()
      local a = pair()
      a:close()
      expect(call(a)):to_be(nil, failure('EBADF', name))
    end))
  end
end)

describe('a socket that blocks', function()
  it('holds nobody up in recv and recvfrom', task(function()
    local a, b = network.pair(SOCK_STREAM, false)
    expect(loop.recv(a, 0.005)):to_be(nil, nil, true)
    expect(loop.recvfrom(a, 0.005)):to_be(nil, nil, true)
    local reader = loop.spawn(loop.recv, a)
    loops.settle()
    b:send('x')
    expect(reader:join()):to_be(true, 'x')
  end))

  it('holds nobody up in send and sendto', task(function()
    local a, b = network.pair(SOCK_STREAM, false)
    local text = pattern(2000000)
    local reader = loop.spawn(receive_slowly, b, 50000)
    expect(loop.send(a, loops.patience, text)):to_be(#text)
    a:close()
    assert.is_true(text == select(2, reader:join()))
    local c = network.udp(network.loopbacks[1])
    local d, d_address = network.udp(network.loopbacks[1])
    expect(loop.sendto(c, 20, 'x', d_address)):to_be(1)
    assert.equal('x', (loop.recvfrom(d, 20)))
  end))

  it('is refused by accept, connect and sendfile, which it would hold up', task(function()
    local listener, address = network.listener(network.loopbacks[1])
    loops.raised("bad argument #1 to 'accept' (socket blocks; make it with nonblock)", function()
      local _ = loop.accept(listener, 20)
    end)
    local client = network.keep(socket.new(llsocket.AF_INET, SOCK_STREAM))
    loops.raised("bad argument #1 to 'connect' (socket blocks; make it with nonblock)", function()
      local _ = loop.connect(client, 20, address)
    end)
    local a = network.pair(SOCK_STREAM, false)
    local file = scenes.file('x')()
    loops.raised("bad argument #1 to 'sendfile' (socket blocks; make it with nonblock)", function()
      local _ = loop.sendfile(a, 20, file, 1)
    end)
  end))
end)

describe('a socket of another generation', function()
  it('can be waited on', task(function()
    for _, name in ipairs({ 'v3', 'v2' }) do
      local socks = require('llsocket.' .. name).socket.pair(SOCK_STREAM, true)
      network.keep(socks)
      expect(loop.writable(socks[1], 20)):to_be(true)
      expect(loop.readable(socks[1], 0)):to_be(nil, nil, true)
      local reader = loop.spawn(loop.readable, socks[1])
      loop.later()
      socks[2]:send('x')
      expect(reader:join()):to_be(true, true)
      local closing = loop.spawn(loop.readable, socks[2])
      loop.later()
      socks[2]:close()
      expect(closing:join(20)):to_be(true, nil, failure('ECANCELED', 'readable'))
    end
  end))
end)

describe('a failure to accept', function()
  it('leaves the listener ready for the next', function()
    if loops.has_sanitizer then
      return pending('the sanitizers take it for a fault when there is no descriptor for themselves')
    end
    local written = loops.output([[
      loops.run(function()
        local listener, address = loops.listener()
        local client = loops.tcp()
        assert(loop.connect(client, 20, address))
        local files = {}
        repeat
          files[#files + 1] = io.open('/dev/null')
        until #files > 1000 or not io.open('/dev/null')
        for _ = 1, 3 do
          print(select(2, loop.accept(listener, 20)))
        end
        for _, file in ipairs(files) do
          file:close()
        end
        print(loop.accept(listener, 20) ~= nil)
      end)]], 'ulimit -n 40')
    local emfile = failure('EMFILE', 'accept') .. '\n'
    assert.equal(emfile:rep(3) .. 'true\n', written)
  end)
end)
