-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local socket, addrinfo = llsocket.socket, llsocket.addrinfo
local AF_UNIX, SOCK_STREAM, SOCK_DGRAM = llsocket.AF_UNIX, llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM

-- An address where connections hang: the queue of its listener is full.
local function hanging_address(loopback)
  local _, address = network.listener(loopback, 0)
  repeat
    local sock = network.keep(socket.new(loopback.family, SOCK_STREAM, 0, true))
    sock:connect(address)
  until not sock:sendable(20)
  return address
end

-- An address where nobody listens, bound so that nobody else takes the port.
local function refusing_address(loopback, socktype)
  local sock = network.keep(socket.new(loopback.family, socktype))
  sock:bind(loopback.address(loopback.host, 0, socktype))
  return sock:getsockname()
end

network.each_loopback(function(loopback)
  describe('sock:connect over ' .. loopback.name, function()
    local function tcp(nonblock)
      return socket.new(loopback.family, SOCK_STREAM, 0, nonblock)
    end

    it('is true alone when a blocking socket is connected', function()
      local listener, address = network.listener(loopback)
      local client = tcp()
      expect(client:connect(address)):to_be(true)
      expect(client:getpeername()):to_be(listener:getsockname())
    end)

    it('is true with EINPROGRESS beside it while a non-blocking connection is being made', function()
      local _, address = network.listener(loopback)
      local client = tcp(true)
      local err = expect(client:connect(address)):to_succeed_with('EINPROGRESS')
      assert.equal('connect', err.op)
      expect(client:sendable(5000)):to_be(true)
      expect(client:error()):to_be(nil)
    end)

    it('is true alone when it is called again after the connection was made', function()
      local _, address = network.listener(loopback)
      local client = tcp(true)
      client:connect(address)
      client:sendable(5000)
      expect(client:connect(address)):to_be(true)
      expect(client:connect(address)):to_be(true) -- the kernel says EISCONN
    end)

    it('is true alone on a blocking socket that is connected already', function()
      local client, _, listener = network.tcp_pair(loopback)
      expect(client:connect(listener:getsockname())):to_be(true)
    end)

    it('is true with EALREADY beside it when it is called again too early', function()
      local address = hanging_address(loopback)
      local client = tcp(true)
      expect(client:connect(address)):to_succeed_with('EINPROGRESS')
      expect(client:connect(address)):to_succeed_with('EALREADY')
      expect(client:connect(address)):to_succeed_with('EALREADY')
      expect(client:error()):to_be(nil)
    end)

    it('fails with ECONNREFUSED where nobody listens', function()
      local address = refusing_address(loopback, SOCK_STREAM)
      local err = expect(tcp():connect(address)):to_fail('ECONNREFUSED', false)
      assert.equal('connect', err.op)
      assert.equal('connect', err.method)
    end)

    it('leaves the refusal of a non-blocking connection for error()', function()
      local address = refusing_address(loopback, SOCK_STREAM)
      local client = tcp(true)
      local ok, err = client:connect(address)
      if ok then
        assert.equal('EINPROGRESS', err.name)
        assert.is_true(client:sendable(5000))
        err = expect(client:error()):to_be_one()
        expect(client:error()):to_be(nil)
      end
      assert.equal('ECONNREFUSED', err.name)
    end)

    it('tells the refusal of a non-blocking connection when it is called again', function()
      local address = refusing_address(loopback, SOCK_STREAM)
      local client = tcp(true)
      local ok, err = client:connect(address)
      if ok then
        client:sendable(5000)
        ok, err = client:connect(address)
      end
      assert.is_false(ok)
      assert.equal('ECONNREFUSED', err.name)
    end)

    it('fails with ETIMEDOUT, and may be tried again, when nobody answers', function()
      local address = hanging_address(loopback)
      local client = tcp()
      if client:tcpusertimeout(100) == nil then
        pending('this platform has no TCP_USER_TIMEOUT')
      end
      local ok, err, again = client:connect(address)
      assert.same({ false, 'ETIMEDOUT', true }, { ok, err.name, again })
    end)

    it('fixes the peer of a datagram socket, again and again', function()
      local a = socket.new(loopback.family, SOCK_DGRAM)
      for _ = 1, 2 do
        local b, address = network.udp(loopback)
        expect(a:connect(address)):to_be(true)
        a:send('to the new peer')
        expect(b:recv()):to_be('to the new peer')
      end
    end)

    it('fails with EISCONN on a listener, which can have no peer', function()
      local listener, address = network.listener(loopback)
      expect(listener:connect(address)):to_fail('EISCONN', false)
    end)

    it('carries data after the connection was made step by step', function()
      local listener, address = network.listener(loopback)
      local client = tcp(true)
      client:connect(address)
      client:sendable(5000)
      expect(client:send('hello')):to_be(5, nil, false)
      expect(listener:accept():recv()):to_be('hello')
    end)
  end)
end)

