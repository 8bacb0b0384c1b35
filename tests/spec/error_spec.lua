-- SPDX-License-Identifier: MIT
local expect = require('expect')
local facts = require('api.errors')
local llsocket = require('llsocket')
local network = require('network')

local errno, socket = llsocket.errno, llsocket.socket

local function broken_pipe()
  local a, b = network.pair()
  b:close()
  return select(2, a:send('x'))
end

describe('an error', function()
  it('has a type, a code, a name, the call that failed, the method and a message', function()
    local err = broken_pipe()
    assert.equal(errno.EPIPE, err.type)
    assert.is_true(rawequal(errno.EPIPE, err.type))
    assert.equal(32, err.code)
    assert.equal('EPIPE', err.name)
    assert.equal('send', err.op)
    assert.equal('send', err.method)
    assert.equal('Broken pipe', err.message)
    assert.is_nil(err.no_such_field)
    assert.is_nil(err[1])
    assert.is_nil(err[{}])
  end)

  it('tells the method and the call apart', function()
    local err = select(2, socket.new(9999, 1))
    assert.same({ 'new', 'socket' }, { err.method, err.op })
    err = select(2, socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM):close(llsocket.SHUT_RDWR))
    assert.same({ 'close', 'shutdown' }, { err.method, err.op })
  end)

  it('is written as in the document', function()
    assert.equal("in method 'send': [EPIPE:32][send] Broken pipe", tostring(broken_pipe()))
    local listener = network.listener(network.loopbacks[1])
    local client = socket.new(network.loopbacks[1].family, llsocket.SOCK_STREAM, 0, true)
    local err = select(2, client:connect(listener:getsockname()))
    assert.equal("in method 'connect': [EINPROGRESS:115][connect] Operation now in progress", tostring(err))
  end)

  it('can be joined with strings and numbers on both sides, and with another error', function()
    local err = broken_pipe()
    local text = tostring(err)
    assert.equal('failed: ' .. text, 'failed: ' .. err)
    assert.equal(text .. '!', err .. '!')
    assert.equal('a' .. text .. 'b', 'a' .. err .. 'b')
    assert.equal('1' .. text, 1 .. err)
    assert.equal(text .. text, err .. err)
  end)

  it('cannot be joined with what has no text', function()
    local err = broken_pipe()
    assert.has_error(function()
      return err .. {}
    end)
    assert.has_error(function()
      return nil .. err
    end)
  end)

  it('cannot be changed', function()
    local err = broken_pipe()
    for _, field in ipairs({ 'type', 'code', 'name', 'op', 'message', 'new_field' }) do
      expect.raised('an error object cannot be changed', function()
        err[field] = 'changed'
      end)
    end
    assert.equal('EPIPE', err.name)
    assert.is_nil(err.new_field)
  end)

  it('can be raised and caught', function()
    local err = broken_pipe()
    local ok, caught = pcall(error, err)
    assert.is_false(ok)
    assert.is_true(rawequal(err, caught))
  end)

  it('outlives its socket', function()
    local err = broken_pipe()
    collectgarbage()
    collectgarbage()
    assert.equal("in method 'send': [EPIPE:32][send] Broken pipe", tostring(err))
  end)
end)

-- Calls visit(name, value, kind) for every error that this platform names, aliases included.
local function each_type(visit)
  for kind, rows in pairs({ errno = facts.errno, eai = facts.eai, tls = facts.tls }) do
    for _, row in ipairs(rows) do
      if errno[row[1]] then
        visit(row[1], errno[row[1]], kind, row)
      end
    end
  end
end

