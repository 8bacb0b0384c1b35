-- SPDX-License-Identifier: MIT
-- Reading of streams by lines, by counts of bytes, and up to delimiters.

local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local answer, failure = modes.answer, modes.failure

-- Sends the next of the pieces to `a` whenever it is about to wait, and when there is none any more calls `after`.
local function feed(a, b, pieces, after)
  local next_piece = 0
  a:onwaitrecv(function()
    next_piece = next_piece + 1
    if pieces[next_piece] then
      b:send(pieces[next_piece])
    else
      (after or b.close)(b)
    end
    return true
  end)
  return a
end

local function bytes_of(text)
  local list = {}
  for i = 1, #text do
    list[i] = text:sub(i, i)
  end
  return list
end

-- A socket to which each of these comes when what came before is used up, and then the end.
local function fed(pieces, after)
  local a, b = modes.pair()
  return feed(a, b, type(pieces) == 'table' and pieces or bytes_of(pieces), after)
end

-- A socket to which all of this came, and the end.
local function filled(text)
  local a, b = modes.pair()
  b:send(text)
  b:close()
  return a
end

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

local function describe_readline(mode)
  local it = mode.it

  it("gives lines without their '\\n' or '\\r\\n'", function()
    local a = filled('one\ntwo\r\n\n\r\nthree\r\n')
    for _, line in ipairs({ 'one', 'two', '', '', 'three' }) do
      answer(a:readline()):is(line)
    end
    answer(a:readline()):is()
  end)

  it("keeps every other '\\r', and zeros", function()
    local a = fed('\ra\rb\r\r\n\0\r\0\n\r')
    answer(a:readline()):is('\ra\rb\r')
    answer(a:readline()):is('\0\r\0')
    answer(a:readline()):is('\r')
    answer(a:readline()):is()
  end)

  it('does not care where lines are split', function()
    local text = 'one\r\n\r\ntwo\nthree\r\n'
    for first = 1, #text - 2 do
      for second = first + 1, #text - 1 do
        local a = fed({ text:sub(1, first), text:sub(first + 1, second), text:sub(second + 1) })
        for _, line in ipairs({ 'one', '', 'two', 'three' }) do
          answer(a:readline()):is(line)
        end
        answer(a:readline()):is()
        a:close()
      end
    end
  end)

  it('gives what is left at the end of the stream as the last line', function()
    local a = fed('first\nlast')
    answer(a:readline()):is('first')
    answer(a:readline()):is('last')
    answer(a:readline()):is()
    answer(a:readline()):is()
  end)

  it('gives lines of as many bytes as are allowed', function()
    for _, ending in ipairs({ '\n', '\r\n' }) do
      for _, pieces in ipairs({ { '12345' .. ending .. 'x' }, bytes_of('12345' .. ending) }) do
        local a = fed(pieces)
        answer(a:readline(5)):is('12345')
      end
    end
    answer(filled('12345'):readline(5)):is('12345')
    answer(filled('\r\n'):readline(0)):is('')
  end)

  it('says EMSGSIZE to a longer line, whose bytes stay', function()
    for _, text in ipairs({ '123456\nx', '123456\r\nx', '12345\r\r\nx', '12345\rx\nx' }) do
      for _, a in ipairs({ filled(text), fed(text) }) do
        answer(a:readline(5)):fails('EMSGSIZE', 'readline')
        answer(a:readline(5)):fails('EMSGSIZE', 'readline')
        answer(a:readline(7)):is((text:match('^[^\n]*'):gsub('\r$', '')))
        answer(a:readline()):is('x')
      end
    end
  end)

  it('says so as soon as it is known', function()
    local a, b = modes.pair()
    a:deadlines(20)
    b:send('12345\r')
    answer(a:readline(5)):is(nil, nil, true)
    answer(a:readline(4)):fails('EMSGSIZE', 'readline')
    b:send('6')
    answer(a:readline(5)):fails('EMSGSIZE', 'readline')
    answer(a:recv()):is('12345\r6')
    b:send('123456')
    answer(a:readline(5)):fails('EMSGSIZE', 'readline')
  end)

  it('says so at the end of the stream', function()
    local a = fed('12345\r')
    answer(a:readline(5)):fails('EMSGSIZE', 'readline')
    answer(a:readline(6)):is('12345\r')
  end)

  it('allows 8192 bytes unless told', function()
    local line = ('x'):rep(8192)
    answer(filled(line .. '\r\n'):readline()):is(line)
    answer(filled(line .. 'x\n'):readline()):fails('EMSGSIZE', 'readline')
  end)

  it('searches long lines in many pieces in little time', function()
    local line, pieces = ('x'):rep(300000), {}
    for i = 1, 3000 do
      pieces[i] = line:sub(1, 100)
    end
    local a = fed(pieces)
    answer(a:readline(300000)):is(line)
  end)