describe('sock:connect of an IPv6 socket', function()
  it('reaches an IPv4 listener through a mapped address', function()
    if #network.loopbacks < 2 then
      pending('this machine has no ::1')
    end
    local listener, address = network.listener(network.loopbacks[1])
    local client = socket.new(llsocket.AF_INET6, SOCK_STREAM)
    expect(client:connect(addrinfo.inet6('::ffff:127.0.0.1', address:port()))):to_be(true)
    assert.equal('::ffff:127.0.0.1', client:getpeername():addr())
    assert.is_not_nil(listener:accept())
  end)
end)

describe('sock:connect in the unix family', function()
  it('reaches a listener at a path', function()
    local path = network.free_path()
    finally(function()
      os.remove(path)
    end)
    local listener, address = socket.new(AF_UNIX, SOCK_STREAM), addrinfo.unix(path)
    listener:bind(address)
    listener:listen()
    expect(socket.new(AF_UNIX, SOCK_STREAM):connect(address)):to_be(true)
  end)

  it('fails with ENOENT where no file is', function()
    local nowhere = addrinfo.unix(network.free_path())
    local err = expect(socket.new(AF_UNIX, SOCK_STREAM):connect(nowhere)):to_fail('ENOENT', false)
    assert.equal('[ENOENT:2][connect] No such file or directory', tostring(err):match('%[.*'))
  end)

  it('fails with ECONNREFUSED where nobody listens', function()
    local _, address = network.unix(SOCK_STREAM)
    expect(socket.new(AF_UNIX, SOCK_STREAM):connect(address)):to_fail('ECONNREFUSED', false)
  end)

  it('fails with EPROTOTYPE where a socket of another type is', function()
    local path = network.free_path()
    finally(function()
      os.remove(path)
    end)
    local receiver = socket.new(AF_UNIX, SOCK_DGRAM)
    receiver:bind(addrinfo.unix(path))
    expect(socket.new(AF_UNIX, SOCK_STREAM):connect(addrinfo.unix(path))):to_fail('EPROTOTYPE', false)
  end)

  it('asks to try again, without an error, while the queue of the listener is full', function()
    local listener, address = network.unix(SOCK_STREAM)
    listener:listen(0)
    local waiting = {}
    local client
    for i = 1, 100 do
      client = socket.new(AF_UNIX, SOCK_STREAM, 0, true)
      local _, _, again = client:connect(address)
      if again then
        break
      end
      waiting[i] = client
    end
    assert.is_true(#waiting >= 1 and #waiting < 100)
    expect(client:connect(address)):to_be(false, nil, true)
    listener:accept()
    expect(client:connect(address)):to_be(true)
  end)

  it('reaches a seqpacket listener', function()
    local listener, address = network.unix(llsocket.SOCK_SEQPACKET)
    listener:listen()
    local client = socket.new(AF_UNIX, llsocket.SOCK_SEQPACKET)
    expect(client:connect(address)):to_be(true)
    client:send('one')
    client:send('two')
    local server = listener:accept()
    assert.equal(llsocket.SOCK_SEQPACKET, server:socktype())
    expect(server:recv()):to_be('one')
    expect(server:recv()):to_be('two')
  end)
end)

describe('sock:connect', function()
  it('follows the example of the document', function()
    local listener, address = network.listener(network.loopbacks[1])
    local ais = addrinfo.getaddrinfo(address:addr(), address:port(), nil, SOCK_STREAM)
    local c
    for _, ai in ipairs(ais) do
      c = socket.new(ai:family(), ai:socktype())
      c:nonblock(true)
      local ok, err, again = c:connect(ai)
      while again do
        ok, err, again = c:connect(ai)
      end
      assert.is_true(ok, tostring(err))
      if err then
        assert.equal("in method 'connect': [EINPROGRESS:115][connect] Operation now in progress", tostring(err))
        assert.is_true(c:sendable(5000))
        assert.is_nil(c:error())
      end
    end
    assert.is_not_nil(listener:accept())
  end)

  it('wants an address object', function()
    expect.raised("bad argument #1 to 'connect' (llsocket.addrinfo expected, got no value)", function()
      socket.new(AF_UNIX, SOCK_STREAM):connect()
    end)
  end)
end)
