-- SPDX-License-Identifier: MIT
-- cmsghdr, cmsghdrs and msghdr as objects, and who owns the descriptors in them.

local child = require('child')
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local messages = require('messages')
local network = require('network')

local cmsghdr, cmsghdrs, msghdr, socket = llsocket.cmsghdr, llsocket.cmsghdrs, llsocket.msghdr, llsocket.socket
local unpack = table.unpack or unpack

local function rights_of(bytes)
  return cmsghdr.new(llsocket.SOL_SOCKET, llsocket.SCM_RIGHTS, bytes)
end

-- The cmsghdrs that arrives when these descriptors are passed between two unix sockets.
local function passed(...)
  local a, b = messages.pair(llsocket.SOCK_DGRAM)
  a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(...) }))
  local mh = messages.receiver()
  assert.equal(1, (b:recvmsg(mh)))
  return mh:control()
end

describe('a cmsghdr', function()
  it('tells its level, type and bytes', function()
    local cmsg = cmsghdr.new(41, 50, 'a\0b')
    assert.equal(41, cmsg:level())
    assert.equal(50, cmsg:type())
    expect(cmsg:data()):to_be('a\0b')
  end)

  it('may have no bytes', function()
    expect(cmsghdr.new(0, 0, ''):data()):to_be('')
  end)

  it('names its class, level, type and size', function()
    assert.equal('llsocket.cmsghdr: level 41 type -3, 4 bytes', tostring(cmsghdr.new(41, -3, 'four')))
    assert.equal('llsocket.cmsghdr: level 1 type 1, 8 bytes', tostring(cmsghdr.rights(0, 1)))
  end)

  it('of descriptors tells them as numbers, in order', function()
    local cmsg = cmsghdr.rights(2, 0, 1)
    assert.equal(llsocket.SOL_SOCKET, cmsg:level())
    assert.equal(llsocket.SCM_RIGHTS, cmsg:type())
    expect(cmsg:data()):to_be(2, 0, 1)
    expect(cmsg:data()):to_be(2, 0, 1)
  end)

  it('of descriptors is the same made of bytes', function()
    expect(rights_of(messages.small_int(7) .. messages.small_int(9)):data()):to_be(7, 9)
    expect(rights_of(''):data()):to_be()
  end)

  it('of descriptors refuses a part of a number', function()
    for _, bytes in ipairs({ 'a', 'abc', 'abcde' }) do
      expect.raised("bad argument #3 to 'new' (descriptors expected, a whole number of ints)", function()
        cmsghdr.new(llsocket.SOL_SOCKET, llsocket.SCM_RIGHTS, bytes)
      end)
    end
    expect(cmsghdr.new(llsocket.SOL_SOCKET, llsocket.SCM_CREDENTIALS, 'abc'):data()):to_be('abc')
  end)

  it('of descriptors has one at least and 253 at most', function()
    local fds = {}
    for i = 1, 254 do
      fds[i] = 0
    end
    assert.equal(253, select('#', cmsghdr.rights(unpack(fds, 1, 253)):data()))
    expect.raised("bad argument #254 to 'rights' (at most 253 descriptors go in one message)", function()
      cmsghdr.rights(unpack(fds))
    end)
    expect.raised("bad argument #1 to 'rights' (descriptor expected)", function()
      cmsghdr.rights()
    end)
  end)

  it('of descriptors refuses what is no descriptor', function()
    expect.raised("bad argument #2 to 'rights' (out of range (0 to 2147483647))", function()
      cmsghdr.rights(0, -1)
    end)
    expect.raised("bad argument #3 to 'rights' (integer expected, got nil)", function()
      cmsghdr.rights(0, 1, nil)
    end)
  end)

  it('that the program made leaves its descriptors open', function()
    local sock = socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM)
    local function drop()
      local cmsg = cmsghdr.rights(sock:fd())
      messages.queue(cmsg, cmsg)
      cmsg:data()
    end
    drop()
    collectgarbage()
    collectgarbage()
    assert.is_true(descriptors.is_open(sock:fd()))
  end)
end)

