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
