-- SPDX-License-Identifier: MIT
-- Waits of the methods that read streams by their parts.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local streams = require('streams')

local answer, failure = modes.answer, modes.failure
local feed, fed, filled = streams.feed, streams.fed, streams.filled

-- What each method finds missing after 'part', and then with the rest, which is another one's.
local waiting = {
  { 'readline', {}, 'part', 'ial\nx', 'partial' },
  { 'readn', { 7 }, 'part', 'ialx', 'partial' },
  { 'readuntil', { ', ' }, 'part', 'ial, x', 'partial' },
  { 'peek', { 7 }, 'part', 'ialx', 'partial' },
}

local unpack = table.unpack or unpack

local function each_waiting(it, sentence, fn)
  for _, row in ipairs(waiting) do
    local name, arguments, first, second, whole = unpack(row)
    it(sentence:format(name), function()
      fn(function(sock)
        return sock[name](sock, unpack(arguments))
      end, first, second, whole, name)
    end)
  end
end

local function describe_waits(mode)
  local it = mode.it

  each_waiting(it, '%s waits for what is missing', function(call, first, second, whole)
    local a, b = modes.pair()
    b:send(first)
    local finish = mode.beside(function()
      b:send(second)
    end)
    answer(call(a)):is(whole)
    finish()
  end)

  each_waiting(it, '%s does not care in which pieces bytes come', function(call, first, second, whole)
    local a = fed(first .. second)
    answer(call(a)):is(whole)
  end)

  each_waiting(it, '%s that is out of time loses nothing', function(call, first, second, whole)
    local a, b = modes.pair()
    a:deadlines(10)
    answer(call(a)):is(nil, nil, true)
    b:send(first)
    answer(call(a)):is(nil, nil, true)
    answer(call(a)):is(nil, nil, true)
    b:send(second)
    answer(call(a)):is(whole)
  end)

  for name, arguments in pairs({ readline = {}, readn = { 8000 }, readuntil = { '--' }, peek = { 8000 } }) do
    it(name .. ' has one deadline for all pieces', function()
      local a, b = modes.pair()
      a:deadlines(200)
      local finish = mode.beside(function()
        b:deadlines(20)
        local _, err, timeout
        repeat
          b:send('x')
          _, err, timeout = b:recv()
        until err or not timeout
      end)
      answer(a[name](a, unpack(arguments))):is(nil, nil, true)
      a:send('enough')
      finish()
    end)
  end

  for name, arguments in pairs({ readline = { 2 ^ 30 }, readn = { 2 ^ 30 }, readuntil = { '--', 2 ^ 30 } }) do
    it(name .. ' is out of time however fast bytes come', function()
      local a, b = modes.pair()
      a:onwaitrecv(function()
        return b:send('x') == 1
      end)
      a:deadlines(20)
      answer(a[name](a, unpack(arguments))):is(nil, nil, true)
      assert.equal('x', a:recv(1))
    end)
  end

  each_waiting(it, '%s that a hook does not let wait loses nothing', function(call, first, second, whole)
    local a, b = modes.pair()
    b:send(first)
    local refusal = { 'not now' }
    a:onwaitrecv(function()
      return false, unpack(refusal)
    end)
    answer(call(a)):is(nil, 'not now')
    refusal = {} -- which is not the end of the stream
    answer(call(a)):is()
    refusal = { nil, true }
    answer(call(a)):is(nil, nil, true)
    b:send(second)
    answer(call(a)):is(whole)
  end)

  each_waiting(it, '%s tells why a connection was lost, and loses nothing', function(call, first)
    local a, b = modes.tcp()
    feed(a, b, { first }, function()
      b:linger(0)
      b:close()
    end)
    answer(call(a)):fails('ECONNRESET', 'recv')
    answer(a:recv()):is(first)
    answer(a:recv()):is()
  end)

  each_waiting(it, '%s gives nil at the end of the stream, as often as it is asked', function(call)
    local a = filled('')
    answer(call(a)):is()
    answer(call(a)):is()
  end)

  each_waiting(it, '%s finds a closed socket closed', function(call)
    local a, b = modes.pair()
    b:send('line\nand more')
    answer(a:readline()):is('line')
    a:close()
    answer(call(a)):fails('EBADF', 'recv')
    answer(a:recv()):fails('EBADF', 'recv')
    answer(a:readn(0)):fails('EBADF', 'recv')
  end)

  each_waiting(it, '%s gives nothing that came before the socket was closed', function(call, _, _, whole)
    local a = modes.pair()
    local io = a.io
    a.io = setmetatable({
      recv = function()
        a.io = io
        a:close()
        return whole .. ', \nx'
      end,
    }, { __index = io })
    answer(call(a)):fails('ECANCELED', 'recv')
    answer(a:recv()):fails('EBADF', 'recv')
  end)

  if not mode.is_loop then
    it('what is left of the deadline counts, not what the kernel would wait', function()
      local a, b = modes.pair()
      a:deadlines(50)
      a.sock:rcvtimeo(20)
      b:send('part')
      local begun = loop.now()
      answer(a:readline()):is(nil, nil, true)
      assert.is_true(loop.now() - begun < 15)
    end)
  end

  if mode.is_loop then
    each_waiting(it, '%s is woken when another task closes the socket', function(call, first)
      local a, b = modes.pair()
      b:send(first)
      local reader = loop.spawn(call, a)
      loops.settle()
      assert.equal('waiting', reader:status())
      a:close()
      answer(reader:join()):is(true, nil, failure('ECANCELED', 'recv'))
      answer(a:recv()):fails('EBADF', 'recv')
    end)

    each_waiting(it, '%s of a task that is cancelled loses nothing', function(call, first, second, whole)
      local a, b = modes.pair()
      b:send(first)
      local reader = loop.spawn(call, a)
      loops.settle()
      reader:cancel()
      assert.is_false((reader:join()))
      b:send(second)
      answer(call(a)):is(whole)
    end)

    each_waiting(it, '%s is refused while another task receives', function(call, first)
      local a, b = modes.pair()
      b:send(first)
      local reader = loop.spawn(a.readline, a)
      loops.settle()
      answer(call(a)):fails('EBUSY', 'recv')
      b:send('\n')
      answer(reader:join()):is(true, first)
    end)
  end
end

modes.each(function(mode)
  describe('reading:', function()
    describe_waits(mode)
  end)
end)
