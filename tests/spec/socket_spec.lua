-- SPDX-License-Identifier: MIT
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local socket = llsocket.socket
local AF_INET, AF_INET6, AF_UNIX = llsocket.AF_INET, llsocket.AF_INET6, llsocket.AF_UNIX
local SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET = llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM, llsocket.SOCK_SEQPACKET

describe('socket.new', function()
  it('makes a socket of the family, type and protocol that are asked for', function()
    for _, kind in ipairs({
      { AF_INET, SOCK_STREAM, llsocket.IPPROTO_TCP },
      { AF_INET, SOCK_DGRAM, llsocket.IPPROTO_UDP },
      { AF_INET6, SOCK_STREAM, 0 },
      { AF_UNIX, SOCK_STREAM, 0 },
      { AF_UNIX, SOCK_DGRAM, 0 },
      { AF_UNIX, SOCK_SEQPACKET, 0 },
    }) do
      local sock = expect(socket.new(kind[1], kind[2], kind[3])):to_be_one()
      expect(sock:family()):to_be(kind[1])
      expect(sock:socktype()):to_be(kind[2])
      expect(sock:protocol()):to_be(kind[3])
      expect(sock:close()):to_be(true)
    end
  end)

  it('gives families of the platform as well, such as netlink', function()
    if not llsocket.AF_NETLINK then
      pending('this platform has no netlink')
    end
    local sock = expect(socket.new(llsocket.AF_NETLINK, llsocket.SOCK_RAW, 0)):to_be_one()
    assert.equal(llsocket.AF_NETLINK, sock:family())
  end)

  it('is close-on-exec', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    assert.is_true(descriptors.is_close_on_exec(sock:fd()))
    expect(sock:cloexec()):to_be(true)
  end)

  it('is blocking unless non-blocking is asked for', function()
    local blocking, nonblocking = socket.new(AF_INET, SOCK_STREAM), socket.new(AF_INET, SOCK_STREAM, 0, true)
    expect(blocking:nonblock()):to_be(false)
    expect(nonblocking:nonblock()):to_be(true)
    assert.is_false(descriptors.is_nonblocking(blocking:fd()))
    assert.is_true(descriptors.is_nonblocking(nonblocking:fd()))
  end)

  it('tells the type without the flags that Linux lets it carry', function()
    if not llsocket.SOCK_NONBLOCK then
      pending('this platform has no SOCK_NONBLOCK')
    end
    local sock = socket.new(AF_INET, SOCK_STREAM + llsocket.SOCK_NONBLOCK)
    assert.equal(SOCK_STREAM, sock:socktype())
    assert.is_true(sock:nonblock())
  end)

  it('returns the error of the kernel', function()
    local err = expect(socket.new(9999, SOCK_STREAM)):to_fail('EAFNOSUPPORT')
    assert.equal('socket', err.op)
    assert.equal('new', err.method)
  end)

  it('leaves no descriptor behind when it fails', function()
    local before = descriptors.list()
    socket.new(AF_INET, SOCK_STREAM, 9999)
    assert.same(before, descriptors.list())
  end)
end)

