-- SPDX-License-Identifier: MIT
local child = require('child')
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local socket = llsocket.socket
local AF_UNIX, SOCK_STREAM = llsocket.AF_UNIX, llsocket.SOCK_STREAM

-- A TCP listener with one connection in its queue, and the client of it.
local function listener_with_client(loopback)
  local listener, address = network.listener(loopback)
  local client = socket.new(loopback.family, SOCK_STREAM)
  client:connect(address)
  return listener, client
end

network.each_loopback(function(loopback)
  describe('sock:accept over ' .. loopback.name, function()
    it('gives the connection alone', function()
      local listener, client = listener_with_client(loopback)
      local server = expect(listener:accept()):to_be_one()
      assert.equal(loopback.family, server:family())
      assert.equal(SOCK_STREAM, server:socktype())
      client:send('hello')
      expect(server:recv()):to_be('hello')
    end)

    it('gives the connection alone when the address is declined', function()
      local listener, client = listener_with_client(loopback)
      expect(listener:accept(false)):to_be_one()
      assert.is_true(client:fd() >= 0)
    end)

    it('gives the address of the peer too when asked', function()
      local listener, client = listener_with_client(loopback)
      local server, err, again, ai = listener:accept(true)
      expect(server, err, again, ai):to_be(server, nil, false, client:getsockname())
      assert.equal(loopback.host, ai:addr())
      assert.equal(SOCK_STREAM, ai:socktype())
    end)

    it('asks to try again, without an error, when nobody waits', function()
      local listener = network.listener(loopback)
      listener:nonblock(true)
      expect(listener:accept()):to_be(nil, nil, true)
      expect(listener:accept(true)):to_be(nil, nil, true)
      expect(listener:acceptfd()):to_be(nil, nil, true)
    end)

    it('gives a connection that is close-on-exec and has the non-blocking state of the listener', function()
      for _, nonblock in ipairs({ false, true }) do
        local listener, client = listener_with_client(loopback)
        listener:nonblock(nonblock)
        local server = listener:accept()
        assert.equal(nonblock, descriptors.is_nonblocking(server:fd()))
        assert.is_true(descriptors.is_close_on_exec(server:fd()))
        expect(server:nonblock()):to_be(nonblock)
        expect(client:nonblock()):to_be(false)
      end
    end)

    it('fails with EINVAL on a socket that does not listen', function()
      local err = expect(socket.new(loopback.family, SOCK_STREAM):accept()):to_fail('EINVAL')
      assert.equal('accept', err.op)
      assert.equal('accept', err.method)
    end)

    it('makes a socket whose methods work as those of the client', function()
      local listener, client = listener_with_client(loopback)
      local server = listener:accept()
      expect(server:tcpnodelay(true)):to_be(false)
      expect(server:tcpnodelay()):to_be(true)
      expect(server:acceptconn()):to_be(false)
      expect(listener:acceptconn()):to_be(true)
      expect(client:close()):to_be(true)
      expect(server:recv()):to_be(nil)
    end)
  end)

  describe('sock:acceptfd over ' .. loopback.name, function()
    it('gives a bare descriptor that belongs to the program', function()
      local listener, client = listener_with_client(loopback)
      local fd = expect(listener:acceptfd()):to_be_one()
      collectgarbage()
      assert.is_true(descriptors.is_open(fd))
      assert.is_true(descriptors.is_close_on_exec(fd))
      local server = socket.wrap(fd)
      client:send('hello')
      expect(server:recv()):to_be('hello')
      server:close()
    end)

    it('gives a descriptor with the non-blocking state of the listener', function()
      local listener, client = listener_with_client(loopback)
      listener:nonblock(true)
      local fd = listener:acceptfd()
      assert.is_true(descriptors.is_nonblocking(fd))
      socket.close(fd)
      client:close()
    end)

    it('fails with EINVAL on a socket that does not listen', function()
      local err = expect(socket.new(loopback.family, SOCK_STREAM):acceptfd()):to_fail('EINVAL')
      assert.equal('acceptfd', err.method)
    end)
  end)

  describe('a dropped listener over ' .. loopback.name, function()
    it('leaves its accepted connections open', function()
      local client, server, listener = network.tcp_pair(loopback)
      listener:close()
      client:send('still here')
      expect(server:recv()):to_be('still here')
    end)
  end)
end)

