-- SPDX-License-Identifier: MIT
-- Multicast: traffic that arrives or is blocked, and the errors of every call.

local cases = require('multicast_cases')
local expect = require('expect')
local llsocket = require('llsocket')
local namespaces = require('namespaces')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket

describe('on the loopback interface over IPv4,', function()
  for _, case in ipairs(cases) do
    if not case.needs_wire then
      it(case.sentence, function()
        case.run(cases.loopback)
      end)
    end
  end
end)

describe('between two interfaces', function()
  local results, obstacle

  setup(function()
    local output
    output, obstacle = namespaces.run('tests/support/multicast_network.sh', 'tests/support/multicast_traffic.lua')
    results = {}
    for version, number, result in (output or ''):gmatch('(%S+)\t(%d+)\t([^\n]*)\n') do
      results[version .. number] = result
    end
    results.output = output
  end)

  for version in pairs(cases.wired) do
    for number, case in ipairs(cases) do
      it(('over %s, %s'):format(version, case.sentence), function()
        if obstacle then
          return pending('no network namespace: ' .. obstacle)
        end
        assert.equal('ok', results[version .. number] or results.output)
      end)
    end
  end
end)

local families = {
  {
    name = 'IPv4',
    family = llsocket.AF_INET,
    group = addrinfo.inet('239.255.71.3', 0, llsocket.SOCK_DGRAM),
    source = addrinfo.inet('127.0.0.2', 0, llsocket.SOCK_DGRAM),
  },
  {
    name = 'IPv6',
    family = llsocket.AF_INET6,
    group = addrinfo.inet6('ff15::7:3', 0, llsocket.SOCK_DGRAM),
    source = addrinfo.inet6('::1', 0, llsocket.SOCK_DGRAM),
  },
}
families[1].other, families[2].other = families[2], families[1]

local with_source = { 'mcastjoinsrc', 'mcastleavesrc', 'mcastblocksrc', 'mcastunblocksrc' }

-- Calls of every method: of a socket with group, source and interface of a family.
local calls = {}
for _, name in ipairs({ 'mcastjoin', 'mcastleave' }) do
  calls[name] = function(sock, group, _, ifname)
    return sock[name](sock, group, ifname)
  end
end
for _, name in ipairs(with_source) do
  calls[name] = function(sock, group, source, ifname)
    return sock[name](sock, group, source, ifname)
  end
end