end

local function describe_readn(mode)
  local it = mode.it

  it('gives exactly so many bytes', function()
    local a = filled('12345678')
    answer(a:readn(3)):is('123')
    answer(a:readn(1)):is('4')
    answer(a:readn(4)):is('5678')
    answer(a:readn(1)):is()
  end)

  it('gives no bytes at once', function()
    local a, b = modes.pair()
    answer(a:readn(0)):is('')
    b:send('line\nx')
    answer(a:readline()):is('line')
    answer(a:readn(0)):is('')
    answer(a:readn(1)):is('x')
    answer(a:readn(0)):is('')
  end)

  it('gives many bytes', function()
    local a, b = modes.pair()
    local text = loops.pattern(1000000)
    local finish = mode.beside(function()
      b:send(text .. 'and more')
    end)
    assert.is_true(a:readn(#text) == text)
    answer(a:readn(8)):is('and more')
    finish()
  end)

  it('says EBADMSG where the stream ends too early; the bytes stay', function()
    for _, a in ipairs({ filled('part'), fed('part') }) do
      answer(a:readn(5)):fails('EBADMSG', 'readn')
      answer(a:readn(5)):fails('EBADMSG', 'readn')
      answer(a:recv(3)):is('par')
      answer(a:readn(1)):is('t')
      answer(a:readn(5)):is()
    end
  end)
end

local function describe_readuntil(mode)
  local it = mode.it

  it('gives what is before the delimiter, and takes that as well', function()
    local a = filled('one--two----three')
    answer(a:readuntil('--')):is('one')
    answer(a:readuntil('--')):is('two')
    answer(a:readuntil('--')):is('')
    answer(a:recv()):is('three')
  end)

  it('takes the delimiter as it is, not as a pattern', function()
    local a = fed('axb.c%a+d\0e')
    answer(a:readuntil('.')):is('axb')
    answer(a:readuntil('%a+')):is('c')
    answer(a:readuntil('\0')):is('d')
  end)

  it('does not care where the delimiter is split', function()
    local text = 'a: b\r\nc\r\r\n\r\nbody'
    for first = 1, #text - 2 do
      for second = first + 1, #text - 1 do
        local a = fed({ text:sub(1, first), text:sub(first + 1, second), text:sub(second + 1) })
        answer(a:readuntil('\r\n\r\n')):is('a: b\r\nc\r')
        answer(a:readn(4)):is('body')
        a:close()
      end
    end
  end)

  it('finds a delimiter that begins anew in itself', function()
    for _, text in ipairs({ 'ababac', 'aababaabac', 'abababac' }) do
      local a = fed(text .. 'x')
      answer(a:readuntil('abac')):is(text:sub(1, -5))
      answer(a:recv()):is('x')
    end
  end)

  it('goes on with another delimiter where it was', function()
    local a, b = modes.pair()
    a:deadlines(10)
    b:send('one,two')
    answer(a:readuntil(';;')):is(nil, nil, true)
    answer(a:readuntil(',')):is('one')
    answer(a:readuntil(';;')):is(nil, nil, true)
    b:send(';')
    answer(a:readuntil(';;')):is(nil, nil, true)
    answer(a:readn(1)):is('t')
    b:send(';')
    answer(a:readuntil(';;')):is('wo')
  end)

  it('gives as many bytes as are allowed, and says EMSGSIZE to more, which stay', function()
    for _, a in ipairs({ filled('12345---x'), fed('12345---x') }) do
      answer(a:readuntil('---', 4)):fails('EMSGSIZE', 'readuntil')
      answer(a:readuntil('---', 4)):fails('EMSGSIZE', 'readuntil')
      answer(a:readuntil('---', 5)):is('12345')
      answer(a:readn(1)):is('x')
    end
    answer(filled('--'):readuntil('--', 0)):is('')
  end)

  it('says so as soon as it is known', function()
    local a, b = modes.pair()
    a:deadlines(20)
    b:send('12345--')
    answer(a:readuntil('---', 5)):is(nil, nil, true)
    answer(a:readuntil('---', 4)):fails('EMSGSIZE', 'readuntil')
    answer(a:readuntil('-+-', 5)):fails('EMSGSIZE', 'readuntil')
    answer(a:readuntil('-+-', 6)):is(nil, nil, true)
    b:send('+')
    answer(a:readuntil('-+-', 6)):is(nil, nil, true)
    answer(a:readuntil('---', 5)):fails('EMSGSIZE', 'readuntil')
  end)

  it('allows 65536 bytes unless told', function()
    local text = ('x'):rep(65536)
    answer(filled(text .. '--'):readuntil('--')):is(text)
    answer(filled(text .. 'x--'):readuntil('--')):fails('EMSGSIZE', 'readuntil')
  end)

  it('says EBADMSG where the stream ends too early; the bytes stay', function()
    for _, a in ipairs({ filled('part-'), fed('part-') }) do
      answer(a:readuntil('--')):fails('EBADMSG', 'readuntil')
      answer(a:recv()):is('part-')
      answer(a:readuntil('--')):is()
    end
  end)
end

local function describe_peek(mode)
  local it = mode.it

  it('gives the next bytes, which stay', function()
    local a = filled('12345')
    answer(a:peek(2)):is('12')
    answer(a:peek(4)):is('1234')
    answer(a:readn(3)):is('123')
    answer(a:peek(2)):is('45')
    answer(a:recv()):is('45')
  end)

  it('gives fewer at the end of the stream', function()
    local a = fed('123')
    answer(a:peek(4)):is('123')
    answer(a:readn(2)):is('12')
    answer(a:peek(4)):is('3')
    answer(a:recv()):is('3')
    answer(a:peek(4)):is()
  end)

  it('gives no bytes at once', function()
    local a, b = modes.pair()
    answer(a:peek(0)):is('')
    b:send('x')
    answer(a:peek(1)):is('x')
    answer(a:peek(0)):is('')
  end)
end

-- Whether tasks can wait in the function of a `for`.
local for_waits = loops.run(function()
  return (net.pcall(function()
    for _ in function() loop.later() end do
      error('unreachable')
    end
  end))
end)

local function describe_lines(mode)
  local it = (for_waits or not mode.is_loop) and mode.it or function(sentence)
    pending(sentence .. ': on plain Lua 5.1 waits of tasks do not pass through `for`')
  end

  it('gives each line, until the end of the stream', function()
    for _, a in ipairs({ filled('one\r\n\ntwo\nlast'), fed('one\r\n\ntwo\nlast') }) do
      local lines = {}
      for line in a:lines() do
        lines[#lines + 1] = line
      end
      assert.same({ 'one', '', 'two', 'last' }, lines)
    end
  end)

  it('leaves what comes behind a line to others', function()
    local a = filled('one\n\ntwo\n')
    for line in a:lines() do
      if line == '' then
        break
      end
    end
    answer(a:recv()):is('two\n')
  end)

  it('raises errors and timeouts in the line of the program, and goes on behind them', function()
    local a, b = modes.pair()
    a:deadlines(10)
    b:send('1\n123\npart')
    local lines = {}
    local function read(max)
      local chunk = '\nlocal add, iterator = ...\nfor line in iterator do add(line) end'
      return net.pcall((loadstring or load)(chunk, '=program'), function(line)
        lines[#lines + 1] = line
      end, a:lines(max))
    end
    answer(read(2)):is(false, 'program:3: ' .. failure('EMSGSIZE', 'readline'))
    answer(read()):is(false, 'program:3: ' .. failure('ETIMEDOUT', 'readline'))
    b:send('ial\n')
    b:close()
    answer(read()):is(true)
    assert.same({ '1', '123', 'partial' }, lines)
  end)
end

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
    describe_waits(mode)
    describe_others(mode)
  end)

  for name, define in pairs({
    readline = describe_readline, readn = describe_readn, readuntil = describe_readuntil, peek = describe_peek,
    lines = describe_lines,
  }) do
    describe(name, function()
      define(mode)
    end)
  end
end)