describe('sock:accept in the unix family', function()
  it('tells an unnamed peer as an address without a path', function()
    local listener, address = network.unix(SOCK_STREAM)
    listener:listen()
    local client = socket.new(AF_UNIX, SOCK_STREAM)
    client:connect(address)
    local server, _, _, ai = listener:accept(true)
    assert.is_not_nil(server)
    assert.equal(AF_UNIX, ai:family())
    expect(ai:addr()):to_be(nil)
    expect(server:getpeername():addr()):to_be(nil)
    assert.equal(address:addr(), server:getsockname():addr())
  end)

  it('tells the name of a named peer', function()
    local listener, address = network.unix(SOCK_STREAM)
    listener:listen()
    local client, name = network.unix(SOCK_STREAM)
    client:connect(address)
    local _, _, _, ai = listener:accept(true)
    assert.equal(name, ai)
  end)

  it('works on a seqpacket listener', function()
    local listener, address = network.unix(llsocket.SOCK_SEQPACKET)
    listener:listen()
    local client = socket.new(AF_UNIX, llsocket.SOCK_SEQPACKET)
    client:connect(address)
    local server = listener:accept()
    client:send('record')
    assert.equal(llsocket.SOCK_SEQPACKET, server:socktype())
    expect(server:recv()):to_be('record')
  end)
end)

describe('sock:accept without a free descriptor', function()
  it('returns EMFILE, keeps the connection in the queue and leaks nothing', function()
    local output = child.output([[
      local network, llsocket = require('network'), require('llsocket')
      local socket, AF_UNIX, SOCK_STREAM = llsocket.socket, llsocket.AF_UNIX, llsocket.SOCK_STREAM
      local listener, address = network.listener(network.loopbacks[1])
      local client = socket.new(listener:family(), SOCK_STREAM)
      client:connect(address)
      local filler = {}
      repeat
        local sock, err = socket.new(AF_UNIX, SOCK_STREAM)
        filler[#filler + 1] = sock
        if err then print('new', err.name) end
      until err
      print('accept', select(2, listener:accept()).name)
      print('acceptfd', select(2, listener:acceptfd()).name)
      print('dup', select(2, client:dup()).name)
      print('pair', select(2, socket.pair(SOCK_STREAM)).name)
      filler[#filler]:close()
      print('then', listener:accept():family() == listener:family())
    ]], 'ulimit -n 32')
    assert.equal('new\tEMFILE\naccept\tEMFILE\nacceptfd\tEMFILE\ndup\tEMFILE\npair\tEMFILE\nthen\ttrue\n', output)
  end)
end)

describe('sock:listen', function()
  local loopback = network.loopbacks[1]

  it('makes a bound socket take connections, with and without a backlog', function()
    for _, backlog in ipairs({ 'none', 0, 1, 128, 2147483647 }) do
      local sock = socket.new(loopback.family, SOCK_STREAM)
      sock:bind(loopback.address(loopback.host, 0))
      if backlog == 'none' then
        expect(sock:listen()):to_be(true)
      else
        expect(sock:listen(backlog)):to_be(true)
      end
      local client = socket.new(loopback.family, SOCK_STREAM)
      expect(client:connect(sock:getsockname())):to_be(true)
      expect(sock:accept()):to_be_one()
    end
  end)

  it('returns EOPNOTSUPP for a socket that cannot listen', function()
    local err = expect(network.udp(loopback):listen()):to_fail('EOPNOTSUPP', false)
    assert.equal('listen', err.op)
  end)

  it('wants an integer', function()
    local sock = socket.new(loopback.family, SOCK_STREAM)
    expect.raised("bad argument #1 to 'listen' (integer expected, got string)", function()
      sock:listen('5')
    end)
    expect.raised("bad argument #1 to 'listen' (number has no integer representation)", function()
      sock:listen(1.5)
    end)
  end)
end)
