-- SPDX-License-Identifier: MIT
-- What all sockets of net do: they send and receive under deadlines, in turns, with hooks, and can be closed.

local descriptors = require('descriptors')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local answer, pair, keep = modes.answer, modes.pair, network.keep
local LONG = 20000 -- milliseconds
local long = loops.pattern(1000000) -- more than the buffers of two unix sockets hold

after_each(loops.assert_idle)

modes.each(function(mode)
  local it = mode.it

  describe('recv', function()
    it('gives what is there, as much as fits', function()
      local a, b = pair()
      a:send('hello')
      answer(b:recv(2)):is('he')
      answer(b:recv()):is('llo')
      answer(b:recv(0)):is('')
    end)

    it('waits for what comes', function()
      local a, b = pair()
      local finish = mode.beside(function()
        answer(a:recv()):is('ready')
        answer(a:send('late')):is(4)
      end)
      b:send('ready')
      answer(b:recv()):is('late')
      finish()
    end)

    it('gives nothing but nil at the end of the stream, as often as it is asked', function()
      local a, b = pair()
      a:send('last')
      a:close()
      answer(b:recv()):is('last')
      answer(b:recv()):is()
      answer(b:recv()):is()
      answer(b:recvsync()):is()
    end)

    it('gives nil, nil, true when the time is over, and loses no byte', function()
      local a, b = pair()
      b:deadlines(20)
      answer(b:recv()):is_exactly(nil, nil, true)
      answer(b:recvsync()):is_exactly(nil, nil, true)
      a:send('hello')
      answer(b:recv()):is('hello')
    end)

    it('gives an empty string for an empty datagram', function()
      local a, b = modes.dgram_pair()
      answer(a:send('')):is(0)
      answer(b:recv()):is('')
    end)

    it('gives ECONNRESET of a connection that was reset', function()
      local client, connection = modes.tcp()
      connection:linger(0)
      connection:close()
      answer(client:recv()):fails('ECONNRESET', 'recv')
    end)
  end)

  describe('send', function()
    it('sends all of a long string', function()
      local a, b = pair()
      local finish = mode.beside(function()
        assert.is_true(modes.receive_all(b, #long) == long)
      end)
      answer(a:send(long)):is_exactly(#long)
      finish()
    end)

    it('sends nothing of nothing', function()
      answer(pair():send('')):is_exactly(0)
    end)

    for _, name in ipairs({ 'send', 'sendsync', 'sendmsg', 'sendmsgsync' }) do
      it(name .. ' tells how much went when the time is over, which is neither lost nor sent again', function()
        local a, b = pair()
        a:deadlines(nil, 40)
        local what = long
        if name:find('msg', 1, true) then
          what = net.msghdr.new()
          what:add(long)
        end
        local n, err, timeout = a[name](a, what)
        assert.same({ true }, { timeout, err })
        assert.is_true(n > 0 and n < #long)
        answer(a[name](a, what)):is_exactly(0, nil, true)
        a:closew()
        assert.is_true(modes.receive_all(b) == long:sub(1, n))
      end)

      it(name .. ' gives nothing but nil when the peer has gone', function()
        local a, b = pair()
        b:close()
        local what = 'x'
        if name:find('msg', 1, true) then
          what = net.msghdr.new()
          what:add('x')
        end
        answer(a[name](a, what)):is()
      end)
    end
  end)

  describe('half closed,', function()
    it('closew ends what the peer receives, and receiving goes on', function()
      local client, connection = modes.tcp()
      client:send('question')
      answer(client:closew()):is()
      answer(connection:recv()):is('question')
      answer(connection:recv()):is()
      connection:send('answer')
      answer(client:recv()):is('answer')
      answer(client:send('more')):is()
    end)

    it('closer ends what the socket receives, and sending goes on', function()
      local a, b = pair()
      answer(a:closer()):is()
      answer(a:recv()):is()
      a:send('still')
      answer(b:recv()):is('still')
    end)

    it('close disables before what it is asked to, also for others that have the socket', function()
      for _, flags in ipairs({ { false, true }, { true, true }, { true, false }, {} }) do
        local reading, writing = flags[1], flags[2]
        local a, b = pair()
        a:sendfd(a:fd())
        local other = keep(assert(net.stream.wrap(b:recvfd())))
        other:deadlines(20)
        b:deadlines(20)
        answer(a:close(reading, writing)):is()
        answer(other:recv()):is(nil, nil, not reading or nil)
        answer(b:recv()):is(nil, nil, not writing or nil)
      end
    end)
  end)

  describe('deadlines', function()
    it('are none at first, and 0 takes them away', function()
      local a = pair()
      answer(a:deadlines()):is()
      answer(a:deadlines(1000)):is(1000)
      answer(a:deadlines(nil, 2000)):is(1000, 2000)
      answer(a:deadlines(0)):is_exactly(nil, 2000)
      answer(a:deadlines(0, 0)):is()
    end)

    it('do not concern what need not wait', function()
      local a, b = pair()
      b:deadlines(1, 1)
      a:send('x')
      answer(b:recv()):is('x')
      answer(b:send('y')):is(1)
    end)

    it('are SO_RCVTIMEO and SO_SNDTIMEO where the socket blocks, and only there', function()
      local a = pair()
      a:deadlines(1000, 2000)
      answer(a:rcvtimeo()):is(mode.is_loop and 0 or 1)
      answer(a:sndtimeo()):is(mode.is_loop and 0 or 2)
      a:rcvtimeo(3)
      a:sndtimeo(4)
      answer(a:deadlines()):is(mode.is_loop and 1000 or 3000, mode.is_loop and 2000 or 4000)
    end)
  end)

  describe('a hook', function()
    it('is called when the call would block, and only then, with its context and the time', function()
      local a, b = pair()
      local calls, context = {}, {}
      b:onwaitrecv(function(...)
        calls[#calls + 1] = loops.pack(...)
        a:send('hooked')
        return true
      end, context)
      a:send('there')
      answer(b:recv()):is('there')
      assert.same({}, calls)
      answer(b:recv()):is('hooked')
      b:deadlines(LONG)
      answer(b:recv()):is('hooked')
      assert.equal(2, #calls)
      assert.is_true(calls[1][1] == context and calls[2][1] == context)
      assert.is_nil(calls[1][2])
      assert.is_true(calls[2][2] > 0 and calls[2][2] <= LONG)
    end)

    it('refuses the wait, and its other results are the answer', function()
      local a = pair()
      for _, results in ipairs({ {}, { nil, 'not now' }, { false, nil, true }, { nil, 'late', true } }) do
        local function refuse()
          return results[1], results[2], results[3]
        end
        a:onwaitrecv(refuse)
        answer(a:recv()):is(nil, results[2], results[3])
        answer(a:recvsync()):is(nil, results[2], results[3])
        local msg = net.msghdr.new()
        msg:addn(1)
        answer(a:recvmsg(msg)):is(nil, results[2], results[3])
        answer(a:recvfd()):is(nil, results[2], results[3])
      end
    end)

    it('of sending is called when nothing fits, and what went before is told', function()
      local a, b = pair()
      a:onwaitsend(function()
        return nil, 'full'
      end)
      local n, err = a:send(long)
      assert.equal('full', err)
      assert.is_true(n > 0)
      answer(a:send('more')):is(nil, 'full')
      local finish = mode.beside(function()
        modes.receive_all(b, n + 4)
      end)
      a:onwaitsend(function()
        return true
      end)
      answer(a:send('more')):is(4)
      finish()
    end)

    it('waits no longer than the deadline', function()
      local a = pair()
      a:deadlines(20)
      a:onwaitrecv(function()
        return true
      end)
      answer(a:recv()):is_exactly(nil, nil, true)
    end)

    it('is replaced, which gives the one before, and removed', function()
      local a = pair()
      local function first()
        return nil, 'first'
      end
      local function second()
        return nil, 'second'
      end
      for hook, method in pairs({ onwaitrecv = 'recv', onwaitsend = 'send' }) do
        answer(a[hook](a)):is()
        answer(a[hook](a, first)):is()
        answer(a[hook](a)):is(first)
        answer(a[hook](a, second)):is(first)
        if method == 'recv' then
          answer(a:recv()):is(nil, 'second')
        end
        answer(a[hook](a, nil)):is(second)
        answer(a[hook](a)):is()
      end
      a:deadlines(20)
      answer(a:recv()):is(nil, nil, true)
    end)

    it('that fails raises its error, and the next has its turn', function()
      local a, b = pair()
      b:onwaitrecv(function()
        error('broken', 0)
      end)
      for _, name in ipairs({ 'recv', 'recvsync' }) do
        assert.same({ false, 'broken' }, { net.pcall(b[name], b) })
      end
      b:onwaitrecv(nil)
      a:send('x')
      answer(b:recvsync()):is('x')
    end)
  end)

  describe('a closed socket', function()
    -- Every method that asks the kernel, with arguments that are good.
    local function calls()
      local msg = net.msghdr.new()
      msg:addn(1)
      return {
        recv = {}, recvsync = {}, send = { 'x' }, sendsync = { 'x' }, recvmsg = { msg }, recvmsgsync = { msg },
        sendmsg = { msg }, sendmsgsync = { msg }, sendfile = { 0, 1 }, sendfilesync = { 0, 1 }, recvfd = {},
        recvfdsync = {}, sendfd = { 0 }, sendfdsync = { 0 }, closer = {}, closew = {}, getsockname = {},
        getpeername = {}, atmark = {}, cloexec = { false }, error = {}, rcvbuf = { 4096 }, linger = { 1 },
        keepalive = { true }, rcvtimeo = { 1 }, acceptconn = {},
      }
    end

    it('answers EBADF, and never another descriptor', function()
      collectgarbage() -- now: it would free a lower descriptor meanwhile
      collectgarbage()
      local a = pair()
      local fd = a:fd()
      answer(a:close()):is()
      local c, d = pair()
      assert.is_true(c:fd() == fd or d:fd() == fd)
      c:send('c')
      d:send('d')
      for name, arguments in pairs(calls()) do
        local results = loops.pack(a[name](a, (table.unpack or unpack)(arguments)))
        local said = tostring(results[1]) .. tostring(results[2])
        assert.is_truthy(said:find('[EBADF:9]', 1, true), name .. ': ' .. said)
      end
      answer(a:close(true, true)):is()
      answer(a:fd()):is(-1)
      assert.equal('net.stream.unix.Socket: fd -1', tostring(a))
      answer(c:recv()):is('d')
      answer(d:recv()):is('c')
      assert.is_true(descriptors.is_close_on_exec(fd))
    end)

    it('takes deadlines and hooks without harm', function()
      local a = pair()
      a:close()
      a:deadlines(1000, 1000)
      a:onwaitrecv(print)
      answer(a:recv()):fails('EBADF', 'recv')
    end)
  end)

  it('a socket that nobody holds is closed', function()
    local before = descriptors.list()
    net.stream.unix.pair()
    assert(net.stream.inet.server.new({ host = '127.0.0.1', port = 0 }))
    assert.same(before, descriptors.list())
  end)

  if loops.has_close then
    it('a variable with close closes it', function()
      local fd = loops.compiled([[
        local net = ...
        local socks <const> = net.stream.unix.pair()
        local a <close> = socks[1]
        return a:fd()
      ]], net)
      assert.is_false(descriptors.is_open(fd))
    end)
  end

  it('wrong arguments raise errors that name them, in the line of the program', function()
    local a = pair()
    for _, case in ipairs({
      { 'recv', { 'x' }, 1, 'integer expected, got string' },
      { 'recv', { -1 }, 1, 'out of range (0 to 2147483647)' },
      { 'recvsync', { {} }, 1, 'integer expected, got table' },
      { 'recvmsg', {}, 1, 'net.MsgHdr expected, got nil' },
      { 'recvmsg', { 'x' }, 1, 'net.MsgHdr expected, got string' },
      { 'recvmsgsync', { 1 }, 1, 'net.MsgHdr expected, got number' },
      { 'send', {}, 1, 'string expected, got nil' },
      { 'send', { {} }, 1, 'string expected, got table' },
      { 'sendsync', { false }, 1, 'string expected, got boolean' },
      { 'sendmsg', { 'x' }, 1, 'net.MsgHdr expected, got string' },
      { 'sendmsgsync', {}, 1, 'net.MsgHdr expected, got nil' },
      { 'deadlines', { 'x' }, 1, 'number expected, got string' },
      { 'deadlines', { -1 }, 1, 'out of range (0 to 2147483647)' },
      { 'deadlines', { 0 / 0 }, 1, 'out of range (0 to 2147483647)' },
      { 'deadlines', { n = 2, nil, math.huge }, 2, 'out of range (0 to 2147483647)' },
      { 'onwaitrecv', { 'x' }, 1, 'function expected, got string' },
      { 'onwaitsend', { {} }, 1, 'function expected, got table' },
    }) do
      modes.refuses(a, case[1], case[2], case[3], case[4])
    end
  end)
end)
