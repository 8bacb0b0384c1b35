-- SPDX-License-Identifier: MIT
-- What the kernel tells and takes in control messages, as bytes of its own structures.

local expect = require('expect')
local llsocket = require('llsocket')
local messages = require('messages')
local network = require('network')

local cmsghdr = llsocket.cmsghdr
local v4 = network.loopbacks[1]

-- Receives one message and returns its control messages.
local function receive_control(sock)
  local mh = messages.receiver()
  assert.is_true((sock:recvmsg(mh)) > 0)
  assert.is_false(messages.has_flag(mh:flags(), llsocket.MSG_CTRUNC))
  return mh:control()
end

-- The data of the one control message of a type.
local function receive_data(sock, level, type)
  return (assert(messages.find(receive_control(sock), level, type)):data())
end

describe('recvmsg', function()
  it('tells the interface and the destination of a datagram over IPv4 (IP_PKTINFO)', function()
    local a = network.udp(v4)
    local b, address = network.udp(v4)
    b:pktinfo(true)
    a:sendto('x', address)
    local data = receive_data(b, llsocket.IPPROTO_IP, llsocket.IP_PKTINFO)
    assert.equal(12, #data)
    assert.equal(llsocket.device.getifaddrs().lo.index, messages.ints(data)[1])
    assert.equal('\127\0\0\1', data:sub(9, 12))
  end)

  it('tells the interface and the destination of a datagram over IPv6 (IPV6_PKTINFO)', function()
    local v6 = network.loopbacks[2]
    if not v6 then
      return pending('this machine has no ::1')
    end
    local a = network.udp(v6)
    local b, address = network.udp(v6)
    b:pktinfo(true)
    a:sendto('x', address)
    local data = receive_data(b, llsocket.IPPROTO_IPV6, llsocket.IPV6_PKTINFO)
    assert.equal(('\0'):rep(15) .. '\1', data:sub(1, 16))
    assert.equal(llsocket.device.getifaddrs().lo.index, messages.ints(data)[5])
  end)

  for option, type in pairs({ timestamp = 'SCM_TIMESTAMP', timestampns = 'SCM_TIMESTAMPNS' }) do
    it(('tells when a datagram came (%s)'):format(type), function()
      local a, b = network.udp_pair(v4)
      b[option](b, true)
      local before = os.time()
      a:send('x')
      local data = receive_data(b, llsocket.SOL_SOCKET, llsocket[type])
      assert.equal(16, #data)
      local ints = messages.ints(data)
      local seconds = ints[1] == 0 and ints[2] or ints[1]
      assert.is_true(seconds >= before and seconds <= os.time() + 1)
    end)
  end

  it('tells who sent a message over a unix socket (SCM_CREDENTIALS)', function()
    local a, b = network.pair(llsocket.SOCK_STREAM)
    b:passcred(true)
    a:send('x')
    local credentials = messages.ints(receive_data(b, llsocket.SOL_SOCKET, llsocket.SCM_CREDENTIALS))
    local file = assert(io.open('/proc/self/status'))
    local status = file:read('*a')
    file:close()
    for i, field in ipairs({ 'Pid', 'Uid', 'Gid' }) do
      assert.equal(tonumber(status:match(field .. ':%s+(%d+)')), credentials[i])
    end
  end)

  it('tells credentials and descriptors of one message', function()
    local a, b = network.pair(llsocket.SOCK_DGRAM)
    b:passcred(true)
    a:sendmsg(messages.message({ iov = messages.bytes('x'), control = messages.rights(0) }))
    local cmsgs = receive_control(b)
    assert.equal(2, #cmsgs)
    local types = {}
    for _ = 1, 2 do
      types[cmsgs:shift():type()] = true
    end
    assert.same({ [llsocket.SCM_RIGHTS] = true, [llsocket.SCM_CREDENTIALS] = true }, types)
  end)

  it('gives types that it does not know as bytes', function()
    local a, b = network.udp_pair(v4)
    b:recvttl(true)
    b:recvtos(true)
    a:ttl(33)
    a:tos(16)
    a:send('x')
    local cmsgs = receive_control(b)
    assert.equal(2, #cmsgs)
    local known = {}
    for _ = 1, 2 do
      local cmsg = cmsgs:shift()
      assert.equal(llsocket.IPPROTO_IP, cmsg:level())
      known[cmsg:type()] = (cmsg:data())
    end
    assert.equal(messages.small_int(33), known[llsocket.IP_TTL])
    assert.equal('\16', known[llsocket.IP_TOS])
  end)

  it('gives the control messages of an empty datagram', function()
    local a, b = network.udp_pair(v4)
    b:recvttl(true)
    a:send('')
    local mh = messages.receiver()
    expect(b:recvmsg(mh)):to_be(0, nil, false)
    assert.equal(1, #mh:control())
  end)

  it('replaces what the cmsghdrs had', function()
    local a, b = network.udp_pair(v4)
    local mh = messages.receiver()
    mh:control():push(cmsghdr.new(1, 2, 'old'))
    a:send('x')
    b:recvmsg(mh)
    assert.equal(0, #mh:control())
  end)

  it('keeps what the cmsghdrs had when nothing came', function()
    local a, b = network.udp_pair(v4)
    local mh = messages.receiver()
    mh:control():push(cmsghdr.new(1, 2, 'old'))
    b:nonblock(true)
    expect(b:recvmsg(mh)):to_be(0, nil, true)
    assert.equal(1, #mh:control())
    a:close()
  end)
end)

describe('sendmsg', function()
  it('sends with the hops that a control message says (IP_TTL)', function()
    local a, b = network.udp_pair(v4)
    b:recvttl(true)
    local ttl = cmsghdr.new(llsocket.IPPROTO_IP, llsocket.IP_TTL, messages.small_int(9))
    local mh = messages.message({ iov = messages.bytes('x'), control = messages.queue(ttl) })
    expect(a:sendmsg(mh)):to_be(1, nil, false)
    assert.equal(messages.small_int(9), receive_data(b, llsocket.IPPROTO_IP, llsocket.IP_TTL))
  end)

  it('sends from the address that a control message says (IP_PKTINFO)', function()
    local a = llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)
    local b, address = network.udp(v4)
    local from = cmsghdr.new(llsocket.IPPROTO_IP, llsocket.IP_PKTINFO, ('\0'):rep(4) .. '\127\9\9\9' .. ('\0'):rep(4))
    a:sendmsg(messages.message({ iov = messages.bytes('x'), name = address, control = messages.queue(from) }))
    local _, _, _, ai = b:recvfrom()
    assert.equal('127.9.9.9', ai:addr())
  end)

  it('sends the credentials that a control message says (SCM_CREDENTIALS)', function()
    local a, b = network.pair(llsocket.SOCK_DGRAM)
    b:passcred(true)
    a:send('x')
    local own = receive_data(b, llsocket.SOL_SOCKET, llsocket.SCM_CREDENTIALS)
    local cmsgs = messages.queue(cmsghdr.new(llsocket.SOL_SOCKET, llsocket.SCM_CREDENTIALS, own))
    expect(a:sendmsg(messages.message({ iov = messages.bytes('x'), control = cmsgs }))):to_be(1, nil, false)
    assert.equal(own, receive_data(b, llsocket.SOL_SOCKET, llsocket.SCM_CREDENTIALS))
  end)

  it('splits a long datagram as a control message says (UDP_SEGMENT)', function()
    local a, b = network.udp_pair(v4)
    local size = messages.small_int(4)
    local cmsg = cmsghdr.new(llsocket.IPPROTO_UDP, llsocket.UDP_SEGMENT, size == '\4\0\0\0' and '\4\0' or '\0\4')
    local mh = messages.message({ iov = messages.bytes('fourmorexy'), control = messages.queue(cmsg) })
    expect(a:sendmsg(mh)):to_be(10, nil, false)
    expect(b:recv()):to_be('four')
    expect(b:recv()):to_be('more')
    expect(b:recv()):to_be('xy')
  end)
end)
