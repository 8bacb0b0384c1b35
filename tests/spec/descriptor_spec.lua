-- SPDX-License-Identifier: MIT
-- sendfd and recvfd, and descriptors that no other program inherits.

local child = require('child')
local descriptors = require('descriptors')
local expect = require('expect')
local lfs = require('lfs')
local llsocket = require('llsocket')
local messages = require('messages')
local network = require('network')

local socket = llsocket.socket

-- Asserts that the next descriptor stands for the same file as `fd`, and closes it.
local function take(sock, fd)
  local passed = expect(sock:recvfd()):to_be_one()
  assert.is_true(messages.is_same_file(fd, passed))
  assert.are_not.equal(fd, passed)
  assert(socket.close(passed))
end

describe('sendfd and recvfd', function()
  local before

  before_each(function()
    before = descriptors.list()
  end)

  -- No test may leave a descriptor open.
  after_each(function()
    assert.same(before, descriptors.list())
  end)

  for _, name in ipairs({ 'SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET' }) do
    local function open()
      return messages.pair(llsocket[name])
    end

    it('pass a descriptor over ' .. name, function()
      local a, b = open()
      expect(a:sendfd(a:fd())):to_be(0, nil, false)
      take(b, a:fd())
    end)

    it('keep the order of descriptors over ' .. name, function()
      local a, b = open()
      a:sendfd(0)
      a:sendfd(1)
      a:sendfd(2)
      for fd = 0, 2 do
        take(b, fd)
      end
    end)

    it('leave nothing of their own behind over ' .. name, function()
      local a, b = open()
      a:sendfd(0)
      a:send('data')
      take(b, 0)
      expect(b:recv()):to_be('data')
    end)

    it('say again when nothing came over ' .. name, function()
      local a, b = open()
      b:nonblock(true)
      expect(b:recvfd()):to_be(nil, nil, true)
      a:nonblock(true)
      expect(b:recvfd(nil, llsocket.MSG_DONTWAIT)):to_be(nil, nil, true)
    end)

    it('never take ordinary data over ' .. name, function()
      local a, b = open()
      a:send('data')
      a:sendfd(0)
      expect(b:recvfd()):to_fail('ENOMSG')
      expect(b:recvfd()):to_fail('ENOMSG')
      expect(b:recv(4)):to_be('data')
      take(b, 0)
    end)

    it('leave a message with more than one descriptor to recvmsg over ' .. name, function()
      local a, b = open()
      a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0, 1) }))
      expect(b:recvfd()):to_fail('EMSGSIZE')
      expect(b:recvfd()):to_fail('EMSGSIZE')
      local mh = messages.receiver(1)
      expect(b:recvmsg(mh)):to_be(1, nil, false)
      local fds = messages.take_fds(mh:control())
      assert.equal(2, #fds)
      messages.close_all(fds)
    end)

    it('leave a message with a descriptor and more than one byte to recvmsg over ' .. name, function()
      local a, b = open()
      a:sendmsg(messages.message({ iov = messages.bytes('both'), control = messages.rights(0) }))
      local fd, err = b:recvfd()
      assert.is_nil(fd)
      -- Linux does not tell more bytes behind a descriptor of a stream from bytes before it.
      assert.is_true(err.name == 'EMSGSIZE' or name == 'SOCK_STREAM' and err.name == 'ENOMSG', tostring(err))
      local mh = messages.receiver(4)
      expect(b:recvmsg(mh)):to_be(4, nil, false)
      assert.equal('both', mh:iov():concat())
      messages.close_all(messages.take_fds(mh:control()))
    end)

    it('only look with MSG_PEEK over ' .. name, function()
      local a, b = open()
      a:sendfd(a:fd())
      local seen = expect(b:recvfd(llsocket.MSG_PEEK)):to_be_one()
      assert.is_true(messages.is_same_file(a:fd(), seen))
      assert(socket.close(seen))
      take(b, a:fd())
    end)

    it('pass a descriptor beside credentials over ' .. name, function()
      local a, b = open()
      b:passcred(true)
      a:sendfd(0)
      take(b, 0)
    end)

    it('leave a descriptor that nobody takes to the kernel over ' .. name, function()
      local a = open()
      expect(a:sendfd(0)):to_be(0, nil, false)
    end)

    it('return EBADF for a number that is no open descriptor over ' .. name, function()
      local a = open()
      expect(a:sendfd(2147483647)):to_fail('EBADF')
    end)

    it('return EBADF on a closed socket over ' .. name, function()
      local a = open()
      a:close()
      expect(a:sendfd(0)):to_fail('EBADF')
      expect(a:recvfd()):to_fail('EBADF')
    end)
  end

  for _, name in ipairs({ 'SOCK_STREAM', 'SOCK_SEQPACKET' }) do
    it('answer a single nil when the peer closed over ' .. name, function()
      local a, b = messages.pair(llsocket[name])
      a:sendfd(0)
      a:close()
      take(b, 0)
      expect(b:recvfd()):to_be(nil)
    end)

    it('return EPIPE when the peer is gone over ' .. name .. ', and the process lives', function()
      local a, b = messages.pair(llsocket[name])
      b:close()
      expect(a:sendfd(0)):to_fail('EPIPE')
    end)

    it('say again when nothing more fits over ' .. name, function()
      local a, b = messages.pair(llsocket[name])
      network.fill(a)
      expect(a:sendfd(0)):to_be(0, nil, true)
      b:close()
    end)
  end

  it('take an empty datagram for ordinary data', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    a:send('')
    expect(b:recvfd()):to_fail('ENOMSG')
    expect(b:recv()):to_be('')
  end)

  it('pass a descriptor to the address of a datagram socket', function()
    local a = socket.new(llsocket.AF_UNIX, llsocket.SOCK_DGRAM)
    local b, address = network.unix(llsocket.SOCK_DGRAM)
    expect(a:sendfd(a:fd(), address)):to_be(0, nil, false)
    take(b, a:fd())
    expect(a:sendfd(a:fd(), address, nil, llsocket.MSG_DONTWAIT)):to_be(0, nil, false)
    take(b, a:fd())
    b:close()
    expect(a:sendfd(a:fd(), address)):to_fail('ECONNREFUSED')
  end)

  it('return EMFILE, and the descriptor stays, when the process may not have more', function()
    local text = child.output([[
      local llsocket = require('llsocket')
      local socks = llsocket.socket.pair(llsocket.SOCK_STREAM)
      socks[1]:sendfd(1)
      local taken = {}
      repeat
        local more = llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM)
        taken[#taken + 1] = more
      until not more
      local _, err = socks[2]:recvfd()
      print(err.name)
      taken[#taken]:close()
      socks[2]:nonblock(true)
      print(type(socks[2]:recvfd()))
    ]], 'ulimit -n 40')
    assert.equal('EMFILE\nnumber\n', text)
  end)
end)

