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
local SOCK_STREAM = llsocket.SOCK_STREAM

local task, failure = loops.task, loops.failure

after_each(loops.assert_idle)

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
      loops.await(listener, 'recvable')
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
    local a, a_address = loops.udp()
    local b, b_address = loops.udp()
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
    local other, turns = loops.count_turns()
    for _ = 1, 20 do
      assert(loop.getaddrinfo(nil, 'localhost', 1))
    end
    other:cancel()
    assert.is_true(turns() > 0)
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