describe('a cmsghdrs', function()
  it('gives its messages in the order in which they were pushed', function()
    local cmsgs = cmsghdrs.new()
    assert.equal(0, #cmsgs)
    for i = 1, 3 do
      expect(cmsgs:push(cmsghdr.new(i, i, ''))):to_be()
    end
    assert.equal(3, #cmsgs)
    for i = 1, 3 do
      assert.equal(i, cmsgs:shift():level())
      assert.equal(3 - i, #cmsgs)
    end
    expect(cmsgs:shift()):to_be(nil)
  end)

  it('names its class and how many messages it has', function()
    assert.equal('llsocket.cmsghdrs: 0 messages', tostring(cmsghdrs.new()))
    assert.equal('llsocket.cmsghdrs: 2 messages', tostring(messages.queue(cmsghdr.rights(0), cmsghdr.rights(0))))
  end)

  it('shares a message with others', function()
    local cmsg = cmsghdr.new(1, 2, 'x')
    local one, other = messages.queue(cmsg, cmsg), messages.queue(cmsg)
    assert.equal(2, #one)
    assert.equal(cmsg, one:shift())
    assert.equal(cmsg, other:shift())
    assert.are_not.equal(cmsg, cmsghdr.new(1, 2, 'x'))
  end)

  it('takes only a cmsghdr', function()
    expect.raised("bad argument #1 to 'push' (llsocket.cmsghdr expected, got llsocket.cmsghdrs)", function()
      cmsghdrs.new():push(cmsghdrs.new())
    end)
  end)
end)

describe('a msghdr', function()
  local parts = {
    { method = 'name', class = 'addrinfo', make = function() return llsocket.addrinfo.unix('') end },
    { method = 'iov', class = 'iovec', make = llsocket.iovec.new },
    { method = 'control', class = 'cmsghdrs', make = cmsghdrs.new },
  }

  for _, part in ipairs(parts) do
    it('answers the previous ' .. part.method .. ' when it is changed', function()
      local mh, one, two = msghdr.new(), part.make(), part.make()
      local method = mh[part.method]
      expect(method(mh)):to_be(nil)
      expect(method(mh, one)):to_be(nil)
      assert.is_true(rawequal(one, method(mh)))
      assert.is_true(rawequal(one, method(mh, two)))
      assert.is_true(rawequal(two, method(mh, nil)))
      expect(method(mh)):to_be(nil)
    end)

    it('keeps its ' .. part.method .. ' when something else is offered', function()
      local mh, one = msghdr.new(), part.make()
      mh[part.method](mh, one)
      local ok, message = pcall(function()
        mh[part.method](mh, socket)
      end)
      assert.is_false(ok)
      assert.is_truthy(message:find(('llsocket.%s expected, got table'):format(part.class), 1, true), message)
      assert.is_true(rawequal(one, mh[part.method](mh)))
    end)
  end

  it('tells the bytes of its iovec as they are now', function()
    local mh = msghdr.new()
    assert.equal(0, mh:bytes())
    mh:iov(messages.bytes('four', 'more'))
    assert.equal(8, mh:bytes())
    mh:iov():consume(5)
    assert.equal(3, mh:bytes())
    assert.equal('llsocket.msghdr: 3 bytes', tostring(mh))
    mh:iov(nil)
    assert.equal(0, mh:bytes())
  end)
end)

describe('descriptors that were received', function()
  it('are closed by the collector when nobody took them', function()
    local before = descriptors.list()
    passed(0, 1)
    assert.same(before, descriptors.list())
  end)

  it('are closed with a message that was taken but not read', function()
    local before = descriptors.list()
    local cmsg = passed(0, 1):shift()
    assert.equal(#before + 2, #descriptors.list())
    assert.equal(llsocket.SCM_RIGHTS, cmsg:type())
    cmsg = nil -- luacheck: ignore 311
    assert.same(before, descriptors.list())
  end)

  it('belong to the program once data() gave them', function()
    local cmsgs = passed(0, 1)
    local fds = { cmsgs:shift():data() }
    assert.equal(2, #fds)
    cmsgs = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    for i, fd in ipairs(fds) do
      assert.is_true(messages.is_same_file(fd, i - 1))
    end
    messages.close_all(fds)
  end)

  it('are given by data() again as numbers, and no longer owned', function()
    local cmsg = passed(0):shift()
    local fd = cmsg:data()
    expect(cmsg:data()):to_be(fd)
    assert(socket.close(fd))
    local probe = socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM)
    assert.equal(fd, probe:fd())
    cmsg = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    assert.is_true(descriptors.is_open(probe:fd()))
  end)

  it('are closed at once when the next message replaces them', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local mh = messages.receiver()
    a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0, 1, 2) }))
    a:send('no control data')
    local before = messages.open_count()
    b:recvmsg(mh)
    assert.equal(1, #mh:control())
    assert.equal(before + 3, messages.open_count())
    b:recvmsg(mh)
    assert.equal(0, #mh:control())
    assert.equal(before, messages.open_count())
  end)

  it('outlive the queue in which they came as long as a message holds them', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local mh = messages.receiver()
    a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0) }))
    a:send('x')
    b:recvmsg(mh)
    local kept = mh:control():shift()
    local other = messages.queue(kept)
    b:recvmsg(mh)
    kept = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    local fd = other:shift():data()
    assert.is_true(messages.is_same_file(fd, 0))
    assert(socket.close(fd))
  end)

  it('can be pushed on and sent to another process without being taken', function()
    local before = descriptors.list()
    local function forward()
      local a, b = messages.pair(llsocket.SOCK_DGRAM)
      a:sendmsg(messages.message({ iov = messages.bytes('on'), control = passed(0, 1) }))
      local mh = messages.receiver()
      b:recvmsg(mh)
      local fds = messages.take_fds(mh:control())
      assert.is_true(messages.is_same_file(fds[1], 0))
      assert.is_true(messages.is_same_file(fds[2], 1))
      messages.close_all(fds)
    end
    forward()
    assert.same(before, descriptors.list())
  end)

  it('of 253 in one message all arrive', function()
    local before = messages.open_count()
    local fds = {}
    for i = 1, 253 do
      fds[i] = i % 3
    end
    local taken = messages.take_fds(passed(unpack(fds)))
    assert.equal(253, #taken)
    for i, fd in ipairs(taken) do
      assert.is_true(messages.is_same_file(fd, i % 3))
    end
    messages.close_all(taken)
    assert.equal(before, messages.open_count())
  end)

  it('are dropped without a leak, and MSG_CTRUNC set, when the msghdr has no cmsghdrs', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local before = descriptors.list()
    a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0, 1) }))
    local mh = messages.message({ iov = messages.room(1) })
    expect(b:recvmsg(mh)):to_be(1, nil, false)
    assert.is_true(messages.has_flag(mh:flags(), llsocket.MSG_CTRUNC))
    assert.same(before, descriptors.list())
  end)

  it('are duplicated by every look with MSG_PEEK', function()
    local before = descriptors.list()
    local function look_twice()
      local a, b = messages.pair(llsocket.SOCK_DGRAM)
      a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0) }))
      local first, second = messages.receiver(), messages.receiver()
      b:recvmsg(first, llsocket.MSG_PEEK)
      b:recvmsg(second)
      local one, two = messages.take_fds(first:control()), messages.take_fds(second:control())
      assert.are_not.equal(one[1], two[1])
      messages.close_all(one)
      messages.close_all(two)
    end
    look_twice()
    assert.same(before, descriptors.list())
  end)

  it('are cut, with MSG_CTRUNC set, when the process may not have more', function()
    local text = child.output([[
      package.path = 'tests/support/?.lua;' .. package.path
      local llsocket = require('llsocket')
      local messages = require('messages')
      local socks = llsocket.socket.pair(llsocket.SOCK_DGRAM)
      socks[1]:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0, 1, 2) }))
      local mh, taken = messages.receiver(), {}
      repeat
        taken[#taken + 1] = llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM)
      until taken[#taken]:dup() == nil
      taken[#taken]:close()
      print(socks[2]:recvmsg(mh), messages.has_flag(mh:flags(), llsocket.MSG_CTRUNC))
      print(#messages.take_fds(mh:control()))
    ]], 'ulimit -n 40')
    assert.equal('1\ttrue\n1\n', (text:gsub('nil\t%a+\t', '')))
  end)
