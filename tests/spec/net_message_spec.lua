-- SPDX-License-Identifier: MIT
-- net.MsgHdr, and messages of several parts with control messages that it sends and receives.

local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loops = require('loops')
local messages = require('messages')
local modes = require('modes')
local net = require('net')

local answer, pair = modes.answer, modes.pair

local function message(...)
  local msg = net.msghdr.new()
  for _, part in ipairs({ ... }) do
    assert(type(part) == 'number' and msg:addn(part) or msg:add(part))
  end
  return msg
end

describe('net.MsgHdr', function()
  it('is made by net.msghdr.new and net.MsgHdr.new', function()
    assert.equal(net.MsgHdr, getmetatable(net.msghdr.new()))
    assert.equal(net.MsgHdr, getmetatable(net.MsgHdr.new()))
    assert.equal('net.MsgHdr: 3 bytes', tostring(message('abc')))
  end)

  it('holds parts, which have indexes from 1', function()
    local msg = message()
    answer(msg:bytes()):is_exactly(0)
    answer(msg:concat()):is_exactly('')
    answer(msg:add('one')):is(1)
    answer(msg:add('three')):is(2)
    answer(msg:addn(2)):is(3)
    answer(msg:bytes()):is(10)
    answer(msg:get(2)):is('three')
    answer(msg:get(3)):is(('\0'):rep(2))
    answer(msg:get(4)):is()
    answer(msg:concat()):is('onethree\0\0')
  end)

  it('takes what is deleted out, and the last part comes into its place', function()
    local msg = message('a', 'b', 'c')
    answer(msg:del(1)):is('a', 3)
    answer(msg:concat()):is('cb')
    answer(msg:del(2)):is('b')
    answer(msg:del(2)):is()
    answer(msg:del(1)):is('c')
    answer(msg:bytes()):is(0)
  end)

  it('forgets what is consumed from its beginning, and tells what is left', function()
    local msg = message('abc', 'def')
    answer(msg:consume(0)):is(6)
    answer(msg:consume(4)):is(2)
    answer(msg:concat()):is('ef')
    answer(msg:consume(9)):is(0)
    answer(msg:concat()):is('')
  end)

  it('has no room for more than IOV_MAX parts, nor for empty ones', function()
    local msg = message()
    for i = 1, llsocket.iovec.IOV_MAX do
      assert.equal(i, msg:add('x'))
    end
    for _, name in ipairs({ 'add', 'addn' }) do
      local index, err = msg[name](msg, name == 'add' and 'x' or 1)
      assert.is_nil(index)
      assert.is_truthy(err:find('^%[E%u+:%d+%]'), err)
    end
    assert.is_string(select(2, message():add('')))
  end)

  it('has a name that is nil until it is set, and again when nil is set', function()
    local msg, ai = message(), assert(net.addrinfo.inet('127.0.0.1', 7))
    answer(msg:name()):is()
    msg:name(ai)
    assert.equal(7, msg:name():port())
    msg:name(nil)
    answer(msg:name()):is()
  end)

  it('has control messages from the beginning', function()
    local msg = message()
    msg:control():push(net.cmsghdr.rights(0))
    local cmsg = msg:control():shift()
    assert.equal(net.SCM_RIGHTS, cmsg:type())
    assert.is_nil(msg:control():shift())
  end)

  it('names wrong arguments, in the line of the program', function()
    local msg = message('abc')
    for _, case in ipairs({
      { 'add', {}, 'string expected, got nil' },
      { 'add', { {} }, 'string expected, got table' },
      { 'addn', { 'x' }, 'integer expected, got string' },
      { 'addn', {}, 'integer expected, got nil' },
      { 'get', { 'x' }, 'integer expected, got string' },
      { 'del', { {} }, 'integer expected, got table' },
      { 'consume', { 'x' }, 'integer expected, got string' },
      { 'consume', {}, 'integer expected, got nil' },
      { 'name', { 'x' }, 'llsocket.addrinfo expected, got string' },
    }) do
      modes.refuses(msg, case[1], case[2], 1, case[3])
    end
    answer(msg:concat()):is('abc')
  end)
end)