for _, ip in ipairs(families) do
  describe('over ' .. ip.name .. ',', function()
    local function udp()
      return assert(socket.new(ip.family, llsocket.SOCK_DGRAM))
    end

    for name, call in pairs(calls) do
      it(name .. ' returns EAFNOSUPPORT for a group of the other family', function()
        expect(call(udp(), ip.other.group, ip.source)):to_fail('EAFNOSUPPORT', false)
      end)

      it(name .. ' returns EAFNOSUPPORT for a group that is no IP address', function()
        expect(call(udp(), addrinfo.unix('/no/group'), ip.source)):to_fail('EAFNOSUPPORT', false)
      end)

      it(name .. ' returns EAFNOSUPPORT on a unix socket', function()
        local sock = socket.new(llsocket.AF_UNIX, llsocket.SOCK_DGRAM)
        expect(call(sock, ip.group, ip.source)):to_fail('EAFNOSUPPORT', false)
      end)

      it(name .. ' returns an error for an address that is no group', function()
        local ok, err = call(udp(), ip.source, ip.source, 'lo')
        assert.is_false(ok)
        assert.is_truthy(err.name == 'EINVAL' or err.name == 'EADDRNOTAVAIL', tostring(err))
      end)

      it(name .. ' returns EPROTO on a TCP socket', function()
        local sock = socket.new(ip.family, llsocket.SOCK_STREAM)
        expect(call(sock, ip.group, ip.source, 'lo')):to_fail('EPROTO', false)
      end)

      it(name .. ' returns EBADF on a closed socket', function()
        local sock = udp()
        sock:close()
        expect(call(sock, ip.group, ip.source)):to_fail('EBADF', false)
      end)

      it(name .. ' returns ENODEV for an interface that does not exist', function()
        expect(call(udp(), ip.group, ip.source, 'nosuchinterface')):to_fail('ENODEV', false)
        expect(call(udp(), ip.group, ip.source, '')):to_fail('ENODEV', false)
      end)
    end

    for _, name in ipairs(with_source) do
      it(name .. ' returns EAFNOSUPPORT for a source of the other family', function()
        expect(calls[name](udp(), ip.group, ip.other.source)):to_fail('EAFNOSUPPORT', false)
      end)
    end

    it('mcastjoin returns EADDRINUSE for a group that was joined', function()
      local sock = udp()
      expect(sock:mcastjoin(ip.group, 'lo')):to_be(true)
      expect(sock:mcastjoin(ip.group, 'lo')):to_fail('EADDRINUSE', false)
    end)

    it('mcastleave returns EADDRNOTAVAIL for a group that was not joined', function()
      expect(udp():mcastleave(ip.group, 'lo')):to_fail('EADDRNOTAVAIL', false)
    end)

    it('mcastleavesrc returns an error for a source that was not joined', function()
      local ok, err = udp():mcastleavesrc(ip.group, ip.source, 'lo')
      assert.is_false(ok)
      assert.is_truthy(err.name == 'EADDRNOTAVAIL' or err.name == 'EINVAL', tostring(err))
    end)

    it('mcastblocksrc returns an error for a group that was not joined', function()
      local ok, err = udp():mcastblocksrc(ip.group, ip.source, 'lo')
      assert.is_false(ok)
      assert.is_truthy(err.name == 'EADDRNOTAVAIL' or err.name == 'EINVAL', tostring(err))
    end)

    it('mcastif is nil until it is set, and then answers the interface before', function()
      local sock = udp()
      expect(sock:mcastif()):to_be(nil)
      expect(sock:mcastif('lo')):to_be(nil)
      expect(sock:mcastif()):to_be('lo')
      expect(sock:mcastif('lo')):to_be('lo')
    end)

    it('mcastif returns ENODEV for an interface that does not exist, and keeps the one before', function()
      local sock = udp()
      sock:mcastif('lo')
      expect(sock:mcastif('nosuchinterface')):to_fail('ENODEV')
      expect(sock:mcastif()):to_be('lo')
    end)

    it('mcastif refuses a name that no interface can have', function()
      local sock = udp()
      expect.raised("bad argument #1 to 'mcastif' (interface name too long)", function()
        sock:mcastif('sixteen-letters!')
      end)
      expect.raised("bad argument #1 to 'mcastif' (string contains NUL)", function()
        sock:mcastif('l\0')
      end)
    end)

    it('mcastttl is from 0 to 255', function()
      local sock = udp()
      expect(sock:mcastttl()):to_be(1)
      expect(sock:mcastttl(255)):to_be(1)
      expect(sock:mcastttl(0)):to_be(255)
      expect.raised("bad argument #1 to 'mcastttl' (out of range (0 to 255))", function()
        sock:mcastttl(256)
      end)
      expect(sock:mcastttl()):to_be(0)
    end)
  end)
end

describe('an interface name that no interface can have', function()
  local group, source = families[1].group, families[1].source
  local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)

  for _, bad in ipairs({
    { name = 'sixteen-letters!', why = 'interface name too long' },
    { name = 'l\0', why = 'string contains NUL' },
  }) do
    it(('is refused by every call (%s)'):format(bad.why), function()
      expect.raised(("bad argument #2 to 'mcastjoin' (%s)"):format(bad.why), function()
        sock:mcastjoin(group, bad.name)
      end)
      expect.raised(("bad argument #2 to 'mcastleave' (%s)"):format(bad.why), function()
        sock:mcastleave(group, bad.name)
      end)
      expect.raised(("bad argument #3 to 'mcastjoinsrc' (%s)"):format(bad.why), function()
        sock:mcastjoinsrc(group, source, bad.name)
      end)
      expect.raised(("bad argument #3 to 'mcastleavesrc' (%s)"):format(bad.why), function()
        sock:mcastleavesrc(group, source, bad.name)
      end)
      expect.raised(("bad argument #3 to 'mcastblocksrc' (%s)"):format(bad.why), function()
        sock:mcastblocksrc(group, source, bad.name)
      end)
      expect.raised(("bad argument #3 to 'mcastunblocksrc' (%s)"):format(bad.why), function()
        sock:mcastunblocksrc(group, source, bad.name)
      end)
    end)
  end
end)
