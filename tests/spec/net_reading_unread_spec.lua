-- SPDX-License-Identifier: MIT
-- What other methods do while a stream keeps bytes that were received and not returned.
local llsocket = require('llsocket')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local streams = require('streams')

local answer = modes.answer
local fed = streams.fed

-- A socket that keeps this text.
local function keeping(text)
  local a, b = modes.pair()
  b:send('line\n' .. text)
  answer(a:readline()):is('line')
  return a, b
end

local function describe_others(mode)
  local it = mode.it

  it('recv gives what was received and not returned, and then what comes', function()
    local a, b = keeping('12345')
    b:send('678')
    answer(a:recv(2)):is('12')
    answer(a:recv(0)):is('')
    answer(a:recv()):is('345')
    answer(a:recv()):is('678')
    a:deadlines(10)
    answer(a:recv()):is(nil, nil, true)
    b:close()
    answer(a:recv()):is()
  end)

  it('recv gives 4096 bytes unless told', function()
    local text = loops.pattern(6000)
    local a = keeping(text)
    answer(a:recv()):is(text:sub(1, 4096))
    answer(a:recv()):is(text:sub(4097))
  end)

  it('recv joins the pieces in which bytes came', function()
    local a = fed('123456', function(b)
      b:send('\n')
    end)
    answer(a:readline(1)):fails('EMSGSIZE', 'readline')
    answer(a:peek(6)):is('123456')
    answer(a:recv(5)):is('12345')
    answer(a:recv()):is('6')
    answer(a:recv()):is('\n')
  end)

  it('recvsync gives what was received and not returned', function()
    local a, b = keeping('12345')
    answer(a:recvsync(2)):is('12')
    answer(a:recvsync()):is('345')
    b:send('6')
    answer(a:recvsync()):is('6')
  end)

  it('recv refuses the same arguments, whether bytes are kept or not', function()
    for _, a in ipairs({ (modes.pair()), (keeping('x')) }) do
      modes.refuses(a, 'recv', { 'x' }, 1, 'integer expected, got string')
      modes.refuses(a, 'recv', { 0.5 }, 1, 'number has no integer representation')
      modes.refuses(a, 'recv', { -1 }, 1, 'out of range (0 to 2147483647)')
    end
  end)

  it('recvmsg gives what was received and not returned, without control messages', function()
    local a, b = keeping('123456')
    local msg = net.MsgHdr.new()
    msg:addn(2)
    msg:addn(3)
    msg:control():push(net.cmsghdr.rights(0))
    assert.equal(5, (a:recvmsg(msg)))
    assert.equal('12', msg:get(1))
    assert.equal('345', msg:get(2))
    assert.equal(0, #msg:control())
    assert.equal(0, msg:flags())
    assert.is_nil(msg:name())
    answer(a:recvmsg(msg)):is(1, nil, true)
    assert.equal('62', msg:get(1))
    b:send('78901')
    assert.equal(5, (a:recvmsgsync(msg)))
    assert.equal('78901', msg:concat())
  end)

  it('recvmsg takes no bytes into a message without room', function()
    local a = keeping('123')
    assert.equal(0, (a:recvmsg(net.MsgHdr.new())))
    assert.equal(0, (a:recvmsg(llsocket.msghdr.new())))
    answer(a:recv()):is('123')
  end)

  it('recvmsg refuses what is no message', function()
    local a = keeping('123')
    assert.is_false((net.pcall(a.recvmsg, a, 'text')))
    assert.is_false((net.pcall(a.recvmsg, a, llsocket.iovec.new())))
    answer(a:recv()):is('123')
  end)

  it('recvfd says that other bytes are next', function()
    local a, b = keeping('123')
    b:sendfd(0)
    answer(a:recvfd()):fails('ENOMSG', 'recvmsg')
    answer(a:recvfdsync()):fails('ENOMSG', 'recvmsg')
    answer(a:recv()):is('123')
    local fd = a:recvfd()
    assert.is_number(fd)
    net.close(fd)
  end)

  it('send goes on as before', function()
    local a, b = keeping('123')
    answer(a:send('hello')):is(5)
    answer(b:recv()):is('hello')
    answer(a:recv()):is('123')
  end)

  it('hooks come and go without a loss', function()
    local a, b = keeping('one\ntwo\nthree\n')
    local calls = 0
    local function hook()
      calls = calls + 1
      b:send('four\n')
      return true
    end
    a:onwaitrecv(hook)
    answer(a:readline()):is('one')
    a:onwaitrecv(nil)
    answer(a:readn(3)):is('two')
    a:onwaitrecv(hook)
    answer(a:recv()):is('\nthree\n')
    assert.equal(0, calls)
    answer(a:readline()):is('four')
    assert.equal(1, calls)
    a:onwaitrecv(nil)
    a:deadlines(10)
    answer(a:readline()):is(nil, nil, true)
    assert.equal(1, calls)
  end)

  it('a hook learns how much time is left', function()
    local a, b = modes.pair()
    a:deadlines(loops.patience * 1000)
    local left = {}
    a:onwaitrecv(function(_, msec)
      left[#left + 1] = msec
      b:send('xxxx\n', #left)
      return true
    end)
    answer(a:readn(10)):is('xxxx\nxxxx\n')
    assert.equal(2, #left)
    assert.is_true(left[1] <= loops.patience * 1000 and left[2] < left[1])
  end)

  it('a socket whose bytes are all returned receives as one that never kept any', function()
    local a = modes.pair()
    local io = a.io
    for _, read in ipairs({ 'readline', 'recv' }) do
      local b
      a, b = keeping('rest\n')
      assert.are_not.equal(io, a.io)
      answer((a[read](a):gsub('\n', ''))):is('rest')
      assert.equal(io, a.io)
      b:send('one\n')
      answer(a:readline()):is('one')
      assert.equal(io, a.io)
    end
  end)

  it('a client that connects anew starts with the bytes of the new connection', function()
    local server, port = modes.listener()
    local client = network.keep(assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port })))
    local first = network.keep(assert(server:accept()))
    first:send('old\nolder')
    answer(client:readline()):is('old')
    assert.is_nil(client:connect())
    local second = network.keep(assert(server:accept()))
    second:send('new\nnewer')
    answer(client:readline()):is('new')
    answer(client:recv()):is('newer')
  end)

  it('arguments that make no sense are refused', function()
    for _, a in ipairs({ (modes.pair()), (keeping('x')) }) do
      for _, name in ipairs({ 'readline', 'lines', 'readn', 'peek' }) do
        modes.refuses(a, name, { 'x' }, 1, 'integer expected, got string')
        modes.refuses(a, name, { 1.5 }, 1, 'number has no integer representation')
        modes.refuses(a, name, { 0 / 0 }, 1, 'number has no integer representation')
        modes.refuses(a, name, { math.huge }, 1, 'number has no integer representation')
        modes.refuses(a, name, { -1 }, 1, 'out of range (0 to 2147483647)')
        modes.refuses(a, name, { 2 ^ 31 }, 1, 'out of range (0 to 2147483647)')
      end
      modes.refuses(a, 'readn', {}, 1, 'integer expected, got nil')
      modes.refuses(a, 'peek', {}, 1, 'integer expected, got nil')
      modes.refuses(a, 'readuntil', {}, 1, 'string expected, got nil')
      modes.refuses(a, 'readuntil', { 1 }, 1, 'string expected, got number')
      modes.refuses(a, 'readuntil', { '' }, 1, 'empty delimiter')
      modes.refuses(a, 'readuntil', { 'x', 'y' }, 2, 'integer expected, got string')
      modes.refuses(a, 'readuntil', { 'x', -1 }, 2, 'out of range (0 to 2147483647)')
    end
  end)
end

modes.each(function(mode)
  describe('reading:', function()
    describe_others(mode)
  end)
end)
