-- SPDX-License-Identifier: MIT
-- Faults of llsocket that were mended, each by what must hold.

local expect = require('expect')
local llsocket = require('llsocket')
local messages = require('messages')

local addrinfo, errno, socket = llsocket.addrinfo, llsocket.errno, llsocket.socket

describe('errno.parse', function()
  it('reads back a code that the platform does not name', function()
    local err = errno.parse('[E524:524][ioctl] Unknown error 524')
    expect(err.code, err.name, err.op):to_be(524, 'E524', 'ioctl')
    for _, text in ipairs({ '[E:1][x] y', '[E12x:12][x] y', '[E-5:5][x] y', '[E0:0][x] y' }) do
      assert.is_nil(errno.parse(text))
    end
  end)
end)

describe('an opaque address with too few bytes for its family', function()
  it('is named by the family', function()
    local ai = assert(addrinfo.opaque(llsocket.AF_INET, 'ab'))
    assert.equal('llsocket.addrinfo: family ' .. llsocket.AF_INET, tostring(ai))
    assert.is_nil(ai:addr())
    assert.is_nil(ai:port())
  end)
end)

describe('a message of control data alone', function()
  it('is refused on a stream, which cannot carry it', function()
    local a = messages.pair(llsocket.SOCK_STREAM)
    expect(a:sendmsg(messages.message({ control = messages.rights(a:fd()) }))):to_fail('EINVAL')
  end)

  it('is refused like any other once the socket is closed', function()
    local a = messages.pair(llsocket.SOCK_STREAM)
    local mh = messages.message({ control = messages.rights(a:fd()) })
    a:close()
    expect(a:sendmsg(mh)):to_fail('EBADF')
  end)

  it('goes over a socket that keeps messages', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    expect(a:sendmsg(messages.message({ control = messages.rights(a:fd()) }))):to_be(0, nil, false)
    local mh = messages.receiver(1)
    expect(b:recvmsg(mh)):to_be(0, nil, false)
    local fds = messages.take_fds(mh:control())
    assert.equal(1, #fds)
    messages.close_all(fds)
  end)
end)

describe('recvmsg', function()
  it('gives a message that has descriptors and no bytes', function()
    local a, b = messages.pair(llsocket.SOCK_SEQPACKET)
    expect(a:sendmsg(messages.message({ control = messages.rights(a:fd()) }))):to_be(0, nil, false)
    local mh = messages.receiver(10)
    expect(b:recvmsg(mh)):to_be(0, nil, false)
    messages.close_all(messages.take_fds(mh:control()))

    expect(a:sendmsg(messages.message({ control = messages.rights(a:fd()) }))):to_be(0, nil, false)
    mh = messages.receiver(10)
    mh:control(nil) -- the descriptor is dropped, and MSG_CTRUNC says so
    expect(b:recvmsg(mh)):to_be(0, nil, false)
    a:close()
    expect(b:recvmsg(mh)):to_be(nil)
  end)
end)

describe('iovec:readv', function()
  it('tells an empty datagram from the end of a stream', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local iov = llsocket.iovec.new()
    iov:addn(10)
    a:send('')
    expect(iov:readv(b:fd())):to_be(0, nil, false)
    a, b = messages.pair(llsocket.SOCK_STREAM)
    a:close()
    expect(iov:readv(b:fd())):to_be(nil)
  end)
end)

describe('sendto without bytes on a stream', function()
  it('is 0, like send', function()
    local a, b = messages.pair(llsocket.SOCK_STREAM)
    b:close()
    expect(a:sendto('', addrinfo.unix('/nowhere'))):to_be(0, nil, false)
  end)
end)

describe('a port as text', function()
  it('is in the range of ports', function()
    for _, port in ipairs({ '65536', '99999', '4294967376', ('9'):rep(30), '-1' }) do
      expect.raised("bad argument #2 to 'inet' (out of range (0 to 65535))", function()
        addrinfo.inet('127.0.0.1', port)
      end)
    end
    assert.equal(65535, addrinfo.inet('127.0.0.1', '65535'):port())
  end)
end)

describe('an option of bytes', function()
  it('takes no NUL, where the kernel would cut it', function()
    local sock = assert(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
    expect.raised("bad argument #1 to 'tcpcongestion' (string contains NUL)", function()
      sock:tcpcongestion('reno\0junk')
    end)
  end)
end)

describe('sock:mcastif', function()
  it('goes back to the choice of the system with an empty name', function()
    for _, family in ipairs({ llsocket.AF_INET, llsocket.AF_INET6 }) do
      local sock = assert(socket.new(family, llsocket.SOCK_DGRAM))
      sock:mcastif('lo')
      expect(sock:mcastif('')):to_be('lo')
      expect(sock:mcastif()):to_be(nil)
    end
  end)
end)

describe('every object', function()
  it('may be a <close> variable', function()
    if _VERSION < 'Lua 5.4' then
      return pending(_VERSION .. ' has no <close>')
    end
    local leave = load('local object <close> = ...')
    local ai = addrinfo.inet('127.0.0.1', 0)
    for _, object in ipairs({
      socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM),
      ai,
      llsocket.iovec.new(),
      llsocket.msghdr.new(),
      llsocket.cmsghdrs.new(),
      llsocket.cmsghdr.new(1, 99, 'x'),
      llsocket.errno.EPIPE,
      select(2, addrinfo.unix('a\0b')),
    }) do
      leave(object)
    end
    assert.equal('127.0.0.1', ai:addr())
  end)
end)

describe('memory of dropped iovecs', function()
  it('is given back while a program makes more of them', function()
    local function resident_kib()
      local status = assert(io.open('/proc/self/status'))
      local text = status:read('*a')
      status:close()
      return tonumber(text:match('VmRSS:%s*(%d+)'))
    end
    local before = resident_kib()
    for _ = 1, 3000 do
      assert(llsocket.iovec.new():addn(500000))
    end
    -- Of 1.4 GiB; a sanitizer alone keeps 256 MiB of what was freed.
    assert.is_true(resident_kib() - before < 400 * 1024)
  end)
end)
