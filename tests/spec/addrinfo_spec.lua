-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket
local AF_UNIX, SOCK_STREAM, SOCK_DGRAM = llsocket.AF_UNIX, llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM

local inet = {
  { name = 'inet', make = addrinfo.inet, family = llsocket.AF_INET, loopback = '127.0.0.1', any = '0.0.0.0' },
  { name = 'inet6', make = addrinfo.inet6, family = llsocket.AF_INET6, loopback = '::1', any = '::' },
}

for _, case in ipairs(inet) do
  describe('addrinfo.' .. case.name, function()
    it('makes an address of a host and a port', function()
      local ai = expect(case.make(case.loopback, 8080)):to_be_one()
      expect(ai:family()):to_be(case.family)
      expect(ai:addr()):to_be(case.loopback)
      expect(ai:port()):to_be(8080)
      expect(ai:socktype()):to_be(SOCK_STREAM)
      expect(ai:canonname()):to_be(nil)
      assert.equal('8080', tostring(ai:port()))
    end)

    it('takes a type and a protocol', function()
      local ai = case.make(case.loopback, 53, SOCK_DGRAM, llsocket.IPPROTO_UDP)
      expect(ai:socktype()):to_be(SOCK_DGRAM)
      expect(ai:protocol()):to_be(llsocket.IPPROTO_UDP)
    end)

    it('takes the port as a string of digits', function()
      assert.equal(8080, case.make(case.loopback, '8080'):port())
    end)

    it('has port 0 without one', function()
      assert.equal(0, case.make(case.loopback):port())
      assert.equal(0, case.make():port())
      assert.equal(65535, case.make(case.loopback, 65535):port())
    end)

    it('is the loopback address without a host, and every address with AI_PASSIVE', function()
      assert.equal(case.loopback, case.make(nil, 80):addr())
      assert.equal(case.any, case.make(nil, 80, nil, nil, llsocket.AI_PASSIVE):addr())
    end)

    it('has the canonical name when asked', function()
      local flags = { llsocket.AI_CANONNAME, llsocket.AI_NUMERICHOST }
      local ai = case.make(case.loopback, 80, nil, nil, flags[1], nil, flags[2])
      expect(ai:canonname()):to_be(case.loopback)
    end)

    it('returns EAI_NONAME for what is no address of the family', function()
      for _, host in ipairs({ 'no such name', case.name == 'inet' and '256.1.1.1' or '1::2::3', '' }) do
        local err = expect(case.make(host, 80, nil, nil, llsocket.AI_NUMERICHOST)):to_fail('EAI_NONAME')
        assert.equal('getaddrinfo', err.op)
        assert.equal(case.name, err.method)
      end
    end)

    it('refuses ports that are none', function()
      for _, bad in ipairs({
        { -1, 'out of range (0 to 65535)' },
        { 65536, 'out of range (0 to 65535)' },
        { 1.5, 'number has no integer representation' },
        { {}, 'string expected, got table' },
        { '80\0', 'string contains NUL' },
      }) do
        local call = (loadstring or load)(('local addrinfo, port = ... addrinfo.%s(nil, port)'):format(case.name))
        expect.raised(("bad argument #2 to '%s' (%s)"):format(case.name, bad[2]), function()
          call(addrinfo, bad[1])
        end)
      end
    end)

    it('refuses hosts with a NUL, which the resolver would cut', function()
      local call = (loadstring or load)(('local addrinfo, host = ... addrinfo.%s(host)'):format(case.name))
      expect.raised(("bad argument #1 to '%s' (string contains NUL)"):format(case.name), function()
        call(addrinfo, case.loopback .. '\0.example.com')
      end)
    end)

    it('round-trips through the kernel', function()
      local sock = socket.new(case.family, SOCK_DGRAM)
      if not sock or not sock:bind(case.make(case.loopback, 0, SOCK_DGRAM)) then
        pending('this machine has no ' .. case.loopback)
      end
      local bound = sock:getsockname()
      local same = case.make(case.loopback, bound:port(), SOCK_DGRAM, sock:protocol())
      assert.equal(case.loopback, bound:addr())
      assert.equal(bound:protocol(), sock:protocol())
      assert.equal(same:addr() .. same:port(), bound:addr() .. bound:port())
    end)
  end)
end