describe('sendfd', function()
  network.each_loopback(function(loopback)
    it('refuses TCP over ' .. loopback.name .. ', which would carry the byte but not the descriptor', function()
      local a, b = network.tcp_pair(loopback)
      expect(a:sendfd(0)):to_fail('EOPNOTSUPP')
      b:nonblock(true)
      expect(b:recv()):to_be(nil, nil, true)
    end)

    it('refuses UDP over ' .. loopback.name .. ', which would carry the byte but not the descriptor', function()
      local a, b = network.udp_pair(loopback)
      expect(a:sendfd(0)):to_fail('EOPNOTSUPP')
      b:nonblock(true)
      expect(b:recv()):to_be(nil, nil, true)
    end)
  end)
end)

describe('no other program inherits', function()
  -- Whether a program that is started now has this descriptor's socket open too.
  local function is_inherited(fd)
    local inode = lfs.attributes(('/proc/self/fd/%d'):format(fd), 'ino')
    local pipe = assert(io.popen('ls -l /proc/self/fd'))
    local listing = pipe:read('*a')
    pipe:close()
    assert.is_truthy(listing:find('->', 1, true), listing)
    return listing:find(('socket:[%d]'):format(inode), 1, true) ~= nil
  end

  local function listening()
    local listener, address = network.listener(network.loopbacks[1])
    local client = socket.new(network.loopbacks[1].family, llsocket.SOCK_STREAM)
    assert(client:connect(address))
    return listener, client
  end

  local function received()
    local a, b = messages.pair(llsocket.SOCK_STREAM)
    a:sendfd(a:fd())
    return b
  end

  -- Each opens a descriptor; `kept` holds what must live as long, and a bare one is ours to close.
  local ways = {
    ['socket.new'] = function()
      local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
      return { fd = sock:fd(), kept = sock }
    end,
    ['socket.new, not blocking'] = function()
      local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, 0, true)
      return { fd = sock:fd(), kept = sock }
    end,
    ['the first of socket.pair'] = function()
      local socks = socket.pair(llsocket.SOCK_STREAM)
      return { fd = socks[1]:fd(), kept = socks }
    end,
    ['the second of socket.pair'] = function()
      local socks = socket.pair(llsocket.SOCK_STREAM, 0, true)
      return { fd = socks[2]:fd(), kept = socks }
    end,
    ['socket.wrap'] = function()
      local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
      sock:cloexec(false)
      local wrapped = socket.wrap(sock:unwrap())
      return { fd = wrapped:fd(), kept = wrapped }
    end,
    ['sock:dup'] = function()
      local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
      sock:cloexec(false)
      local copy = sock:dup()
      sock:close()
      return { fd = copy:fd(), kept = copy }
    end,
    ['sock:accept'] = function()
      local listener, client = listening()
      local sock = listener:accept()
      return { fd = sock:fd(), kept = { sock, client } }
    end,
    ['sock:accept with the address'] = function()
      local listener, client = listening()
      local sock = listener:accept(true)
      return { fd = sock:fd(), kept = { sock, client } }
    end,
    ['sock:acceptfd'] = function()
      local listener, client = listening()
      return { fd = listener:acceptfd(), kept = client, is_bare = true }
    end,
    ['sock:recvfd'] = function()
      return { fd = received():recvfd(), is_bare = true }
    end,
    ['sock:recvfd with MSG_PEEK'] = function()
      return { fd = received():recvfd(llsocket.MSG_PEEK), is_bare = true }
    end,
    ['sock:recvmsg'] = function()
      local mh = messages.receiver()
      received():recvmsg(mh)
      return { fd = messages.take_fds(mh:control())[1], is_bare = true }
    end,
  }

  for name, open in pairs(ways) do
    it('the descriptor of ' .. name, function()
      local opened = open()
      assert.is_true(descriptors.is_close_on_exec(opened.fd))
      assert.is_false(is_inherited(opened.fd))
      if opened.is_bare then
        assert(socket.close(opened.fd))
      end
    end)
  end

  it('a descriptor, unless cloexec(false) was called', function()
    local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
    assert.is_true(sock:cloexec(false))
    assert.is_true(is_inherited(sock:fd()))
  end)
end)
