-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local messages = require('messages')
local net = require('net')
local network = require('network')

local SOCK_DGRAM = llsocket.SOCK_DGRAM
local unpack = table.unpack or unpack

local task, pair, failure = loops.task, loops.pair, loops.failure

after_each(loops.assert_idle)

local bytes = messages.bytes

-- A message of these strings, without control messages.
local function message_of(...)
  return messages.message({ iov = bytes(...) })
end

local receiver = messages.receiver

-- More than the kernel takes at once.
local LARGE = loops.pattern(1000000)

describe('loop.recvmsg', function()
  it('fills the parts with what there is, at once or later', task(function()
    local a, b = pair()
    local mh = messages.message({ iov = messages.room(2, 5) })
    b:send('early')
    expect(loop.recvmsg(a, nil, mh)):to_be(5)
    assert.equal('early', mh:iov():concat(0, 5))
    local receiving = loop.spawn(loop.recvmsg, a, 20, mh)
    loop.later()
    b:send('late')
    expect(receiving:join()):to_be(true, 4)
    assert.equal('late', mh:iov():concat(0, 4))
  end))

  it('gives an empty datagram as 0, and its sender', task(function()
    local a, address = loops.udp()
    local b, b_address = loops.udp()
    local mh = receiver(5)
    b:sendto('', address)
    expect(loop.recvmsg(a, 20, mh)):to_be(0)
    assert.equal(b_address:port(), mh:name():port())
  end))

  it('tells of what was cut', task(function()
    local a, b = pair(SOCK_DGRAM)
    local mh = receiver(2)
    b:send('long')
    expect(loop.recvmsg(a, 20, mh)):to_be(2)
    assert.equal(llsocket.MSG_TRUNC, mh:flags())
  end))

  it('takes flags', task(function()
    local a, b = pair()
    b:send('x')
    expect(loop.recvmsg(a, nil, receiver(5), llsocket.MSG_PEEK)):to_be(1)
    expect(loop.recv(a)):to_be('x')
  end))

  it('takes descriptors', task(function()
    local a, b = pair()
    local mh = receiver()
    expect(loop.sendmsg(b, nil, messages.message({ iov = bytes('x'), control = messages.rights(a:fd()) }))):to_be(1)
    expect(loop.recvmsg(a, 20, mh)):to_be(1)
    local fds = messages.take_fds(mh:control())
    assert.equal(1, #fds)
    messages.close_all(fds)
  end))

  it('gives nil alone at the end of the stream', task(function()
    local a, b = pair()
    local receiving = loop.spawn(loop.recvmsg, a, 20, receiver(5))
    loop.later()
    b:close()
    expect(receiving:join()):to_be(true, nil)
  end))

  it('gives nil, nil, true when the time is over', task(function()
    local a = pair()
    expect(loop.recvmsg(a, 0, receiver(5))):to_be(nil, nil, true)
    expect(loop.recvmsg(a, 0.001, receiver(5))):to_be(nil, nil, true)
  end))

  it('ends with ECANCELED when its socket is closed, and is told by its name', task(function()
    local a = pair()
    local receiving = loop.spawn(loop.recvmsg, a, nil, receiver(5))
    loop.later()
    assert.equal('recvmsg', loop.dump()[1].what)
    a:close()
    expect(receiving:join()):to_be(true, nil, failure('ECANCELED', 'recvmsg'))
  end))

  it('on a closed socket gives EBADF', task(function()
    local a = pair()
    a:close()
    expect(loop.recvmsg(a, 20, receiver(5))):to_be(nil, failure('EBADF', 'recvmsg'))
  end))

  it('beside another that receives gives EBUSY', task(function()
    local a = pair()
    local first = loop.spawn(loop.recv, a)
    loop.later()
    expect(loop.recvmsg(a, 20, receiver(5))):to_be(nil, failure('EBUSY', 'recvmsg'))
    first:cancel()
  end))
end)

for name, make in pairs({ sendmsg = message_of, writev = bytes }) do
  describe('loop.' .. name, function()
    it('sends all, however slowly the peer takes it, and leaves the buffers as they are', task(function()
      local a, b = pair()
      local parts = make('head', LARGE, 'end')
      local receiving = loop.spawn(loops.receive_slowly, b)
      expect(loop[name](a, 20, parts)):to_be(4 + #LARGE + 3)
      a:close()
      expect(receiving:join()):to_be(true, 'head' .. LARGE .. 'end')
      assert.equal(4 + #LARGE + 3, parts:bytes())
    end))

    it('counts what went until the time was over', task(function()
      local a, b = pair()
      local sent, err, timeout = loop[name](a, 0.001, make(LARGE))
      assert.is_true(sent > 0 and sent < #LARGE)
      expect(err, timeout):to_be(nil, true)
      a:close()
      expect(loops.receive_slowly(b)):to_be(LARGE:sub(1, sent))
    end))

    it('gives nil alone when the peer is gone', task(function()
      local a, b = pair()
      b:close()
      expect(loop[name](a, 20, make('x'))):to_be(nil)
    end))
  end)
end

describe('loop.sendmsg', function()
  it('sends its control messages once', task(function()
    local a, b = pair()
    local passing = messages.message({ iov = bytes(LARGE), control = messages.rights(a:fd()) })
    local sending = loop.spawn(loop.sendmsg, a, 20, passing)
    local count, got, mh = 0, 0, receiver(65536)
    while got < #LARGE do
      got = got + assert(loop.recvmsg(b, 20, mh))
      local fds = messages.take_fds(mh:control())
      messages.close_all(fds)
      count = count + #fds
    end
    assert.equal(1, count)
    expect(sending:join()):to_be(true, #LARGE)
  end))

  it('sends to an address', task(function()
    local a, address = loops.udp()
    local b = loops.udp()
    local mh = message_of('to', 'gether')
    mh:name(address)
    expect(loop.sendmsg(b, nil, mh)):to_be(8)
    expect((loop.recvfrom(a, 20))):to_be('together')
  end))

  it('counts nothing when nothing went until the time was over', task(function()
    local a = pair()
    while loop.send(a, 0, LARGE) > 0 do
    end
    expect(loop.sendmsg(a, 0.001, message_of('x'))):to_be(0, nil, true)
  end))

  it('gives what is wrong with the message', task(function()
    local a = pair(SOCK_DGRAM)
    expect(loop.sendmsg(a, 20, message_of(LARGE))):to_be(nil, failure('EMSGSIZE', 'sendmsg'))
  end))

  it('ends with ECANCELED when its socket is closed', task(function()
    local a = pair()
    local sending = loop.spawn(loop.sendmsg, a, nil, message_of(LARGE))
    loop.later()
    a:close()
    local ok, sent, err = sending:join()
    assert.is_true(ok and sent > 0)
    assert.equal(failure('ECANCELED', 'sendmsg'), err)
  end))
end)

describe('loop.writev', function()
  it('of nothing is done', task(function()
    local a = pair()
    expect(loop.writev(a, 20, bytes())):to_be(0)
  end))

  it('keeps the iovec that nobody else has', task(function()
    local a, b = pair()
    local sending = loop.spawn(function()
      return loop.writev(a, 20, bytes(LARGE))
    end)
    loop.later()
    collectgarbage()
    collectgarbage()
    local parts, got = {}, 0
    while got < #LARGE do
      parts[#parts + 1] = assert(loop.recv(b, 20, 65536))
      got = got + #parts[#parts]
    end
    expect(sending:join()):to_be(true, #LARGE)
    assert.equal(LARGE, table.concat(parts))
  end))

  it('refuses a socket that blocks', task(function()
    local a = network.pair()
    loops.raised("bad argument #1 to 'writev' (socket blocks; make it with nonblock)", function()
      loop.writev(a, 20, bytes('x'))
    end)
  end))
end)

describe('an argument error', function()
  local function raised(name, ...)
    local call = loops.compiled(('local loop = ... return function(...) loop.%s(...) end'):format(name), loop)
    local ok, err = net.pcall(call, ...)
    assert.is_false(ok)
    return err
  end

  local mh, iov = receiver(5), messages.room(5)
  for _, name in ipairs({ 'recvmsg', 'sendmsg', 'writev' }) do
    local good = name == 'writev' and iov or mh
    it('of ' .. name .. ' names the argument', task(function()
      local a = pair()
      for index, arguments in ipairs({ { 5, 1, good }, { a, 'x', good }, { a, 1, 'x' } }) do
        assert.matches(("bad argument #%d to '%s' "):format(index, name), raised(name, unpack(arguments)))
      end
      local err = raised(name, a, -1, good)
      assert.matches(("^%%[string.*%%]:1: bad argument #2 to '%s' %%(out of range"):format(name), err)
    end))
  end

  it('of recvmsg and sendmsg names a wrong flag', task(function()
    local a = pair()
    for _, name in ipairs({ 'recvmsg', 'sendmsg' }) do
      assert.matches(("bad argument #5 to '%s' "):format(name), raised(name, a, 1, mh, llsocket.MSG_DONTWAIT, {}))
    end
  end))
end)