end)

describe('a control message that is sent', function()
  it('is an error of the kernel when a descriptor in it is not open', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local gone = socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM):unwrap()
    socket.close(gone)
    local mh = messages.message({ iov = messages.bytes('x'), control = messages.rights(gone) })
    expect(a:sendmsg(mh)):to_fail('EBADF')
    b:nonblock(true)
    expect(b:recv()):to_be(nil, nil, true)
  end)

  it('is an error of the kernel when it makes no sense', function()
    local a = network.udp_pair(network.loopbacks[1])
    local cmsgs = messages.queue(cmsghdr.new(llsocket.IPPROTO_IP, llsocket.IP_TTL, 'ab'))
    expect(a:sendmsg(messages.message({ iov = messages.bytes('x'), control = cmsgs }))):to_fail('EINVAL')
  end)

  it('stays in its queue', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local cmsgs = messages.rights(0)
    a:sendmsg(messages.message({ iov = messages.bytes('x'), control = cmsgs }))
    assert.equal(1, #cmsgs)
    b:close()
  end)

  it('may be one of several', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local cmsgs = messages.queue(cmsghdr.rights(0), cmsghdr.rights(1, 2))
    a:sendmsg(messages.message({ iov = messages.bytes('x'), control = cmsgs }))
    local mh = messages.receiver()
    b:recvmsg(mh)
    local fds = messages.take_fds(mh:control())
    assert.equal(3, #fds)
    messages.close_all(fds)
  end)
end)
