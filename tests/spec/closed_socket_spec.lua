-- SPDX-License-Identifier: MIT
-- Every method of a closed socket answers EBADF, as the kernel does for a closed descriptor.
local classes = require('api.methods')
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local loopback = network.loopbacks[#network.loopbacks]

-- What a closed socket still answers.
local exempt = { fd = true, unwrap = true, family = true, socktype = true, protocol = true, close = true }

local function closed_socket()
  local sock = llsocket.socket.new(loopback.family, llsocket.SOCK_DGRAM)
  sock:close()
  return sock
end

local samples = {
  addrinfo = loopback.address(loopback.host, 0, llsocket.SOCK_DGRAM),
  msghdr = llsocket.msghdr.new(),
  boolean = true,
  string = 'lo',
  integer = 1,
  number = 1,
  fd = 0,
  ['fd|file'] = 0,
}

-- Arguments for the parameters; all of them, or only those that must be there.
local function arguments(method, all)
  local values, n = {}, 0
  for i, param in ipairs(method.params) do
    if all or not param.optional then
      values[i], n = samples[param.type], i
    end
  end
  return values, n
end

-- false for an action, nil for a value.
local function failure_of(method)
  if method.results[1].name == 'ok' then
    return false
  end
  return nil
end

local function is_absent_for_family(method)
  local row = method.option
  if not row or row.constant then
    return false
  end
  return not (loopback.name == 'IPv4' and row.inet or loopback.name == 'IPv6' and row.inet6)
end

describe('a closed socket', function()
  local unpack = table.unpack or unpack

  for _, method in ipairs(classes.socket.methods) do
    if not exempt[method.name] and not is_absent_for_family(method) then
      it('answers EBADF to ' .. method.name, function()
        local sock = closed_socket()
        for _, all in ipairs({ false, true }) do
          local values, n = arguments(method, all)
          expect(sock[method.name](sock, unpack(values, 1, n))):to_fail('EBADF', failure_of(method))
        end
      end)
    end
  end

  it('still tells what it was', function()
    local sock = closed_socket()
    expect(sock:fd()):to_be(-1)
    expect(sock:unwrap()):to_be(-1)
    expect(sock:family()):to_be(loopback.family)
    expect(sock:socktype()):to_be(llsocket.SOCK_DGRAM)
    expect(sock:protocol()):to_be(0)
  end)

  it('touches no other descriptor, whatever method is called', function()
    local before = descriptors.list()
    local sock = llsocket.socket.new(loopback.family, llsocket.SOCK_DGRAM)
    local fd = sock:fd()
    sock:close()
    local heir, address = network.udp(loopback)
    assert.equal(fd, heir:fd())
    for _, method in ipairs(classes.socket.methods) do
      local values, n = arguments(method, true)
      sock[method.name](sock, unpack(values, 1, n))
    end
    assert.equal(fd, heir:fd())
    expect(heir:getsockname()):to_be(address)
    expect(heir:nonblock()):to_be(false)
    expect(heir:error()):to_be(nil)
    heir:close()
    assert.same(before, descriptors.list())
  end)
end)
