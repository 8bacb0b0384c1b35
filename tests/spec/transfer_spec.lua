-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local socket = llsocket.socket
local MSG_DONTWAIT, MSG_PEEK, MSG_WAITALL = llsocket.MSG_DONTWAIT, llsocket.MSG_PEEK, llsocket.MSG_WAITALL
local SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET = llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM, llsocket.SOCK_SEQPACKET

-- A text of this size in which every position can be told from its neighbours.
local function text_of(size)
  local line = {}
  for i = 0, 250 do
    line[#line + 1] = string.char(i)
  end
  local pattern = table.concat(line)
  return pattern:rep(math.ceil(size / #pattern)):sub(1, size)
end

local function stream_pairs()
  local list = { { 'a unix stream', network.pair } }
  for _, loopback in ipairs(network.loopbacks) do
    list[#list + 1] = { 'TCP over ' .. loopback.name, function()
      return network.tcp_pair(loopback)
    end }
  end
  return list
end

for _, stream in ipairs(stream_pairs()) do
  local name, connected = stream[1], stream[2]

  describe(name, function()
    for _, size in ipairs({ 1, 4096, 16384, 16385, 65536 }) do
      it('carries ' .. size .. ' bytes as they are', function()
        local a, b = connected()
        local text = text_of(size)
        expect(a:send(text)):to_be(size, nil, false)
        expect(b:recv(size, MSG_WAITALL)):to_be(text)
        expect(b:write(text)):to_be(size, nil, false)
        assert.equal(text, network.receive_all(a, size))
      end)
    end

    it('carries megabytes, in short sends that ask to go on', function()
      local a, b = connected()
      a:nonblock(true)
      a:sndbuf(65536)
      b:nonblock(true)
      local text, sent, received, short = text_of(3000001), 0, {}, false
      while sent < #text do
        local n, err, again = a:send(text:sub(sent + 1))
        assert.is_nil(err)
        assert.equal(n < #text - sent, again)
        short = short or (n > 0 and again)
        sent = sent + n
        repeat
          local part = b:recv(1000000)
          received[#received + 1] = part
        until not part
      end
      a:close()
      b:nonblock(false)
      received[#received + 1] = network.receive_all(b)
      assert.is_true(short)
      assert.is_true(text == table.concat(received))
    end)

    it('says that a full buffer takes nothing now', function()
      local a = connected()
      assert.is_true(network.fill(a) > 0)
      expect(a:send('x')):to_be(0, nil, true)
      expect(a:write('x')):to_be(0, nil, true)
    end)

    it('sends nothing for an empty string and does not say that the peer closed', function()
      local a, b = connected()
      expect(a:send('')):to_be(0, nil, false)
      expect(a:write('')):to_be(0, nil, false)
      expect(b:recv(1, MSG_DONTWAIT)):to_be(nil, nil, true)
      b:close()
      expect(a:send('')):to_be(0, nil, false)
    end)

    it('gives an empty string at once for a size of 0', function()
      local a, b = connected()
      expect(b:recv(0)):to_be('')
      expect(b:read(0)):to_be('')
      a:send('kept')
      expect(b:recv(0)):to_be('')
      expect(b:recv()):to_be('kept')
      a:close()
      expect(b:recv(0)):to_be('')
      expect(b:recv()):to_be(nil)
    end)

    it('gives what is there when less than the size is', function()
      local a, b = connected()
      a:send('abc')
      expect(b:recv(100)):to_be('abc')
      a:send('abc')
      expect(b:recv(2000000)):to_be('abc')
    end)

    it('keeps what does not fit the size for the next call', function()
      local a, b = connected()
      a:send('abcdef')
      expect(b:recv(4)):to_be('abcd')
      expect(b:read(4)):to_be('ef')
    end)

    it('receives up to 4096 bytes by default', function()
      local a, b = connected()
      a:send(text_of(10000))
      assert.is_true(b:recvable(5000))
      b:recv(10000, MSG_WAITALL, MSG_PEEK)
      assert.equal(4096, #b:recv())
      assert.equal(4096, #b:read())
    end)

    it('asks to try again, without an error, when nothing is there', function()
      local _, b = connected()
      expect(b:recv(1, MSG_DONTWAIT)):to_be(nil, nil, true)
      b:nonblock(true)
      expect(b:recv()):to_be(nil, nil, true)
      expect(b:read()):to_be(nil, nil, true)
    end)

    it('asks to try again when the time of rcvtimeo is over', function()
      local _, b = connected()
      b:rcvtimeo(0.01)
      expect(b:recv(16777216)):to_be(nil, nil, true)
      expect(b:read()):to_be(nil, nil, true)
      expect(b:recvfrom()):to_be(nil, nil, true)
    end)

    it('gives nil, alone, at its end, after all data', function()
      local a, b = connected()
      a:send('the last words')
      a:close()
      expect(b:recv(8)):to_be('the last')
      expect(b:recv()):to_be(' words')
      for _ = 1, 2 do
        expect(b:recv()):to_be(nil)
        expect(b:read()):to_be(nil)
        expect(b:recvfrom()):to_be(nil)
      end
    end)

    it('can be looked at without taking', function()
      local a, b = connected()
      a:send('abc')
      expect(b:recv(2, MSG_PEEK)):to_be('ab')
      expect(b:recv(9, MSG_PEEK)):to_be('abc')
      expect(b:recv()):to_be('abc')
    end)

    it('waits for the whole size when asked', function()
      local a, b = connected()
      a:send('abc')
      a:send('def')
      expect(b:recv(6, MSG_WAITALL)):to_be('abcdef')
    end)

    it('takes several flags and skips nil among them', function()
      local a, b = connected()
      a:send('abc', nil, llsocket.MSG_DONTROUTE, nil)
      assert.is_true(b:recvable(5000))
      expect(b:recv(2, nil, MSG_PEEK, nil, MSG_DONTWAIT)):to_be('ab')
      expect(b:recv(3)):to_be('abc')
    end)

    it('returns EPIPE or ECONNRESET when the peer is gone', function()
      local a, b = connected()
      b:close()
      local n, err
      repeat
        n, err = a:send('x')
      until err
      assert.is_nil(n)
      assert.is_truthy(err.name == 'EPIPE' or err.name == 'ECONNRESET', err.name)
      expect(a:write('x')):to_fail('EPIPE')
    end)
  end)
end

describe('sock:recvfrom on a stream', function()
  it('gives the message and, where the kernel has none, no address', function()
    local a, b = network.pair()
    a:send('abc')
    expect(b:recvfrom()):to_be('abc', nil, false, nil)
  end)
end)

describe('a seqpacket socket', function()
  it('keeps the boundaries of its messages', function()
    local a, b = network.pair(SOCK_SEQPACKET)
    expect(a:send('one')):to_be(3, nil, false)
    expect(a:write('two')):to_be(3, nil, false)
    expect(b:recv()):to_be('one')
    expect(b:recv()):to_be('two')
  end)

  it('drops the rest of a message that is longer than the size', function()
    local a, b = network.pair(SOCK_SEQPACKET)
    a:send('abcdef')
    a:send('next')
    expect(b:recv(3)):to_be('abc')
    expect(b:recv()):to_be('next')
  end)

  it('gives nil, alone, when the peer closed', function()
    local a, b = network.pair(SOCK_SEQPACKET)
    a:send('last')
    a:close()
    expect(b:recv()):to_be('last')
    expect(b:recv()):to_be(nil)
    expect(b:send('x')):to_fail('EPIPE')
  end)
end)

describe('sock:send', function()
  it('returns the error of a socket without a peer', function()
    for _, socktype in ipairs({ SOCK_STREAM, SOCK_DGRAM }) do
      local n, err = socket.new(llsocket.AF_INET, socktype):send('x')
      assert.is_nil(n)
      assert.is_truthy(({ ENOTCONN = true, EPIPE = true, EDESTADDRREQ = true })[err.name], err.name)
      assert.equal('send', err.op)
    end
  end)

  it('sends strings only', function()
    local a = network.pair()
    expect.raised("bad argument #1 to 'send' (string expected, got number)", function()
      a:send(5)
    end)
    expect.raised("bad argument #1 to 'write' (string expected, got nil)", function()
      a:write(nil)
    end)
    expect.raised("bad argument #2 to 'send' (integer expected, got string)", function()
      a:send('x', '1')
    end)
    expect.raised("bad argument #3 to 'send' (number has no integer representation)", function()
      a:send('x', 0, 0.5)
    end)
  end)

  it('carries the count as an integer', function()
    local a = network.pair()
    assert.equal('3', tostring((a:send('abc'))))
  end)
end)

describe('the size of a receive', function()
  for _, case in ipairs({
    { -1, 'out of range (0 to 2147483647)' },
    { 2147483648, 'out of range (0 to 2147483647)' },
    { 1.5, 'number has no integer representation' },
    { 0 / 0, 'number has no integer representation' },
    { math.huge, 'number has no integer representation' },
    { -math.huge, 'number has no integer representation' },
    { '1e9', 'integer expected, got string' },
    { {}, 'integer expected, got table' },
  }) do
    for _, method in ipairs({ 'read', 'recv', 'recvfrom' }) do
      it('is no ' .. tostring(case[1]) .. ' in ' .. method, function()
        local a = network.pair()
        local call = (loadstring or load)('local a, size = ... a:' .. method .. '(size)')
        expect.raised(("bad argument #1 to '%s' (%s)"):format(method, case[2]), function()
          call(a, case[1])
        end)
      end)
    end
  end

  it('may be a float that is a whole number', function()
    local a, b = network.pair()
    a:send('abc')
    expect(b:recv(2.0)):to_be('ab')
  end)
end)