describe('an IPv6 address with a scope', function()
  it('keeps it in its text', function()
    local ai = expect(addrinfo.inet6('fe80::1%lo', 80)):to_be_one()
    assert.equal('fe80::1%lo', ai:addr())
    assert.equal('llsocket.addrinfo: [fe80::1%lo]:80', tostring(ai))
    assert.equal('fe80::1%lo', ai:getnameinfo(llsocket.NI_NUMERICHOST, llsocket.NI_NUMERICSERV).host)
  end)

  it('differs from the same address in another scope', function()
    assert.are_not.equal(addrinfo.inet6('fe80::1%lo', 80), addrinfo.inet6('fe80::1', 80))
    assert.equal(addrinfo.inet6('fe80::1%lo', 80), addrinfo.inet6('fe80::1%1', 80))
  end)

  it('keeps it on the way through the kernel', function()
    local sock = #network.loopbacks > 1 and socket.new(llsocket.AF_INET6, SOCK_DGRAM)
    if not sock then
      pending('this machine has no ::1')
    end
    expect(sock:bind(addrinfo.inet6('ff02::1%lo', 0, SOCK_DGRAM))):to_be(true) -- a group, which any interface may have
    assert.equal('ff02::1%lo', sock:getsockname():addr())
  end)

  it('needs an interface that exists', function()
    expect(addrinfo.inet6('fe80::1%no-such-device', 80)):to_fail('EAI_NONAME')
  end)
end)

