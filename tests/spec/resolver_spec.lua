-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')

local addrinfo, errno = llsocket.addrinfo, llsocket.errno
local AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM =
  llsocket.AF_INET, llsocket.AF_INET6, llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM
local AI_NUMERICHOST, NI_NUMERICHOST, NI_NUMERICSERV =
  llsocket.AI_NUMERICHOST, llsocket.NI_NUMERICHOST, llsocket.NI_NUMERICSERV

-- The port of a TCP service in the table of the system, or nil.
local function port_of(service)
  local file = io.open('/etc/services')
  if not file then
    return nil
  end
  for line in file:lines() do
    local port = line:match('^' .. service .. '%s+(%d+)/tcp')
    if port then
      file:close()
      return tonumber(port)
    end
  end
  file:close()
end

describe('addrinfo.getaddrinfo', function()
  it('gives a list of addresses', function()
    local list = expect(addrinfo.getaddrinfo('127.0.0.1', 80, nil, SOCK_STREAM)):to_be_one()
    assert.equal(1, #list)
    assert.same({ AF_INET, '127.0.0.1', 80, SOCK_STREAM, llsocket.IPPROTO_TCP }, {
      list[1]:family(), list[1]:addr(), list[1]:port(), list[1]:socktype(), list[1]:protocol(),
    })
  end)

  it('gives one address for each type without a type', function()
    local types = {}
    for _, ai in ipairs(addrinfo.getaddrinfo('::1', 80)) do
      assert.same({ AF_INET6, '::1', 80 }, { ai:family(), ai:addr(), ai:port() })
      types[ai:socktype()] = true
    end
    assert.is_true(types[SOCK_STREAM] and types[SOCK_DGRAM])
  end)

  it('obeys family, type and protocol', function()
    for _, ai in ipairs(addrinfo.getaddrinfo(nil, 80, AF_INET6, SOCK_DGRAM, llsocket.IPPROTO_UDP)) do
      assert.same({ AF_INET6, SOCK_DGRAM, llsocket.IPPROTO_UDP }, { ai:family(), ai:socktype(), ai:protocol() })
    end
    for _, ai in ipairs(addrinfo.getaddrinfo('127.0.0.1', 80, nil, nil, llsocket.IPPROTO_UDP)) do
      assert.same({ SOCK_DGRAM, llsocket.IPPROTO_UDP }, { ai:socktype(), ai:protocol() })
    end
    expect(addrinfo.getaddrinfo('127.0.0.1', 80, AF_INET6, nil, nil, AI_NUMERICHOST)):to_fail('EAI_ADDRFAMILY')
  end)

  it('is this machine without a host, and every address of it with AI_PASSIVE', function()
    assert.equal('127.0.0.1', addrinfo.getaddrinfo(nil, 80, AF_INET)[1]:addr())
    assert.equal('0.0.0.0', addrinfo.getaddrinfo(nil, 80, AF_INET, nil, nil, llsocket.AI_PASSIVE)[1]:addr())
    assert.equal('::', addrinfo.getaddrinfo(nil, 80, AF_INET6, nil, nil, llsocket.AI_PASSIVE)[1]:addr())
  end)

  it('needs neither a host nor a port', function()
    local list = addrinfo.getaddrinfo()
    assert.is_true(#list > 0)
    assert.equal(0, list[1]:port())
  end)

  it('knows localhost', function()
    for _, ai in ipairs(expect(addrinfo.getaddrinfo('localhost', 80)):to_be_one()) do
      assert.is_truthy(ai:addr():match('^127%.') or ai:addr() == '::1', ai:addr())
    end
  end)

  it('has the canonical name in the first address only, when asked', function()
    local list = addrinfo.getaddrinfo('127.0.0.1', 80, nil, nil, nil, llsocket.AI_CANONNAME)
    expect(list[1]:canonname()):to_be('127.0.0.1')
    expect(list[2]:canonname()):to_be(nil)
    expect(addrinfo.getaddrinfo('127.0.0.1', 80)[1]:canonname()):to_be(nil)
  end)

  it('takes service names', function()
    if not port_of('http') then
      pending('/etc/services does not name http')
    end
    assert.equal(port_of('http'), addrinfo.getaddrinfo('127.0.0.1', 'http')[1]:port())
    assert.equal(port_of('http'), addrinfo.inet('127.0.0.1', 'http'):port())
  end)

  it('returns failures of a kind of their own', function()
    local err = expect(addrinfo.getaddrinfo('no such host', 80, nil, nil, nil, AI_NUMERICHOST)):to_fail('EAI_NONAME')
    assert.equal('getaddrinfo', err.op)
    assert.equal('getaddrinfo', err.method)
    assert.equal(errno.EAI_NONAME.code, err.code)
    assert.are_not.equal(errno.ENOENT, err.type)
    assert.is_truthy(#err.message > 0)
    expect(addrinfo.getaddrinfo('127.0.0.1', 'no such service', nil, SOCK_STREAM)):to_fail('EAI_SERVICE')
    expect(addrinfo.getaddrinfo('127.0.0.1', 80, 9999)):to_fail('EAI_FAMILY')
    expect(addrinfo.getaddrinfo('127.0.0.1', 80, nil, 9999)):to_fail('EAI_SOCKTYPE')
    expect(addrinfo.getaddrinfo('127.0.0.1', 80, nil, nil, nil, 1073741824)):to_fail('EAI_BADFLAGS')
  end)

  it('refuses arguments of the wrong kind', function()
    for text, call in pairs({
      ['#1 (string expected, got number)'] = function() addrinfo.getaddrinfo(5) end,
      ['#1 (string contains NUL)'] = function() addrinfo.getaddrinfo('a\0b') end,
      ['#2 (string expected, got boolean)'] = function() addrinfo.getaddrinfo('::1', true) end,
      ['#3 (integer expected, got string)'] = function() addrinfo.getaddrinfo('::1', 80, '2') end,
      ['#6 (integer expected, got table)'] = function() addrinfo.getaddrinfo('::1', 80, 0, 0, 0, {}) end,
    }) do
      local number, detail = text:match('^(#%d) (.*)$')
      expect.raised(("bad argument %s to 'getaddrinfo' %s"):format(number, detail), call)
    end
  end)
end)

describe('ai:getnameinfo', function()
  it('gives numbers when asked', function()
    for _, host in ipairs({ '127.0.0.1', '::1' }) do
      local make = host == '::1' and addrinfo.inet6 or addrinfo.inet
      local names = expect(make(host, 80):getnameinfo(NI_NUMERICHOST, NI_NUMERICSERV)):to_be_one()
      assert.same({ host = host, service = '80', serv = '80' }, names)
    end
  end)

  it('gives the name of this machine otherwise', function()
    local names = addrinfo.inet('127.0.0.1', 0):getnameinfo()
    assert.is_string(names.host)
    assert.are_not.equal('127.0.0.1', names.host)
  end)

  it('gives service names, which may differ for datagrams', function()
    if port_of('http') ~= 80 then
      pending('/etc/services does not name http')
    end
    assert.equal('http', addrinfo.inet('127.0.0.1', 80):getnameinfo(NI_NUMERICHOST).service)
    assert.is_string(addrinfo.inet('127.0.0.1', 80):getnameinfo(NI_NUMERICHOST, llsocket.NI_DGRAM).service)
  end)

  it('tells the path of a unix address', function()
    assert.equal('/tmp/some.sock', addrinfo.unix('/tmp/some.sock'):getnameinfo(NI_NUMERICHOST).service)
  end)

  it('returns a failure for a family without names', function()
    local err = expect(addrinfo.opaque(99, 'abc'):getnameinfo()):to_fail('EAI_FAMILY')
    assert.equal('getnameinfo', err.op)
    assert.equal('getnameinfo', err.method)
  end)

  it('returns a failure for flags that do not exist', function()
    expect(addrinfo.inet('127.0.0.1', 80):getnameinfo(1073741824)):to_fail('EAI_BADFLAGS')
  end)
end)

describe('== of addresses', function()
  it('compares address, type and protocol', function()
    local function make(port, ...)
      return addrinfo.inet('127.0.0.1', port, ...)
    end
    assert.is_true(make(80) == make(80))
    assert.is_false(make(80) == make(81))
    assert.is_false(make(80) == make(80, SOCK_DGRAM))
    assert.is_false(make(80) == addrinfo.inet('127.0.0.2', 80))
    assert.is_true(addrinfo.unix('/a') == addrinfo.unix('/a'))
    assert.is_false(addrinfo.unix('/a') == addrinfo.unix('/b'))
    assert.is_false(addrinfo.unix('/a', SOCK_STREAM, 0) == addrinfo.unix('/a', SOCK_STREAM, 1))
  end)

  it('is false for anything else', function()
    local ai = addrinfo.unix('/a')
    assert.is_false(ai == llsocket.iovec.new())
    assert.is_false(ai == '/a')
    assert.is_false(ai == nil)
  end)
end)

describe('tostring of an address', function()
  it('tells the class and the address', function()
    assert.equal('llsocket.addrinfo: 127.0.0.1:80', tostring(addrinfo.inet('127.0.0.1', 80)))
    assert.equal('llsocket.addrinfo: [::1]:80', tostring(addrinfo.inet6('::1', 80)))
    assert.equal('llsocket.addrinfo: unix:/tmp/a', tostring(addrinfo.unix('/tmp/a')))
    assert.equal('llsocket.addrinfo: unix:@abstract', tostring(addrinfo.unix('\0abstract')))
    assert.equal('llsocket.addrinfo: unix:@a\0b', tostring(addrinfo.unix('\0a\0b')))
    assert.equal('llsocket.addrinfo: unix:', tostring(addrinfo.unix('')))
  end)
end)