modes.each(function(mode)
  local it = mode.it

  for _, suffix in ipairs({ '', 'sync' }) do
    local recvmsg, sendmsg = 'recvmsg' .. suffix, 'sendmsg' .. suffix

    it(sendmsg .. ' sends the parts one after the other and keeps the message', function()
      local a, b = pair()
      local msg = message('hel', 'lo ', 'you')
      for _ = 1, 2 do
        answer(a[sendmsg](a, msg)):is(9)
        answer(b:recv()):is('hello you')
      end
      answer(msg:concat()):is('hello you')
    end)

    it(recvmsg .. ' fills the parts one after the other', function()
      local a, b = pair()
      local msg = message(3, 4)
      a:send('1234567')
      local len, err, timeout = b[recvmsg](b, msg)
      assert.same({ 7 }, { len, err })
      assert.is_falsy(timeout)
      assert.same({ '123', '4567' }, { msg:get(1), msg:get(2) })
    end)

    it(recvmsg .. ' gives true beside fewer bytes than there is room for', function()
      local a, b = pair()
      local msg = message(3, 4)
      a:send('1234')
      answer(b[recvmsg](b, msg)):is_exactly(4, nil, true)
      assert.equal('1234', msg:concat():sub(1, 4))
    end)

    it(recvmsg .. ' gives nil, nil, true when the time is over, and loses nothing', function()
      local a, b = pair()
      local msg = message(2)
      b:deadlines(20)
      answer(b[recvmsg](b, msg)):is_exactly(nil, nil, true)
      a:send('ok')
      assert.equal(2, (b[recvmsg](b, msg)))
      answer(msg:concat()):is('ok')
    end)

    it(recvmsg .. ' gives nothing but nil at the end of the stream', function()
      local a, b = pair()
      a:close()
      answer(b[recvmsg](b, message(2))):is()
    end)

    it(recvmsg .. ' waits for what comes', function()
      local a, b = pair()
      local finish = mode.beside(function()
        answer(a:recv()):is('ready')
        answer(a[sendmsg](a, message('late'))):is(4)
      end)
      b:send('ready')
      local msg = message(4)
      assert.equal(4, (b[recvmsg](b, msg)))
      answer(msg:concat()):is('late')
      finish()
    end)

    it(recvmsg .. ' tells a datagram without bytes from the end of a stream', function()
      local a, b = modes.dgram_pair()
      a:send('')
      assert.equal(0, (b[recvmsg](b, message(2))))
    end)
  end

  it('sendmsg sends all of a long message, its control messages once', function()
    local a, b = pair()
    local before = descriptors.list()
    local text = loops.pattern(500000)
    local msg = message(text, text)
    msg:control():push(net.cmsghdr.rights(a:fd()))
    local finish = mode.beside(function()
      local passed, received = {}, {}
      local left = 2 * #text
      while left > 0 do
        local part = message(50000)
        local len, err = b:recvmsg(part)
        assert(len, err)
        left = left - len
        received[#received + 1] = part:concat():sub(1, len)
        for _, fd in ipairs(messages.take_fds(part:control())) do
          passed[#passed + 1] = fd
        end
      end
      assert.is_true(table.concat(received) == text .. text)
      assert.equal(1, #passed)
      messages.close_all(passed)
    end)
    answer(a:sendmsg(msg)):is(2 * #text)
    finish()
    assert.same(before, descriptors.list())
  end)

  it('messages carry addresses of datagrams', function()
    local a, b = modes.udp(), modes.udp()
    local msg = message('hello')
    msg:name(b:getsockname())
    answer(a:sendmsg(msg)):is(5)
    local received = message(5)
    assert.equal(5, (b:recvmsg(received)))
    assert.equal(a:getsockname():port(), received:name():port())
    answer(received:concat()):is('hello')
  end)

  it('flags tell that a datagram was cut', function()
    local a, b = modes.dgram_pair()
    a:send('hello')
    local msg = message(2)
    b:recvmsg(msg)
    answer(msg:concat()):is('he')
    assert.is_true(messages.has_flag(msg:flags(), net.MSG_TRUNC))
  end)
end)