describe('addrinfo.unix', function()
  it('makes an address of a path', function()
    local ai = expect(addrinfo.unix('/tmp/some.sock')):to_be_one()
    expect(ai:family()):to_be(AF_UNIX)
    expect(ai:addr()):to_be('/tmp/some.sock')
    expect(ai:port()):to_be(nil)
    expect(ai:socktype()):to_be(SOCK_STREAM)
    expect(ai:protocol()):to_be(0)
    expect(ai:canonname()):to_be(nil)
  end)

  it('takes a type, a protocol and flags', function()
    local ai = addrinfo.unix('/tmp/some.sock', SOCK_DGRAM, 7, llsocket.AI_PASSIVE, nil)
    assert.same({ SOCK_DGRAM, 7 }, { ai:socktype(), ai:protocol() })
  end)

  it('takes as many bytes as the system has room for, and returns ENAMETOOLONG for more', function()
    local room = llsocket.env.unixpath_max
    local longest, abstract = ('p'):rep(room), '\0' .. ('a'):rep(room - 1)
    assert.equal(longest, addrinfo.unix(longest):addr())
    assert.equal(abstract, addrinfo.unix(abstract):addr())
    local err = expect(addrinfo.unix(longest .. 'p')):to_fail('ENAMETOOLONG')
    assert.equal('unix', err.method)
    expect(addrinfo.unix(abstract .. 'a')):to_fail('ENAMETOOLONG')
    expect(addrinfo.unix(('p'):rep(100000))):to_fail('ENAMETOOLONG')
  end)

  it('binds the longest path and gets it back', function()
    local path = network.free_path()
    path = path .. ('p'):rep(llsocket.env.unixpath_max - #path)
    finally(function()
      os.remove(path)
    end)
    local sock = socket.new(AF_UNIX, SOCK_STREAM)
    expect(sock:bind(addrinfo.unix(path))):to_be(true)
    assert.equal(path, sock:getsockname():addr())
    assert.equal(addrinfo.unix(path), sock:getsockname())
  end)

  it('refuses a NUL inside a path, which the kernel would cut', function()
    expect(addrinfo.unix('/tmp/a\0b')):to_fail('EINVAL')
  end)

  it('wants a string', function()
    expect.raised("bad argument #1 to 'unix' (string expected, got no value)", function()
      addrinfo.unix()
    end)
    expect.raised("bad argument #1 to 'unix' (string expected, got number)", function()
      addrinfo.unix(5)
    end)
    expect.raised("bad argument #2 to 'unix' (integer expected, got string)", function()
      addrinfo.unix('p', 'stream')
    end)
  end)
end)

describe('an abstract unix name', function()
  -- What the kernel has under this name, as ss(8) and netstat(8) show it.
  local function kernel_knows(name)
    for line in io.lines('/proc/net/unix') do
      if line:sub(-#name - 2) == ' @' .. name then
        return true
      end
    end
    return false
  end

  local function unique(name)
    local _, address = network.unix(SOCK_DGRAM)
    return '\0' .. 'llnet-' .. address:addr():sub(2) .. name
  end

  it('has exactly its bytes, no padding', function()
    local name = unique('')
    local sock = socket.new(AF_UNIX, SOCK_DGRAM)
    expect(sock:bind(addrinfo.unix(name, SOCK_DGRAM))):to_be(true)
    assert.equal(name, sock:getsockname():addr())
    assert.is_true(kernel_knows(name:sub(2)))
  end)

  it('keeps NULs inside and at its end', function()
    for _, tail in ipairs({ '\0inside', 'end\0', '\0\0' }) do
      local name = unique(tail)
      local a, b = socket.new(AF_UNIX, SOCK_DGRAM), socket.new(AF_UNIX, SOCK_DGRAM)
      expect(a:bind(addrinfo.unix(name, SOCK_DGRAM))):to_be(true)
      assert.equal(name, a:getsockname():addr())
      expect(b:connect(addrinfo.unix(name))):to_be(true)
      assert.equal(name, b:getpeername():addr())
    end
  end)

  it('is another one when it is shorter or longer by a NUL', function()
    local name = unique('x')
    local a, b = socket.new(AF_UNIX, SOCK_DGRAM), socket.new(AF_UNIX, SOCK_DGRAM)
    a:bind(addrinfo.unix(name))
    expect(b:connect(addrinfo.unix(name .. '\0'))):to_fail('ECONNREFUSED', false)
    expect(b:connect(addrinfo.unix(name:sub(1, -2)))):to_fail('ECONNREFUSED', false)
  end)

  it('is picked by the kernel for an empty path', function()
    local sock = socket.new(AF_UNIX, SOCK_DGRAM)
    expect(sock:bind(addrinfo.unix(''))):to_be(true)
    assert.truthy(sock:getsockname():addr():match('^%z%x%x%x%x%x$'))
  end)
end)

describe('an unnamed unix address', function()
  it('has no path', function()
    local a = network.pair()
    for _, ai in ipairs({ a:getsockname(), a:getpeername(), addrinfo.unix('') }) do
      assert.equal(AF_UNIX, ai:family())
      expect(ai:addr()):to_be(nil)
      assert.equal('llsocket.addrinfo: unix:', tostring(ai))
    end
  end)
end)

describe('addrinfo.opaque', function()
  it('carries the bytes of any other family', function()
    local ai = expect(addrinfo.opaque(16, '\0\0\1\2\3')):to_be_one()
    expect(ai:family()):to_be(16)
    expect(ai:addr()):to_be('\0\0\1\2\3')
    expect(ai:port()):to_be(nil)
    expect(ai:socktype()):to_be(SOCK_STREAM)
    assert.equal('llsocket.addrinfo: family 16', tostring(ai))
    local typed = addrinfo.opaque(16, '', llsocket.SOCK_RAW, 9)
    assert.same({ llsocket.SOCK_RAW, 9, '' }, { typed:socktype(), typed:protocol(), typed:addr() })
  end)

  it('reaches netlink and comes back with the port that the kernel picked', function()
    if not llsocket.AF_NETLINK then
      pending('this platform has no netlink')
    end
    local sock = socket.new(llsocket.AF_NETLINK, llsocket.SOCK_RAW, 0)
    expect(sock:bind(addrinfo.opaque(llsocket.AF_NETLINK, ('\0'):rep(10)))):to_be(true)
    local name = sock:getsockname()
    assert.equal(llsocket.AF_NETLINK, name:family())
    assert.equal(10, #name:addr())
    assert.are_not.equal(('\0'):rep(10), name:addr())
    assert.equal(name, addrinfo.opaque(llsocket.AF_NETLINK, name:addr(), llsocket.SOCK_RAW))
  end)

  it('makes an inet address byte by byte', function()
    local ai = addrinfo.opaque(llsocket.AF_INET, '\31\144\127\0\0\1' .. ('\0'):rep(8))
    assert.same({ '127.0.0.1', 8080 }, { ai:addr(), ai:port() })
    assert.equal(addrinfo.inet('127.0.0.1', 8080, nil, 0):addr(), ai:addr())
  end)

  it('answers for an inet address that is too short without reading beyond it', function()
    local ai = addrinfo.opaque(llsocket.AF_INET, '\31')
    expect(ai:port()):to_be(nil)
    expect(ai:addr()):to_be(nil)
    assert.is_string(tostring(ai))
    expect(ai:getnameinfo()):to_fail('EAI_FAMILY')
  end)

  it('returns EINVAL for more bytes than any address has', function()
    assert.is_not_nil(addrinfo.opaque(99, ('x'):rep(126)))
    expect(addrinfo.opaque(99, ('x'):rep(127))):to_fail('EINVAL')
  end)

  it('wants a family that fits and a string', function()
    expect.raised("bad argument #1 to 'opaque' (out of range (0 to 65535))", function()
      addrinfo.opaque(-1, '')
    end)
    expect.raised("bad argument #2 to 'opaque' (string expected, got no value)", function()
      addrinfo.opaque(16)
    end)
  end)
end)