describe('socket.pair', function()
  it('makes two unix sockets that are connected with each other', function()
    for _, socktype in ipairs({ SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET }) do
      local socks = expect(socket.pair(socktype)):to_be_one()
      assert.equal(2, #socks)
      for i, sock in ipairs(socks) do
        assert.equal(AF_UNIX, sock:family())
        assert.equal(socktype, sock:socktype())
        assert.is_true(descriptors.is_close_on_exec(sock:fd()))
        assert.is_false(sock:nonblock())
        sock:send('from ' .. i)
      end
      expect(socks[1]:recv()):to_be('from 2')
      expect(socks[2]:recv()):to_be('from 1')
    end
  end)

  it('makes both non-blocking when asked', function()
    local a, b = network.pair(SOCK_STREAM, true)
    assert.is_true(a:nonblock())
    assert.is_true(b:nonblock())
  end)

  it('returns the error of the kernel', function()
    local err = expect(socket.pair(SOCK_STREAM, 9999)):to_fail('EPROTONOSUPPORT')
    assert.equal('socketpair', err.op)
  end)
end)

describe('socket.wrap', function()
  it('makes a socket of a descriptor and asks the kernel what it is', function()
    local fd = socket.new(AF_INET, SOCK_DGRAM):unwrap()
    local sock = expect(socket.wrap(fd)):to_be_one()
    assert.equal(fd, sock:fd())
    assert.equal(AF_INET, sock:family())
    assert.equal(SOCK_DGRAM, sock:socktype())
    if llsocket.SO_PROTOCOL then
      assert.equal(llsocket.IPPROTO_UDP, sock:protocol())
    end
  end)

  it('makes the descriptor close-on-exec', function()
    local sock = socket.new(AF_INET, SOCK_DGRAM)
    sock:cloexec(false)
    local fd = sock:unwrap()
    assert.is_false(descriptors.is_close_on_exec(fd))
    local wrapped = socket.wrap(fd)
    assert.is_true(descriptors.is_close_on_exec(fd))
    wrapped:close()
  end)

  it('makes the descriptor non-blocking when asked and leaves its state alone otherwise', function()
    local sock = socket.wrap(socket.new(AF_INET, SOCK_STREAM):unwrap(), true)
    assert.is_true(sock:nonblock())
    assert.is_true(socket.wrap(sock:unwrap()):nonblock())
  end)

  it('refuses what is no socket and leaves it open', function()
    local fd, file = descriptors.of(io.tmpfile)
    expect(socket.wrap(fd)):to_fail('ENOTSOCK')
    collectgarbage()
    assert.is_true(descriptors.is_open(fd))
    file:close()
    expect(socket.wrap(fd)):to_fail('EBADF')
  end)
end)

describe('sock:unwrap', function()
  it('gives the descriptor away and leaves the object as if closed', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    local fd = sock:fd()
    expect(sock:unwrap()):to_be(fd)
    expect(sock:fd()):to_be(-1)
    expect(sock:unwrap()):to_be(-1)
    expect(sock:listen()):to_fail('EBADF', false)
    expect(sock:close()):to_be(true)
    sock = nil -- luacheck: ignore
    collectgarbage()
    assert.is_true(descriptors.is_open(fd))
    expect(socket.close(fd)):to_be(true)
    assert.is_false(descriptors.is_open(fd))
  end)
end)

describe('sock:dup', function()
  it('gives a second descriptor of the same socket, close-on-exec', function()
    local a, b = network.pair()
    local copy = expect(a:dup()):to_be_one()
    assert.are_not.equal(a:fd(), copy:fd())
    assert.is_true(descriptors.is_close_on_exec(copy:fd()))
    assert.same({ AF_UNIX, SOCK_STREAM, 0 }, { copy:family(), copy:socktype(), copy:protocol() })
    a:close()
    expect(copy:send('still here')):to_be(10, nil, false)
    expect(b:recv()):to_be('still here')
  end)

  it('shares the non-blocking state with the original', function()
    local a = network.pair(SOCK_STREAM, true)
    assert.is_true(a:dup():nonblock())
  end)
end)

describe('sock:shutdown', function()
  it('ends the direction that is named', function()
    local a, b = network.pair()
    expect(a:shutdown(llsocket.SHUT_WR)):to_be(true)
    expect(b:recv()):to_be(nil)
    expect(b:send('x')):to_be(1, nil, false)
    expect(a:recv()):to_be('x')
    expect(b:shutdown(llsocket.SHUT_RD)):to_be(true)
    expect(b:recv()):to_be(nil)
  end)

  it('ends both directions by default', function()
    local a, b = network.pair()
    expect(a:shutdown()):to_be(true)
    expect(a:recv()):to_be(nil)
    expect(b:recv()):to_be(nil)
    expect(a:send('x')):to_fail('EPIPE')
    assert.is_true(a:fd() >= 0)
  end)

  it('returns the error of the kernel', function()
    expect(socket.new(AF_INET, SOCK_STREAM):shutdown()):to_fail('ENOTCONN', false)
  end)

  it('takes the three flags only', function()
    local a = network.pair()
    expect.raised("bad argument #1 to 'shutdown' (SHUT_RD, SHUT_WR or SHUT_RDWR expected)", function()
      a:shutdown(3)
    end)
  end)
end)

describe('socket.shutdown and socket.close', function()
  it('work on a descriptor number', function()
    local a, b = network.pair()
    local fd = a:unwrap()
    expect(socket.shutdown(fd, llsocket.SHUT_WR)):to_be(true)
    expect(b:recv()):to_be(nil)
    expect(b:send('x')):to_be(1, nil, false)
    expect(socket.shutdown(fd)):to_be(true)
    expect(b:send('x')):to_fail('EPIPE')
    expect(socket.close(fd)):to_be(true)
    assert.is_false(descriptors.is_open(fd))
  end)

  it('close shuts the direction down first when one is named', function()
    local a, b = network.pair()
    local other = a:dup()
    expect(socket.close(a:unwrap(), llsocket.SHUT_RDWR)):to_be(true)
    expect(b:recv()):to_be(nil)
    expect(other:send('x')):to_fail('EPIPE')
  end)

  it('report the errors of the kernel', function()
    local fd = socket.new(AF_INET, SOCK_STREAM):unwrap()
    expect(socket.shutdown(fd)):to_fail('ENOTCONN', false)
    expect(socket.close(fd, llsocket.SHUT_WR)):to_fail('ENOTCONN', false)
    assert.is_false(descriptors.is_open(fd))
    expect(socket.close(fd)):to_fail('EBADF', false)
    expect(socket.shutdown(fd)):to_fail('EBADF', false)
  end)

  it('refuse numbers that no descriptor has', function()
    expect.raised("bad argument #1 to 'close' (out of range (0 to 2147483647))", function()
      socket.close(-1)
    end)
    expect.raised("bad argument #1 to 'shutdown' (out of range (0 to 2147483647))", function()
      socket.shutdown(-1)
    end)
  end)
end)

describe('sock:close', function()
  it('closes the descriptor, once, and is true however often it is called', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    local fd = sock:fd()
    expect(sock:close()):to_be(true)
    assert.is_false(descriptors.is_open(fd))
    expect(sock:close()):to_be(true)
    expect(sock:close(llsocket.SHUT_RDWR)):to_be(true)
  end)

  it('shuts the direction down first when one is named', function()
    local a, b = network.pair()
    local other = a:dup()
    expect(a:close(llsocket.SHUT_RDWR)):to_be(true)
    expect(b:recv()):to_be(nil)
    expect(other:send('x')):to_fail('EPIPE')
  end)

  it('reports a shutdown that fails and closes nevertheless', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    local fd = sock:fd()
    local err = expect(sock:close(llsocket.SHUT_RDWR)):to_fail('ENOTCONN', false)
    assert.equal('shutdown', err.op)
    assert.equal('close', err.method)
    assert.is_false(descriptors.is_open(fd))
    expect(sock:fd()):to_be(-1)
  end)

  it('checks its argument before anything changes', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    expect.raised("bad argument #1 to 'close' (integer expected, got string)", function()
      sock:close('x')
    end)
    assert.is_true(descriptors.is_open(sock:fd()))
  end)

  it('tells a descriptor that was closed behind its back', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    socket.close(sock:fd())
    expect(sock:close()):to_fail('EBADF', false)
    expect(sock:close()):to_be(true)
  end)
end)

describe('the life of a socket object', function()
  it('ends with the collector, which closes the descriptor', function()
    local before = descriptors.list()
    for _ = 1, 20 do
      socket.new(AF_INET, SOCK_STREAM)
      socket.pair(SOCK_STREAM)
    end
    assert.same(before, descriptors.list())
  end)

  it('ends with the scope of a <close> variable', function()
    local chunk = (loadstring or load)('local new = ... local sock <close> = new() return sock:fd()')
    if not chunk then
      pending(_VERSION .. ' has no <close>')
    end
    local fd = chunk(function()
      return socket.new(AF_INET, SOCK_STREAM)
    end)
    assert.is_false(descriptors.is_open(fd))
  end)

  it('ends with the scope of a <close> variable when an error leaves it', function()
    local chunk = (loadstring or load)('local sock <close> = ... error("left")')
    if not chunk then
      pending(_VERSION .. ' has no <close>')
    end
    local sock = socket.new(AF_INET, SOCK_STREAM)
    assert.is_false(pcall(chunk, sock))
    expect(sock:fd()):to_be(-1)
  end)

  it('never closes the descriptor of another object that has the same number later', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    local fd = sock:fd()
    sock:close()
    local heir = socket.new(AF_UNIX, SOCK_DGRAM)
    assert.equal(fd, heir:fd())
    sock:close()
    sock:shutdown()
    sock = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.is_true(descriptors.is_open(fd))
    expect(heir:getsockname()):to_be_one()
  end)

  it('leaves nothing to a child process', function()
    local socks = { socket.new(AF_INET, SOCK_STREAM), network.pair() }
    local client, server, listener = network.tcp_pair(network.loopbacks[1])
    for _, sock in ipairs({ client, server, listener, client:dup(), socket.wrap(client:dup():unwrap()) }) do
      socks[#socks + 1] = sock
    end
    local pipe = io.popen('ls /proc/self/fd')
    local inherited = {}
    for fd in pipe:read('*a'):gmatch('%d+') do
      inherited[tonumber(fd)] = true
    end
    pipe:close()
    assert.is_true(inherited[0])
    for _, sock in ipairs(socks) do
      -- ls itself has the lowest free number for the directory that it reads.
      assert.is_true(sock:fd() == 3 or not inherited[sock:fd()])
    end
  end)
end)

describe('tostring of a socket', function()
  it('tells the class and the descriptor', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    assert.equal('llsocket.socket: ' .. sock:fd(), tostring(sock))
  end)

  it('tells that it is closed', function()
    local sock = socket.new(AF_INET, SOCK_STREAM)
    sock:close()
    assert.equal('llsocket.socket: closed', tostring(sock))
  end)
end)
