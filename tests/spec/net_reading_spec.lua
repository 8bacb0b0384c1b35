-- SPDX-License-Identifier: MIT
-- Reading of streams by lines, by counts of bytes, and up to delimiters.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local streams = require('streams')

local answer, failure = modes.answer, modes.failure
local fed, filled = streams.fed, streams.filled

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
      for _, pieces in ipairs({ { '12345' .. ending .. 'x' }, '12345' .. ending }) do
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

modes.each(function(mode)
  for name, define in pairs({
    readline = describe_readline, readn = describe_readn, readuntil = describe_readuntil, peek = describe_peek,
    lines = describe_lines,
  }) do
    describe(name, function()
      define(mode)
    end)
  end
end)