describe('the module errno', function()
  it('has every name of the platform, each with its name, code and message', function()
    local count = 0
    each_type(function(_, value, kind)
      count = count + 1
      assert.is_truthy(value.name:match(kind == 'tls' and '^[%u%d_]+$' or '^E[%u%d_]+$'), value.name)
      assert.equal(math.floor(value.code), value.code)
      assert.is_string(value.message)
      assert.equal(('[%s:%d] %s'):format(value.name, value.code, value.message), tostring(value))
    end)
    assert.is_true(count > 80)
  end)

  it('has the numbers and texts of the C library', function()
    assert.same({ 11, 'Resource temporarily unavailable' }, { errno.EAGAIN.code, errno.EAGAIN.message })
    assert.equal('[EAGAIN:11] Resource temporarily unavailable', tostring(errno.EAGAIN))
    local _, text, code = io.open('/no/such/file')
    assert.equal('/no/such/file: ' .. errno.ENOENT.message, text)
    assert.equal(code, errno.ENOENT.code)
  end)

  it('gives the same object by name and by number', function()
    each_type(function(name, value, kind)
      if kind == 'errno' then
        assert.is_true(rawequal(value, errno[value.code]), name)
      end
    end)
    assert.is_true(rawequal(errno.EAGAIN, errno[11]))
  end)

  it('gives the same object for two names of one number', function()
    local seen = {}
    each_type(function(name, value, kind)
      local key = kind .. value.code
      assert.is_true(seen[key] == nil or rawequal(seen[key], value), name)
      seen[key] = value
    end)
    assert.is_true(rawequal(errno.EWOULDBLOCK, errno.EAGAIN))
    assert.equal('EAGAIN', errno.EWOULDBLOCK.name)
    assert.is_true(rawequal(errno.ENOTSUP, errno.EOPNOTSUPP) == (errno.ENOTSUP.code == errno.EOPNOTSUPP.code))
  end)

  it('has the failures of the resolver by name only', function()
    assert.equal('EAI_NONAME', errno.EAI_NONAME.name)
    assert.are_not.equal(errno.EAI_NONAME, errno[errno.EAI_NONAME.code])
  end)

  it('knows nothing else', function()
    assert.is_nil(errno.ENOSUCHERROR)
    assert.is_nil(errno[0])
    assert.is_nil(errno[99999])
    assert.is_nil(errno['11'])
  end)

  it('has values that cannot be changed', function()
    assert.has_error(function()
      errno.EAGAIN.code = 12
    end)
    assert.equal(11, errno.EAGAIN.code)
    assert.is_nil(errno.EAGAIN.no_such_field)
  end)

  it('has values that differ from each other', function()
    assert.are_not.equal(errno.EPIPE, errno.EAGAIN)
    assert.is_false(errno.EPIPE == 'EPIPE')
    assert.is_false(errno.EPIPE == 32)
  end)
end)

describe('errno.parse', function()
  it('turns the text of every error back into the error', function()
    each_type(function(name, value)
      local text = ('[%s:%d][connect] %s'):format(value.name, value.code, value.message)
      local err = expect(errno.parse(text)):to_be_one()
      assert.is_true(rawequal(value, err.type), name)
      assert.same({ value.code, value.name, 'connect', value.message }, { err.code, err.name, err.op, err.message })
      assert.equal(text, tostring(err):match('%[.*'))
    end)
  end)

  it('takes the whole text, with the method', function()
    local err = errno.parse("in method 'close': [ENOTCONN:107][shutdown] Transport endpoint is not connected")
    assert.same({ 'close', 'shutdown', 'ENOTCONN' }, { err.method, err.op, err.name })
    assert.equal("in method 'close': [ENOTCONN:107][shutdown] Transport endpoint is not connected", tostring(err))
  end)

  it('gives back what tostring wrote', function()
    local err = broken_pipe()
    assert.equal(tostring(err), tostring(errno.parse(tostring(err))))
  end)

  it('is nil for any other text', function()
    for _, text in ipairs({
      '',
      '[',
      '[]',
      '[EPIPE',
      '[EPIPE:32',
      '[EPIPE:32]',
      '[EPIPE:32][send',
      '[EPIPE:32] Broken pipe',
      '[EPIPE:32]send] Broken pipe',
      '[:32][send] Broken pipe',
      '[ENOSUCHERROR:1][send] What',
      '[epipe:32][send] Broken pipe',
      'EPIPE',
      'Broken pipe',
      ' [EPIPE:32][send] Broken pipe',
      "in method 'send': ",
      "in method 'send': Broken pipe",
      "in method 'send",
      "in method '",
      "in method 'send' [EPIPE:32][send] Broken pipe",
      '\0[EPIPE:32][send] Broken pipe',
      '[EPI\0PE:32][send] Broken pipe',
      ('['):rep(1000),
    }) do
      expect(errno.parse(text)):to_be(nil)
    end
  end)

  it('wants a string', function()
    expect.raised("bad argument #1 to 'parse' (string expected, got no value)", function()
      errno.parse()
    end)
    expect.raised("bad argument #1 to 'parse' (string expected, got number)", function()
      errno.parse(5)
    end)
    expect.raised("bad argument #1 to 'parse' (string expected, got llsocket.errno)", function()
      errno.parse(errno.EPIPE)
    end)
  end)
end)
